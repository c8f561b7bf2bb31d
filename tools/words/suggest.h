/* SPDX-License-Identifier: GPL-2.0 */
/* All that is wrong with a line, and the line as it may have been meant. */
#ifndef _KAPCTL_SUGGEST_H
#define _KAPCTL_SUGGEST_H

#include <stddef.h>

#include "rule/parse.h"

#define KAP_FINDINGS_MAX	8

/**
 * struct kap_finding - one mistake
 * @message: what is wrong
 * @at: columns of the line as it was given
 * @hint: what to know about it, or NULL
 */
struct kap_finding {
	const char *message;
	struct kap_span at;
	char *hint;
};

/**
 * struct kap_advice - what there is to say of a line
 * @v: the mistakes, in the order in which the parser met them
 * @n: how many
 * @front: a rule that should stand in front, or NULL
 * @text: the line as it may have been meant, which the parser takes; or NULL
 */
struct kap_advice {
	struct kap_finding v[KAP_FINDINGS_MAX];
	size_t n;
	char *front;
	char *text;
};

void kap_suggest(struct kap_advice *advice, struct kap_parser *parser,
		 const char *line, size_t len, const char *where);
void kap_suggest_free(struct kap_advice *advice);

#endif /* _KAPCTL_SUGGEST_H */

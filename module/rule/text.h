/* SPDX-License-Identifier: GPL-2.0 */
/* Parts of a line, as pointers and as columns. Pure. */
#ifndef _KAPOLICY_TEXT_H
#define _KAPOLICY_TEXT_H

#include <linux/types.h>

/* A word, a value, or one element of a value: [s, end) within the line. */
struct kap_text {
	const char *s;
	const char *end;
};

/* Columns of a line, as in struct kap_diag. */
struct kap_span {
	u32 col;
	u32 end;
};

static inline bool kap_text_is(struct kap_text t, const char *word)
{
	while (t.s < t.end && *word && *t.s == *word) {
		t.s++;
		word++;
	}
	return t.s == t.end && !*word;
}

#endif /* _KAPOLICY_TEXT_H */

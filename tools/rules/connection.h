/* SPDX-License-Identifier: GPL-2.0 */
/* A connection described by words, for kapctl test. */
#ifndef _KAPCTL_CONNECTION_H
#define _KAPCTL_CONNECTION_H

#include <stdbool.h>

#include "rule/rule.h"
#include "rules/source.h"

/**
 * struct kap_connection - what is known of a connection
 * @key: what rules compare
 * @known: BIT(enum kap_field) of the fields that were given
 * @app: what the application has set; 0 for what it left alone
 * @words: what @key points into
 */
struct kap_connection {
	struct kap_key key;
	unsigned int known;
	struct kap_values app;
	struct kap_rule *words;
};

bool kap_connection_parse(struct kap_connection *c,
			  const struct kap_source *source);
void kap_connection_free(struct kap_connection *c);

#endif /* _KAPCTL_CONNECTION_H */

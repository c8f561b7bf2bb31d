/* SPDX-License-Identifier: GPL-2.0 */
/* Which rule wins a connection, and what that changes. */
#ifndef _KAPCTL_VERDICT_H
#define _KAPCTL_VERDICT_H

#include "rules/connection.h"
#include "rules/rules.h"

#define KAP_NEARLY_MAX	5

/**
 * struct kap_nearly - a rule that would have won but for one thing
 * @entry: the rule
 * @fields: BIT(enum kap_field): of the one field that differs, or of those
 *	the description does not give
 * @differs: it is the former
 */
struct kap_nearly {
	const struct kap_entry *entry;
	unsigned int fields;
	bool differs;
};

/**
 * struct kap_verdict - what becomes of a connection
 * @winner: the rule that wins, or NULL
 * @change: enum kap_opt bits of what it changes
 * @keep: enum kap_opt bits of what it names and the application keeps
 * @to: the options afterwards
 * @nearly: rules that come before @winner
 * @n_nearly: how many
 */
struct kap_verdict {
	const struct kap_entry *winner;
	unsigned int change;
	unsigned int keep;
	struct kap_values to;
	struct kap_nearly nearly[KAP_NEARLY_MAX];
	unsigned int n_nearly;
};

void kap_verdict_find(struct kap_verdict *v, const struct kap_rules *rules,
		      const struct kap_connection *c);
const char *kap_verdict_field(enum kap_field field);

#endif /* _KAPCTL_VERDICT_H */

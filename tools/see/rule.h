/* SPDX-License-Identifier: GPL-2.0 */
/* Which rule wins a connection, and where its values come from. */
#ifndef _KAPCTL_SEE_RULE_H
#define _KAPCTL_SEE_RULE_H

struct kap_conn;
struct kap_conns;
struct kap_rule;
struct kap_rules;
struct kap_values;

void kap_rule_find_all(struct kap_conns *all, const struct kap_rules *live,
		       const struct kap_rules *asked);
unsigned int kap_rule_try(const struct kap_conn *c, const struct kap_rule *rule,
			  struct kap_values *to);

#endif /* _KAPCTL_SEE_RULE_H */

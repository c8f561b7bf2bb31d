/* SPDX-License-Identifier: GPL-2.0 */
/* Does a rule match a connection, and what does it make of it. Pure. */
#ifndef _KAPOLICY_MATCH_H
#define _KAPOLICY_MATCH_H

#include "rule.h"

bool kap_rule_matches(const struct kap_rule *rule, const struct kap_key *key);
bool kap_rule_matches_fields(const struct kap_rule *rule,
			     const struct kap_key *key);
bool kap_cgroup_matches(const char *pattern, const char *path);
struct kap_rule *kap_match_walk(struct kap_rule *const *rules, u32 n,
				const struct kap_key *key);
unsigned int kap_rule_decide(const struct kap_rule *rule,
			     const struct kap_values *app,
			     struct kap_values *to);

#endif /* _KAPOLICY_MATCH_H */

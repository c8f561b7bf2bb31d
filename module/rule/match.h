/* SPDX-License-Identifier: GPL-2.0 */
/* Does a rule match a connection? Pure. */
#ifndef _KAPOLICY_MATCH_H
#define _KAPOLICY_MATCH_H

#include <linux/bitops.h>

#include "rule/rule.h"

bool kap_rule_matches(const struct kap_rule *rule, const struct kap_key *key);
bool kap_prefixes_match(const struct kap_prefix *p, u32 n, bool v4,
			const struct kap_addr *addr);
bool kap_component_matches(const char *p, const char *p_end, const char *s,
			   const char *s_end);
bool kap_cgroup_matches(const char *pattern, const char *path);
struct kap_rule *kap_match_walk(struct kap_rule *const *rules, u32 n,
				const struct kap_key *key);

/* @r is sorted and does not overlap, so only one range can hold @x. */
static inline bool kap_ranges_match(const struct kap_range *r, u32 n, u32 x)
{
	while (n > 1) {
		u32 half = n / 2;

		if (r[half].lo <= x)
			r += half;
		n -= half;
	}
	return r->lo <= x && x <= r->hi;
}

/**
 * kap_rule_matches_fields - compare all but the cgroup
 * @rule: the rule
 * @key: the connection
 *
 * Context: any. Inline for the index, which calls it for each candidate.
 * Return: whether every match key of @rule, cgroup= apart, matches.
 */
static inline bool kap_rule_matches_fields(const struct kap_rule *rule,
					   const struct kap_key *key)
{
	unsigned int fields = rule->fields & ~BIT(KAP_CGROUP);

	for (; fields; fields &= fields - 1) {
		unsigned int f = __ffs(fields);

		if (f < KAP_U32_FIELDS) {
			if (!kap_ranges_match(rule->ranges[f],
					      rule->n_ranges[f], key->field[f]))
				return false;
		} else {
			f -= KAP_LADDR;
			if (!kap_prefixes_match(rule->addrs[f],
						rule->n_addrs[f], key->v4,
						&key->addr[f]))
				return false;
		}
	}
	return true;
}

#endif /* _KAPOLICY_MATCH_H */

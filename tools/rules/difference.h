/* SPDX-License-Identifier: GPL-2.0 */
/* What changes when one set of rules takes the place of another. */
#ifndef _KAPCTL_DIFFERENCE_H
#define _KAPCTL_DIFFERENCE_H

#include <stddef.h>

struct kap_rule;
struct kap_rules;

/**
 * struct kap_difference - two sets of rules, compared by canonical text
 * @same: rules that are in both; the module keeps their ids and counters
 * @added: rules that only the later set has
 * @gone: rules that only the earlier set has
 */
struct kap_difference {
	size_t same;
	size_t added;
	size_t gone;
};

char *kap_rule_text(const struct kap_rule *rule);
struct kap_difference kap_difference_find(const struct kap_rules *before,
					  const struct kap_rules *after);

#endif /* _KAPCTL_DIFFERENCE_H */

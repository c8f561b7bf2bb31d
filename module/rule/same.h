/* SPDX-License-Identifier: GPL-2.0 */
/* Are two rules the same, that is, is their canonical text? Pure. */
#ifndef _KAPOLICY_SAME_H
#define _KAPOLICY_SAME_H

#include "rule/rule.h"

bool kap_rule_same(const struct kap_rule *a, const struct kap_rule *b);
u32 kap_rule_hash(const struct kap_rule *rule);

#endif /* _KAPOLICY_SAME_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* Counters of rules that processors do not share. */
#ifndef _KAPOLICY_COUNTERS_H
#define _KAPOLICY_COUNTERS_H

#include "rule/rule.h"

int kap_counters_alloc(struct kap_rule *const *rules, u32 n);

#endif /* _KAPOLICY_COUNTERS_H */

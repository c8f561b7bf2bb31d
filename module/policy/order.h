/* SPDX-License-Identifier: GPL-2.0 */
/* Rules of an edited set: which are old ones again, and in which order. */
#ifndef _KAPOLICY_ORDER_H
#define _KAPOLICY_ORDER_H

#include "rule/rule.h"

int kap_order_restore(struct kap_rule *const *gone, u32 n_gone,
		      struct kap_rule **added, u32 n);
int kap_order_by_prio(struct kap_rule **rules, u32 n);

#endif /* _KAPOLICY_ORDER_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* All there is of one rule. */
#ifndef _KAPCTL_SHOW_RULE_H
#define _KAPCTL_SHOW_RULE_H

#include <stdbool.h>

struct kap_rule;

void kap_show_rule(const struct kap_rule *rule, bool enabled);

#endif /* _KAPCTL_SHOW_RULE_H */

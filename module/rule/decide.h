/* SPDX-License-Identifier: GPL-2.0 */
/* What a rule makes of the options of a socket. Pure. */
#ifndef _KAPOLICY_DECIDE_H
#define _KAPOLICY_DECIDE_H

#include "rule/rule.h"

u32 kap_auto_timeout(const struct kap_values *v);
u32 kap_rule_user_timeout(const struct kap_rule *rule,
			  const struct kap_values *v);
bool kap_rule_is_auto(const struct kap_rule *rule, const struct kap_values *v);
unsigned int kap_rule_decide(const struct kap_rule *rule,
			     const struct kap_values *app,
			     struct kap_values *to);
unsigned int kap_rule_decide_again(const struct kap_rule *rule,
				   const struct kap_values *before,
				   const struct kap_values *now,
				   struct kap_values *to);

#endif /* _KAPOLICY_DECIDE_H */

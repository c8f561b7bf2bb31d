/* SPDX-License-Identifier: GPL-2.0 */
/* What is in force: the active rule set, and whether it is enabled. */
#ifndef _KAPOLICY_POLICY_H
#define _KAPOLICY_POLICY_H

#include "rule/errors.h"
#include "ruleset/ruleset.h"

struct kap_stage;

int kap_policy_init(void);
void kap_policy_exit(void);
struct kap_ruleset *kap_policy_get(void);
struct kap_stage *kap_policy_edit(void);
enum kap_error __must_check kap_policy_publish(struct kap_stage *st);
bool kap_policy_enabled(void);
int kap_policy_enable(bool on);
u32 kap_policy_max_rules(void);
void kap_policy_set_max_rules(u32 n);

#endif /* _KAPOLICY_POLICY_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The one place that decides what a rule makes of a socket: when it is
 * established, for one that exists, and after a program has changed an option.
 */
#ifndef _KAPOLICY_APPLY_H
#define _KAPOLICY_APPLY_H

#include "rule/rule.h"

struct sock;

unsigned int kap_apply_locked(const struct kap_rule *rule, struct sock *sk,
			      enum kap_dir dir);
unsigned int kap_apply_again_locked(const struct kap_rule *rule,
				    struct sock *sk, enum kap_dir dir,
				    const struct kap_values *before);

#endif /* _KAPOLICY_APPLY_H */

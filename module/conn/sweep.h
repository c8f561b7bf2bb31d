/* SPDX-License-Identifier: GPL-2.0 */
/* Connections that exist: all of them, in every network namespace. */
#ifndef _KAPOLICY_SWEEP_H
#define _KAPOLICY_SWEEP_H

#include <linux/types.h>

struct kap_rule;
struct kap_ruleset;

/**
 * struct kap_swept - what a sweep did; numbers of connections
 * @looked: those of programs that it came to
 * @matched: of these, those that the rules or the one rule win
 * @applied: of these, those with at least one option changed
 * @app_set: of these, those where nothing was left to set
 */
struct kap_swept {
	u64 looked;
	u64 matched;
	u64 applied;
	u64 app_set;
};

int kap_sweep(const struct kap_ruleset *set, const struct kap_rule *only,
	      struct kap_swept *swept);

#endif /* _KAPOLICY_SWEEP_H */

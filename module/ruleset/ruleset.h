/* SPDX-License-Identifier: GPL-2.0 */
/* An immutable rule set with its index: what a connection is looked up in. */
#ifndef _KAPOLICY_RULESET_H
#define _KAPOLICY_RULESET_H

#include <linux/refcount.h>
#include <linux/workqueue.h>

#include "rule/rule.h"

struct kap_cgroup_cache;
struct kap_index;
struct kap_ports;

/* What a rule set must be told about. */
enum kap_hook {
	KAP_HOOK_STATE		= BIT(0),	/* connections that begin or end */
	KAP_HOOK_TCP		= BIT(1),	/* later changes of TCP options */
	KAP_HOOK_KEEPALIVE	= BIT(2),	/* ... of SO_KEEPALIVE */
	KAP_HOOK_STALL		= BIT(3),	/* probes of a closed window */
};

/**
 * struct kap_ruleset - a rule set; constant from kap_ruleset_build() on
 * @refs: policy.c holds one until a grace period after the set was replaced;
 *	each half-read file (view.c) and each stage made of the set hold one
 * @rwork: frees the reference of policy.c after a grace period
 * @generation: how many changes led to it
 * @next_id: id the next new rule gets
 * @n: number of rules
 * @fields: BIT(enum kap_field) of what any of them looks at
 * @hooks: enum kap_hook bits of what its rules need
 * @ports: part of @index, or what stands for none
 * @order: the rules in matching order, each with a reference
 * @index: classifier over @order
 * @cgroups: what is known of cgroups; NULL when no rule has cgroup=. The only
 *	part that changes; see cgroup_cache.c
 */
struct kap_ruleset {
	refcount_t refs;
	struct rcu_work rwork;
	u64 generation;
	u64 next_id;
	u32 n;
	u32 fields;
	u32 hooks;
	const struct kap_ports *ports;
	struct kap_rule **order;
	struct kap_index *index;
	struct kap_cgroup_cache *cgroups;
};

/**
 * struct kap_active - where the rule set in force hangs
 * @set: never NULL while a probe may run. Written under the lock of
 *	policy.c; the probe reads it under rcu_read_lock_sched(), others under
 *	rcu_read_lock(); freed after a grace period, which covers both
 */
struct kap_active {
	struct kap_ruleset __rcu *set;
};

struct kap_ruleset *kap_ruleset_empty(void);
struct kap_ruleset *kap_ruleset_build(struct kap_rule **order, u32 n,
				      u64 next_id, u64 generation,
				      u64 overlap[2]);
void kap_ruleset_put(struct kap_ruleset *set);

#endif /* _KAPOLICY_RULESET_H */

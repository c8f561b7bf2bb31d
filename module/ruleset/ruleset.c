// SPDX-License-Identifier: GPL-2.0
#include "ruleset/ruleset.h"

#include <linux/mm.h>
#include <linux/slab.h>

#include "ruleset/array.h"
#include "ruleset/cgroup_cache.h"
#include "ruleset/counters.h"
#include "ruleset/index.h"

static void free_set(struct kap_ruleset *set)
{
	kap_index_free(set->index);
	kap_cgroup_cache_free(set->cgroups);
	kvfree(set->order);
	kfree(set);
}

/**
 * kap_ruleset_empty - make the rule set to start with
 *
 * Context: process, may sleep.
 * Return: a set with one reference, or NULL when out of memory.
 */
struct kap_ruleset *kap_ruleset_empty(void)
{
	struct kap_ruleset *set = kzalloc(sizeof(*set), GFP_KERNEL);

	if (set) {
		refcount_set(&set->refs, 1);
		set->next_id = 1;
		set->ports = kap_index_ports(NULL);
	}
	return set;
}

#define OPTS_TCP	(KAP_OPT_IDLE | KAP_OPT_INTVL | KAP_OPT_CNT | \
			 KAP_OPT_USER_TIMEOUT)

/* What a rule has to be told about after it has been applied. */
static u32 rule_hooks(const struct kap_rule *rule)
{
	bool is_auto = rule->auto_timeout && !rule->auto_off;
	bool orders = rule->mode != KAP_DEFAULT;
	u32 hooks = KAP_HOOK_STATE;

	if (is_auto || (orders && (rule->opts & OPTS_TCP)))
		hooks |= KAP_HOOK_TCP;
	if (orders && (rule->opts & KAP_OPT_KEEPALIVE))
		hooks |= KAP_HOOK_KEEPALIVE;
	if (is_auto || rule->values.user_timeout)
		hooks |= KAP_HOOK_STALL;
	return hooks;
}

/* Fills in all but the references on rules. */
static int fill_set(struct kap_ruleset *set, struct kap_overlap *why)
{
	u32 i;

	for (i = 0; i < set->n; i++) {
		kap_array_pause(i + 1);
		set->fields |= set->order[i]->fields;
		set->hooks |= rule_hooks(set->order[i]);
	}
	if (kap_counters_alloc(set->order, set->n))
		return -ENOMEM;
	set->index = kap_index_build(set->order, set->n, why);
	if (!set->index)
		return -ENOMEM;
	if (kap_index_has_cgroups(set->index)) {
		set->cgroups = kap_cgroup_cache_alloc();
		if (!set->cgroups)
			return -ENOMEM;
	}
	set->ports = kap_index_ports(set->index);
	return 0;
}

/**
 * kap_ruleset_build - make a rule set
 * @order: its rules in matching order, allocated by kvmalloc(). The array is
 *	taken over, whatever is returned; the set takes a reference on each rule
 * @n: how many; 0: @order is NULL
 * @next_id: id the next new rule gets
 * @generation: how many changes led to the set
 * @overlap: ids of the first and the last of the rules that overlap too much;
 *	0 when NULL is returned for want of memory
 *
 * Context: process, may sleep; lets others run now and then.
 * Return: a set with one reference, or NULL.
 */
struct kap_ruleset *kap_ruleset_build(struct kap_rule **order, u32 n,
				      u64 next_id, u64 generation,
				      u64 overlap[2])
{
	struct kap_ruleset *set = kap_ruleset_empty();
	struct kap_overlap why = { 0 };
	u32 i;

	overlap[0] = 0;
	if (!set) {
		kvfree(order);
		return NULL;
	}
	set->generation = generation;
	set->next_id = next_id;
	set->order = order;
	set->n = n;
	if (n && fill_set(set, &why)) {
		if (why.n) {
			overlap[0] = order[why.first]->id;
			overlap[1] = order[why.last]->id;
		}
		free_set(set);
		return NULL;
	}
	for (i = 0; i < set->n; i++) {
		kap_array_pause(i + 1);
		kap_rule_get(set->order[i]);
	}
	return set;
}

/**
 * kap_ruleset_put - drop a reference
 * @set: the set, or NULL
 *
 * Context: process, may sleep. The reference of policy.c is dropped after a
 *	grace period, so with the last one no probe looks at the set.
 */
void kap_ruleset_put(struct kap_ruleset *set)
{
	u32 i;

	if (!set || !refcount_dec_and_test(&set->refs))
		return;
	for (i = 0; i < set->n; i++) {
		kap_array_pause(i + 1);
		kap_rule_put(set->order[i]);
	}
	free_set(set);
}

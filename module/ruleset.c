// SPDX-License-Identifier: GPL-2.0
#include "ruleset.h"

#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "cgroup_cache.h"
#include "index.h"
#include "stage.h"

static int cmp_order(const void *a, const void *b)
{
	const struct kap_rule *const *x = a, *const *y = b;

	return kap_rule_before(*x, *y) ? -1 : 1;
}

/* Most sets use one prio: they are in order as they come. */
static bool is_ordered(struct kap_rule *const *rules, u32 n)
{
	u32 i;

	for (i = 1; i < n; i++) {
		if (!kap_rule_before(rules[i - 1], rules[i]))
			return false;
	}
	return true;
}

static void free_set(struct kap_ruleset *set)
{
	kap_index_free(set->index);
	kap_cgroup_cache_free(set->cgroups);
	kvfree(set->by_id);
	kvfree(set->order);
	kfree(set);
}

/**
 * kap_ruleset_empty - the rule set to start with
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

/* Everything but the references on rules. */
static int fill_set(struct kap_ruleset *set, const struct kap_stage *st)
{
	u32 i;

	set->order = kvmalloc_array(st->live, sizeof(*set->order), GFP_KERNEL);
	set->by_id = kvmalloc_array(st->live, sizeof(*set->by_id), GFP_KERNEL);
	if (!set->order || !set->by_id)
		return -ENOMEM;
	for (i = 0; i < st->n; i++) {
		if (!st->entry[i].rule)
			continue;
		set->fields |= st->entry[i].rule->fields;
		set->order[set->n] = st->entry[i].rule;
		set->by_id[set->n++] = st->entry[i].rule;
	}
	if (!is_ordered(set->order, set->n))
		sort(set->order, set->n, sizeof(*set->order), cmp_order, NULL);
	set->index = kap_index_build(set->order, set->n);
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
 * kap_ruleset_build - make a rule set of what has been edited
 * @st: stage; stays as it is
 *
 * Context: process, may sleep.
 * Return: a set with one reference, or NULL when out of memory.
 */
struct kap_ruleset *kap_ruleset_build(struct kap_stage *st)
{
	struct kap_ruleset *set = kap_ruleset_empty();
	u32 i;

	if (!set)
		return NULL;
	set->generation = st->generation + 1;
	set->next_id = st->next_id;
	if (st->live && fill_set(set, st)) {
		free_set(set);
		return NULL;
	}
	for (i = 0; i < set->n; i++)
		kap_rule_get(set->order[i]);
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
	for (i = 0; i < set->n; i++)
		kap_rule_put(set->order[i]);
	free_set(set);
}

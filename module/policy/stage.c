// SPDX-License-Identifier: GPL-2.0
/*
 * There may be a million rules, so every loop over them lets others run, and
 * none of the operations of a transaction but the last costs time in proportion
 * to their number.
 */
#include "policy/stage.h"

#include <linux/hash.h>
#include <linux/jhash.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "conn/hook.h"
#include "policy/order.h"
#include "ruleset/ruleset.h"

/**
 * kap_stage_alloc - start editing
 * @from: the rule set to start from; its reference is taken over, also when
 *	there is no memory
 *
 * Context: process, may sleep.
 * Return: for kap_stage_free(), or NULL when out of memory.
 */
struct kap_stage *kap_stage_alloc(struct kap_ruleset *from)
{
	struct kap_stage *st = kzalloc(sizeof(*st), GFP_KERNEL);

	if (!st) {
		kap_ruleset_put(from);
		return NULL;
	}
	st->from = from;
	st->room = from->n + 16;
	st->rule = kvmalloc_array(st->room, sizeof(*st->rule), GFP_KERNEL);
	if (!st->rule) {
		kap_stage_free(st);
		return NULL;
	}
	if (from->n)
		memcpy(st->rule, from->order, from->n * sizeof(*st->rule));
	st->n_old = from->n;
	st->n = from->n;
	st->live = from->n;
	return st;
}

static void put_new_rules(struct kap_stage *st)
{
	u32 i;

	for (i = st->n_old; i < st->n; i++) {
		kap_rule_put(st->rule[i]);
		cond_resched();
	}
}

/**
 * kap_stage_free - stop editing
 * @st: stage or NULL
 *
 * Context: process, may sleep.
 */
void kap_stage_free(struct kap_stage *st)
{
	if (!st)
		return;
	put_new_rules(st);
	kvfree(st->rule);
	kvfree(st->names);
	kvfree(st->ids);
	kap_ruleset_put(st->from);
	kfree(st);
}

/* The slot where a name is, or where it would go. */
static u32 name_slot(const struct kap_stage *st, const char *name)
{
	u32 slot = jhash(name, strlen(name), 0);

	for (;; slot++) {
		const struct kap_rule *rule;

		slot &= st->names_mask;
		if (!st->names[slot])
			return slot;
		rule = st->rule[st->names[slot] - 1];
		/* the slot of a deleted rule stays taken, to be stepped over */
		if (rule && rule->name && !strcmp(rule->name, name))
			return slot;
	}
}

/* Makes the table, or a larger one; it is at most half full. */
static int grow_names(struct kap_stage *st)
{
	u32 size = 64, i, slot;

	if (st->names && 2 * (st->names_used + 1) <= st->names_mask + 1)
		return 0;
	while (size < 4 * (st->live + 1))
		size *= 2;
	kvfree(st->names);
	st->names = kvcalloc(size, sizeof(*st->names), GFP_KERNEL);
	if (!st->names)
		return -ENOMEM;
	st->names_mask = size - 1;
	st->names_used = 0;
	for (i = 0; i < st->n; i++) {
		cond_resched();
		if (!st->rule[i] || !st->rule[i]->name)
			continue;
		slot = name_slot(st, st->rule[i]->name);
		st->names[slot] = i + 1;
		st->names_used++;
	}
	return 0;
}

static int grow_rules(struct kap_stage *st)
{
	u32 room = st->room + st->room / 2;
	struct kap_rule **rule;

	if (st->n < st->room)
		return 0;
	rule = kvmalloc_array(room, sizeof(*rule), GFP_KERNEL);
	if (!rule)
		return -ENOMEM;
	memcpy(rule, st->rule, st->n * sizeof(*rule));
	kvfree(st->rule);
	st->rule = rule;
	st->room = room;
	return 0;
}

/**
 * kap_stage_add - add a rule
 * @st: stage
 * @rule: the rule, not part of any set; its reference is taken over if added
 * @max_rules: how many there may be then
 *
 * Context: process, may sleep.
 * Return: why not, or KAP_E_NONE.
 */
enum kap_error kap_stage_add(struct kap_stage *st, struct kap_rule *rule,
			     u32 max_rules)
{
	u32 slot = 0;

	if (rule->name) {
		if (grow_names(st))
			return KAP_E_MEMORY;
		slot = name_slot(st, rule->name);
		if (st->names[slot])
			return KAP_E_EXISTS;
	}
	if (st->live >= max_rules)
		return KAP_E_FULL;
	if (grow_rules(st))
		return KAP_E_MEMORY;
	/* a user timeout must not end what a lost probe or a pause cannot */
	if (!kap_hook_can_hold() || !kap_hook_can_stall())
		kap_rule_auto_off(rule);
	st->rule[st->n++] = rule;
	st->live++;
	if (rule->name) {
		st->names[slot] = st->n;
		st->names_used++;
	}
	return KAP_E_NONE;
}

static void delete_rule(struct kap_stage *st, u32 i)
{
	if (i >= st->n_old)
		kap_rule_put(st->rule[i]);
	st->rule[i] = NULL;
	st->live--;
}

/* The slot where an id is, or one that is free. */
static u32 id_slot(const struct kap_stage *st, u64 id)
{
	u32 mask = (1U << st->ids_bits) - 1, slot;

	for (slot = hash_64(id, st->ids_bits); st->ids[slot];
	     slot = (slot + 1) & mask) {
		const struct kap_rule *rule = st->rule[st->ids[slot] - 1];

		if (rule && rule->id == id)
			break;
	}
	return slot;
}

/* Makes the table; it is at most half full. */
static int make_ids(struct kap_stage *st)
{
	u32 i;

	if (st->ids)
		return 0;
	for (st->ids_bits = 6; 1U << st->ids_bits < 2 * st->n_old;)
		st->ids_bits++;
	st->ids = kvcalloc(1U << st->ids_bits, sizeof(*st->ids), GFP_KERNEL);
	if (!st->ids)
		return -ENOMEM;
	for (i = 0; i < st->n_old; i++) {
		cond_resched();
		if (st->rule[i])
			st->ids[id_slot(st, st->rule[i]->id)] = i + 1;
	}
	return 0;
}

/**
 * kap_stage_del_id - delete the rule with an id
 * @st: stage
 * @id: the id
 *
 * Context: process, may sleep.
 * Return: why not, or KAP_E_NONE.
 */
enum kap_error kap_stage_del_id(struct kap_stage *st, u64 id)
{
	u32 slot;

	if (make_ids(st))
		return KAP_E_MEMORY;
	slot = id_slot(st, id);
	if (!st->ids[slot])
		return KAP_E_NO_ID;
	delete_rule(st, st->ids[slot] - 1);
	return KAP_E_NONE;
}

/**
 * kap_stage_del_name - delete the rule with a name
 * @st: stage
 * @name: the name
 *
 * Context: process, may sleep.
 * Return: why not, or KAP_E_NONE.
 */
enum kap_error kap_stage_del_name(struct kap_stage *st, const char *name)
{
	u32 slot;

	if (grow_names(st))
		return KAP_E_MEMORY;
	slot = name_slot(st, name);
	if (!st->names[slot])
		return KAP_E_NO_NAME;
	delete_rule(st, st->names[slot] - 1);
	return KAP_E_NONE;
}

/**
 * kap_stage_flush - delete every rule
 * @st: stage
 *
 * Context: process, may sleep.
 */
void kap_stage_flush(struct kap_stage *st)
{
	put_new_rules(st);
	st->n_old = 0;
	st->n = 0;
	st->live = 0;
	kvfree(st->names);
	st->names = NULL;
	kvfree(st->ids);
	st->ids = NULL;
}

/*
 * Of @n rules that were added, those that were deleted from @st->from as well
 * become the rules they were before.
 */
static int restore_deleted(struct kap_stage *st, struct kap_rule **added, u32 n)
{
	struct kap_ruleset *from = st->from;
	struct kap_rule **gone;
	u32 i, n_gone = 0;
	int err;

	gone = kvmalloc_array(from->n, sizeof(*gone), GFP_KERNEL);
	if (!gone)
		return -ENOMEM;
	for (i = 0; i < from->n; i++) {
		cond_resched();
		if (i >= st->n_old || !st->rule[i])
			gone[n_gone++] = from->order[i];
	}
	err = kap_order_restore(gone, n_gone, added, n);
	kvfree(gone);
	return err;
}

/* Puts the rules in matching order; those that are new get their ids. */
static int order_rules(struct kap_stage *st, struct kap_rule **order,
		       u64 *next_id)
{
	u32 i, n = 0, n_kept = 0;
	int err = 0;

	for (i = 0; i < st->n; i++) {
		cond_resched();
		if (!st->rule[i])
			continue;
		order[n++] = st->rule[i];
		n_kept += i < st->n_old;
	}
	if (n_kept < n && n_kept < st->from->n)
		err = restore_deleted(st, order + n_kept, n - n_kept);
	if (err)
		return err;
	for (i = n_kept; i < n; i++) {
		cond_resched();
		if (!order[i]->id)
			order[i]->id = (*next_id)++;
	}
	return kap_order_by_prio(order, n);
}

/**
 * kap_stage_build - make a rule set of what has been edited
 * @st: stage; only good for kap_stage_free() afterwards
 *
 * Context: process, may sleep.
 * Return: a set with one reference, or NULL: out of memory, unless @st->overlap
 *	says otherwise. It is the set that was edited if nothing has changed.
 */
struct kap_ruleset *kap_stage_build(struct kap_stage *st)
{
	struct kap_ruleset *from = st->from;
	struct kap_rule **order = NULL;
	u64 next_id = from->next_id;

	st->overlap[0] = 0;
	if (st->live) {
		order = kvmalloc_array(st->live, sizeof(*order), GFP_KERNEL);
		if (!order || order_rules(st, order, &next_id)) {
			kvfree(order);
			return NULL;
		}
	}
	if (st->live == from->n &&
	    (!st->live ||
	     !memcmp(order, from->order, st->live * sizeof(*order)))) {
		kvfree(order);
		refcount_inc(&from->refs);
		return from;
	}
	return kap_ruleset_build(order, st->live, next_id,
				 from->generation + 1, st->overlap);
}

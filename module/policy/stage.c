// SPDX-License-Identifier: GPL-2.0
#include "policy/stage.h"

#include <linux/jhash.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "conn/hook.h"
#include "ruleset/ruleset.h"

/**
 * kap_stage_alloc - start editing
 * @from: the rule set to start from
 *
 * Context: process, may sleep.
 * Return: for kap_stage_free(), or NULL when out of memory.
 */
struct kap_stage *kap_stage_alloc(const struct kap_ruleset *from)
{
	struct kap_stage *st = kzalloc(sizeof(*st), GFP_KERNEL);
	u32 i;

	if (!st)
		return NULL;
	st->room = from->n + 16;
	st->entry = kvmalloc_array(st->room, sizeof(*st->entry), GFP_KERNEL);
	if (!st->entry) {
		kfree(st);
		return NULL;
	}
	for (i = 0; i < from->n; i++) {
		st->entry[i].rule = kap_rule_get(from->by_id[i]);
		st->entry[i].id = from->by_id[i]->id;
	}
	st->n = from->n;
	st->live = from->n;
	st->next_id = from->next_id;
	st->generation = from->generation;
	return st;
}

/**
 * kap_stage_free - stop editing
 * @st: stage or NULL
 *
 * Context: process, may sleep.
 */
void kap_stage_free(struct kap_stage *st)
{
	u32 i;

	if (!st)
		return;
	for (i = 0; i < st->n; i++)
		kap_rule_put(st->entry[i].rule);
	kvfree(st->entry);
	kvfree(st->names);
	kfree(st);
}

/* The slot of a name: where it stands, or where it would go. */
static u32 name_slot(const struct kap_stage *st, const char *name)
{
	u32 slot = jhash(name, strlen(name), 0);

	for (;; slot++) {
		const struct kap_rule *rule;

		slot &= st->names_mask;
		if (!st->names[slot])
			return slot;
		rule = st->entry[st->names[slot] - 1].rule;
		/* a deleted rule leaves its slot taken, its name unknown */
		if (rule && rule->name && !strcmp(rule->name, name))
			return slot;
	}
}

/* Makes the table, or a larger one; it is at most half full. */
static int names_grow(struct kap_stage *st)
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
		if (!st->entry[i].rule || !st->entry[i].rule->name)
			continue;
		slot = name_slot(st, st->entry[i].rule->name);
		st->names[slot] = i + 1;
		st->names_used++;
	}
	return 0;
}

static int rules_grow(struct kap_stage *st)
{
	u32 room = st->room + st->room / 2;
	struct kap_stage_entry *entry;

	if (st->n < st->room)
		return 0;
	entry = kvmalloc_array(room, sizeof(*entry), GFP_KERNEL);
	if (!entry)
		return -ENOMEM;
	memcpy(entry, st->entry, st->n * sizeof(*entry));
	kvfree(st->entry);
	st->entry = entry;
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
		if (names_grow(st))
			return KAP_E_MEMORY;
		slot = name_slot(st, rule->name);
		if (st->names[slot])
			return KAP_E_EXISTS;
	}
	if (st->live >= max_rules)
		return KAP_E_FULL;
	if (rules_grow(st))
		return KAP_E_MEMORY;
	rule->id = st->next_id++;
	/* a user timeout must not end what a lost probe or a pause cannot */
	if (!kap_hook_can_hold() || !kap_hook_can_stall())
		kap_rule_auto_off(rule);
	st->entry[st->n].id = rule->id;
	st->entry[st->n++].rule = rule;
	st->live++;
	st->changed = true;
	if (rule->name) {
		st->names[slot] = st->n;
		st->names_used++;
	}
	return KAP_E_NONE;
}

static void del_entry(struct kap_stage *st, u32 i)
{
	kap_rule_put(st->entry[i].rule);
	st->entry[i].rule = NULL;
	st->live--;
	st->changed = true;
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
	u32 lo = 0, hi = st->n;

	while (lo < hi) {
		u32 mid = lo + (hi - lo) / 2;

		if (st->entry[mid].id < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == st->n || st->entry[lo].id != id || !st->entry[lo].rule)
		return KAP_E_NO_ID;
	del_entry(st, lo);
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

	if (names_grow(st))
		return KAP_E_MEMORY;
	slot = name_slot(st, name);
	if (!st->names[slot])
		return KAP_E_NO_NAME;
	del_entry(st, st->names[slot] - 1);
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
	u32 i;

	for (i = 0; i < st->n; i++) {
		if (st->entry[i].rule)
			del_entry(st, i);
	}
	st->n = 0;
	kvfree(st->names);
	st->names = NULL;
}

/**
 * kap_stage_build - make a rule set of what has been edited
 * @st: stage; stays as it is
 *
 * Context: process, may sleep.
 * Return: a set with one reference, or NULL when out of memory.
 */
struct kap_ruleset *kap_stage_build(const struct kap_stage *st)
{
	struct kap_rule **by_id = NULL;
	u32 i, n = 0;

	if (st->live) {
		by_id = kvmalloc_array(st->live, sizeof(*by_id), GFP_KERNEL);
		if (!by_id)
			return NULL;
	}
	for (i = 0; i < st->n; i++) {
		if (st->entry[i].rule)
			by_id[n++] = st->entry[i].rule;
	}
	return kap_ruleset_build(by_id, n, st->next_id, st->generation + 1);
}

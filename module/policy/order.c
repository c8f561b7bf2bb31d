// SPDX-License-Identifier: GPL-2.0
#include "policy/order.h"

#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "rule/same.h"

/**
 * struct gone_table - rules that were deleted, to be found by their content
 * @mask: number of chains minus one
 * @first: of each chain the number of its first rule plus one; 0: none
 * @next: of each rule the number of the next in its chain, likewise
 */
struct gone_table {
	u32 mask;
	u32 *first;
	u32 *next;
};

static int gone_table_make(struct gone_table *t, struct kap_rule *const *gone,
			   u32 n)
{
	u32 size = 64, i, *first;

	while (size < n)
		size *= 2;
	t->first = kvcalloc((size_t)size + n, sizeof(*t->first), GFP_KERNEL);
	if (!t->first)
		return -ENOMEM;
	t->mask = size - 1;
	t->next = t->first + size;
	/* backwards, so that of rules that are alike the first is found first */
	for (i = n; i--;) {
		cond_resched();
		first = &t->first[kap_rule_hash(gone[i]) & t->mask];
		t->next[i] = *first;
		*first = i + 1;
	}
	return 0;
}

/* Takes a rule that is the same as @rule out of its chain. */
static struct kap_rule *gone_table_take(struct gone_table *t,
					struct kap_rule *const *gone,
					const struct kap_rule *rule)
{
	u32 *p = &t->first[kap_rule_hash(rule) & t->mask], i;

	for (; *p; p = &t->next[*p - 1]) {
		i = *p - 1;
		if (!kap_rule_same(gone[i], rule))
			continue;
		*p = t->next[i];
		return gone[i];
	}
	return NULL;
}

/**
 * kap_order_restore - put deleted rules in the place of new ones that are alike
 * @gone: the deleted rules
 * @n_gone: how many
 * @added: the new rules; no reference is taken or dropped
 * @n: how many
 *
 * This is what makes a rule that a change takes away and brings back the same
 * rule, with the same id and counters.
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int kap_order_restore(struct kap_rule *const *gone, u32 n_gone,
		      struct kap_rule **added, u32 n)
{
	struct gone_table t;
	struct kap_rule *old;
	u32 i;

	if (gone_table_make(&t, gone, n_gone))
		return -ENOMEM;
	for (i = 0; i < n; i++) {
		cond_resched();
		old = gone_table_take(&t, gone, added[i]);
		if (old)
			added[i] = old;
	}
	kvfree(t.first);
	return 0;
}

/* One pass of a radix sort, by eight bits of prio; stable. */
static void sort_pass(struct kap_rule **to, struct kap_rule *const *from, u32 n,
		      u32 *at, int shift)
{
	u32 i, start = 0, count;

	memset(at, 0, 256 * sizeof(*at));
	for (i = 0; i < n; i++) {
		cond_resched();
		at[(from[i]->prio >> shift) & 0xff]++;
	}
	for (i = 0; i < 256; i++) {
		count = at[i];
		at[i] = start;
		start += count;
	}
	for (i = 0; i < n; i++) {
		cond_resched();
		to[at[(from[i]->prio >> shift) & 0xff]++] = from[i];
	}
}

/* Most sets use one prio, and most changes add to the end. */
static bool is_ordered(struct kap_rule *const *rules, u32 n)
{
	u32 i;

	for (i = 1; i < n; i++) {
		cond_resched();
		if (rules[i - 1]->prio > rules[i]->prio)
			return false;
	}
	return true;
}

/**
 * kap_order_by_prio - put rules in matching order
 * @rules: rules in the order they were added in, which equal ones stay in
 * @n: how many
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int kap_order_by_prio(struct kap_rule **rules, u32 n)
{
	struct kap_rule **other;
	u32 *at;

	if (is_ordered(rules, n))
		return 0;
	other = kvmalloc_array(n, sizeof(*other), GFP_KERNEL);
	at = kvmalloc_array(256, sizeof(*at), GFP_KERNEL);
	if (other && at) {
		sort_pass(other, rules, n, at, 0);
		sort_pass(rules, other, n, at, 8);
	}
	kvfree(at);
	kvfree(other);
	return other && at ? 0 : -ENOMEM;
}

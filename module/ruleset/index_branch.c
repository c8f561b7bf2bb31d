// SPDX-License-Identifier: GPL-2.0
/*
 * Builds what hangs below in the trees index.c describes.
 *
 * For a list of rules, every field not cut by above is tried: the bounds of
 * the rules cut it into intervals, and the mean number of rules an interval
 * would be left with, plus those that go to "rest", is what it costs; the
 * cheapest field wins. Rules are then painted onto its intervals in matching
 * order. One that certainly matches there closes the interval: nothing after
 * it can win. Copies are paid from a budget proportional to the number of
 * rules; where they would exceed it, the rules that span most go to "rest".
 */
#include "ruleset/index_build.h"

#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#define TRY_ENOUGH	10	/* so few rules are tried faster than told apart */
#define COPIES		8	/* of a rule, beyond one for each of its bounds */

/**
 * kap_branch_budget - how many copies there may be of some rules
 * @ix: index
 * @list: their places
 * @n: how many
 *
 * Context: any.
 * Return: one for each bound a rule was written with, and a few each.
 */
u32 kap_branch_budget(const struct kap_index *ix, const u32 *list, u32 n)
{
	u32 budget = KAP_CUT_FREE, i, f;

	for (i = 0; i < n; i++) {
		const struct kap_rule *rule = ix->rules[list[i]];
		u32 own = COPIES;

		for (f = 0; f < KAP_U32_FIELDS; f++)
			own += 2 * rule->n_ranges[f];
		own += 2 * (rule->n_addrs[0] + rule->n_addrs[1]);
		budget += min(own, U32_MAX - budget);
	}
	return budget;
}

/* The cheapest cut of a branch; its cost is at least @br->n if none helps. */
static int choose_cut(struct kap_build *b, const struct kap_branch *br,
		      struct kap_cut *best)
{
	u32 used = 0, f, i;
	int err;

	memset(best, 0, sizeof(*best));
	best->cost = br->n;
	for (i = 0; i < br->n; i++)
		used |= b->ix->rules[br->list[i]]->fields;
	used &= KAP_INDEXED_MASK & ~br->cut;
	for (; used; used &= used - 1) {
		struct kap_cut try = { 0 };

		f = __ffs(used);
		try.field = f;
		try.sure = br->sure;
		err = kap_cut_plan(&try, b->ix->rules, br->list, br->n,
				   b->budget);
		if (!err && try.cost < best->cost) {
			kap_cut_free(best);
			*best = try;
			continue;
		}
		kap_cut_free(&try);
		if (err)
			return err;
	}
	return 0;
}

/* A child may make copies in proportion to its rules. */
static int build_child(struct kap_build *b, const struct kap_branch *br,
		       u32 total, u32 *ref)
{
	u32 all = b->budget, share = div_u64((u64)all * br->n, total);
	int err;

	b->budget = share;
	err = kap_branch_build(b, br, ref);
	b->budget += all - share;
	return err;
}

static bool same_list(const struct kap_branch *a, const u32 *list, u32 n)
{
	return a->n == n && !memcmp(a->list, list, n * sizeof(*list));
}

/* The children of one half. Neighbours that are the same become one. */
static int build_half(struct kap_build *b, struct kap_branch *child,
		      struct kap_half *half, u32 *left, u32 *refs)
{
	u32 i, n = 0;
	int err;

	for (i = 0; i < half->n; i++) {
		const u32 *list = half->list + half->start[i];
		u32 n_list = half->start[i + 1] - half->start[i];

		*left -= n_list;
		if (n && same_list(child, list, n_list))
			continue;
		child->list = list;
		child->n = n_list;
		err = build_child(b, child, max(*left + n_list, 1U), &refs[n]);
		if (err)
			return err;
		half->bound[n++] = half->bound[i];
	}
	half->n = n;
	return 0;
}

static int add_node(struct kap_index *ix, const struct kap_branch *br,
		    u32 field, bool v6, const struct kap_half *half,
		    const u32 *refs, u32 *ref)
{
	u32 best = br->list[0];

	if (br->level == KAP_PAGES)
		return kap_ports_build(ix, half, refs);
	if (v6)
		return kap_node_six(ix, best, field, half, refs, ref);
	return kap_node_cut(ix, best, field, br->level == KAP_TOP, half, refs,
			    ref);
}

/**
 * kap_branch_cut - build what a planned cut leads to
 * @b: build
 * @br: branch
 * @c: planned; keeps its "rest", which is left to the caller
 * @ref: the result: the node, or, of an address, for IPv4 and for IPv6; none
 *	where the branch is the table of ports.c
 *
 * Context: process, may sleep. Recursion by way of kap_branch_build(): each
 *	level cuts by one more field.
 * Return: 0 or -ENOMEM.
 */
int kap_branch_cut(struct kap_build *b, const struct kap_branch *br,
		   struct kap_cut *c, u32 ref[2])
{
	struct kap_branch child = {
		.cut = br->cut | BIT(c->field),
		.sure = br->sure | BIT(c->field),
		.family = br->family,
	};
	u32 *refs, left, kept, v6;
	int err;

	err = kap_cut_paint(c, b->ix->rules, br->list, br->n);
	if (err)
		return err;
	left = kap_cut_copies(c);
	b->budget -= min(b->budget, left + c->half[0].n + c->half[1].n);
	kept = min(b->budget, kap_branch_budget(b->ix, c->rest, c->n_rest));
	b->budget -= kept;
	refs = kvmalloc_array(max(c->half[0].n, c->half[1].n), sizeof(*refs),
			      GFP_KERNEL);
	if (!refs)
		return -ENOMEM;
	for (v6 = 0; v6 < 2 && !err; v6++) {
		ref[v6] = KAP_REF_NONE;
		if (!c->half[v6].n)
			continue;
		if (c->field >= KAP_LADDR)
			child.family = v6 ? KAP_FAMILY_V6 : KAP_FAMILY_V4;
		err = build_half(b, &child, &c->half[v6], &left, refs);
		if (!err)
			err = add_node(b->ix, br, c->field, v6, &c->half[v6],
				       refs, &ref[v6]);
	}
	b->budget += kept;
	kvfree(refs);
	return err;
}

/* A cut below others: one node, whatever the field. */
static int build_cut(struct kap_build *b, const struct kap_branch *br,
		     struct kap_cut *c, u32 *ref)
{
	u32 refs[2];
	int err = kap_branch_cut(b, br, c, refs);

	if (err)
		return err;
	*ref = refs[br->family == KAP_FAMILY_V6];
	if (c->field < KAP_LADDR)
		*ref = refs[0];
	else if (br->family == KAP_FAMILY_ANY)
		return kap_node_family(b->ix, br->list[0], refs[0], refs[1], ref);
	return 0;
}

/* What is left to tell of a rule. */
static u32 unsure_fields(const struct kap_index *ix,
			 const struct kap_branch *br, u32 i)
{
	return ix->rules[br->list[i]]->fields & KAP_INDEXED_MASK & ~br->sure;
}

/**
 * kap_branch_trim - the first rule that is sure to match is the last to win
 * @ix: index
 * @br: branch; loses the rules after that one
 *
 * Context: any.
 */
void kap_branch_trim(const struct kap_index *ix, struct kap_branch *br)
{
	u32 i;

	for (i = 0; i < br->n; i++) {
		if (!unsure_fields(ix, br, i))
			br->n = i + 1;
	}
}

/* One node, or what stands for none; @c keeps its "rest". */
static int build_node(struct kap_build *b, const struct kap_branch *br,
		      struct kap_cut *c, u32 *ref)
{
	int err;

	if (br->n == 1 && !unsure_fields(b->ix, br, 0)) {
		*ref = KAP_REF_RULE | br->list[0];
		return 0;
	}
	if (br->n <= TRY_ENOUGH)
		return kap_node_try(b->ix, br, ref);
	err = choose_cut(b, br, c);
	if (!err && c->cost < br->n)
		return build_cut(b, br, c, ref);
	return err ? err : kap_node_try(b->ix, br, ref);
}

/**
 * kap_branch_build - build a node, the node of its "rest", and so on
 * @b: build
 * @from: branch
 * @ref: the result
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int kap_branch_build(struct kap_build *b, const struct kap_branch *from,
		     u32 *ref)
{
	struct kap_branch br = *from;
	u32 *list = NULL, last = 0, next;
	int err = 0;

	*ref = KAP_REF_NONE;
	while (!err && br.n) {
		struct kap_cut c = { 0 };

		kap_branch_trim(b->ix, &br);
		err = build_node(b, &br, &c, &next);
		if (!err && last)
			kap_index_node(b->ix, last)->rest = next;
		else if (!err)
			*ref = next;
		last = next;
		/* what spans much among many may span little among few */
		if (c.n_rest > br.n / 2)
			br.cut |= BIT(c.field);
		kvfree(list);
		list = c.rest;
		br.list = list;
		br.n = list ? c.n_rest : 0;
		c.rest = NULL;
		kap_cut_free(&c);
	}
	kvfree(list);
	return err;
}

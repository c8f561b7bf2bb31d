// SPDX-License-Identifier: GPL-2.0
/*
 * Builds the trees index.c describes.
 *
 * For a list of rules, every field not cut by above is tried: the bounds of
 * the rules cut it into intervals, and the mean number of rules an interval
 * would be left with, plus those that go to "rest", is what it costs; the
 * cheapest field wins. Rules are then painted onto its intervals in matching
 * order. One that certainly matches there closes the interval: nothing after
 * it can win. Copies are paid from a budget proportional to the number of
 * rules; where they would exceed it, the rules that span most go to "rest".
 */
#include "index_tree.h"

#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "index_cut.h"

#define LIST_ENOUGH	3	/* so few rules are tried faster than told apart */
#define COPIES		8	/* of a rule, beyond one for each of its bounds */
#define TABLE_MIN	16	/* intervals that are worth a table */

/* One tree in the making. */
struct build {
	struct kap_index *ix;
	u32 budget;		/* copies of rules still to be handed out */
};

/* Where a list of rules hangs in the tree. */
struct branch {
	const u32 *list;	/* places in matching order, ascending */
	u32 n;
	u32 cut;		/* fields cut by above */
	u32 sure;		/* fields all of them match here */
};

/* Copies: one for each bound a rule was written with, and a few each. */
static u32 own_budget(const struct kap_index *ix, const u32 *list, u32 n)
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

/* Appends @n elements; returns the place of the first, or -ENOMEM. */
static s64 vec_add(struct kap_vec *vec, const void *from, u32 n)
{
	u32 at = vec->n;

	if (vec->n + n > vec->room) {
		u32 room = max(vec->n + n, vec->room + vec->room / 2);
		void *v = kvmalloc_array(room, vec->size, GFP_KERNEL);

		if (!v)
			return -ENOMEM;
		if (vec->n)
			memcpy(v, vec->v, (size_t)vec->n * vec->size);
		kvfree(vec->v);
		vec->v = v;
		vec->room = room;
	}
	if (n)
		memcpy((char *)vec->v + (size_t)at * vec->size, from,
		       (size_t)n * vec->size);
	vec->n += n;
	return at;
}

static int add_node(struct kap_index *ix, const struct kap_node *node, u32 *ref)
{
	s64 at;

	/* number 0 stands for nothing */
	if (!ix->node.n && vec_add(&ix->node, node, 1) < 0)
		return -ENOMEM;
	at = vec_add(&ix->node, node, 1);
	if (at < 0)
		return at;
	*ref = at;
	return 0;
}

static int build_list(struct build *b, const struct branch *br, u32 *ref)
{
	struct kap_node node = { .best = br->list[0], .field = KAP_NODE_LIST };
	s64 at = vec_add(&b->ix->list, br->list, br->n);

	if (at < 0)
		return at;
	node.first = at;
	node.n = br->n;
	return add_node(b->ix, &node, ref);
}

/* The cheapest cut of a branch; its cost is at least @br->n if none helps. */
static int choose_cut(struct build *b, const struct branch *br,
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

/* Of no rule, or of the only one. */
static u32 one_ref(const struct build *b, const struct branch *br)
{
	u32 left;

	if (!br->n)
		return KAP_REF_NONE;
	left = b->ix->rules[br->list[0]]->fields & KAP_INDEXED_MASK & ~br->sure;
	return KAP_REF_RULE | br->list[0] | (left ? 0 : KAP_REF_SURE);
}

static int build_branch(struct build *b, const struct branch *br, u32 *ref);

/* A child may make copies in proportion to its rules. */
static int build_child(struct build *b, const struct branch *br, u32 total,
		       u32 *ref)
{
	u32 all = b->budget, share = (u64)all * br->n / total;
	int err;

	b->budget = share;
	err = build_branch(b, br, ref);
	b->budget += all - share;
	return err;
}

/* The children of one half. Neighbours that are the same become one. */
static int build_half(struct build *b, const struct branch *br,
		      const struct kap_cut *c, struct kap_half *half,
		      u32 *left, u32 *refs)
{
	struct branch child = {
		.cut = br->cut | BIT(c->field),
		.sure = br->sure | BIT(c->field),
	};
	u32 i, n = 0;
	int err;

	for (i = 0; i < half->n; i++) {
		child.list = half->list + half->start[i];
		child.n = half->start[i + 1] - half->start[i];
		err = build_child(b, &child, max(*left, 1U), &refs[n]);
		if (err)
			return err;
		*left -= child.n;
		if (n && refs[n] == refs[n - 1])
			continue;
		half->bound[n++] = half->bound[i];
	}
	half->n = n;
	return 0;
}

/* Where a search in many intervals begins; see find_cut() of index.c. */
static int add_table(struct kap_index *ix, const struct kap_half *half,
		     struct kap_node *node)
{
	u32 span, buckets, i, k = 1;

	if (half->n < TABLE_MIN)
		return 0;
	/* number 0 stands for none */
	if (!ix->table.n && vec_add(&ix->table, &k, 1) < 0)
		return -ENOMEM;
	span = half->bound[half->n - 1].lo - half->bound[1].lo;
	node->shift = max(fls(span), fls(half->n)) - fls(half->n);
	buckets = (span >> node->shift) + 1;
	node->table = ix->table.n;
	for (i = 0; i <= buckets; i++) {
		u64 first = half->bound[1].lo + ((u64)i << node->shift);

		while (k + 1 < half->n && half->bound[k + 1].lo <= first)
			k++;
		if (vec_add(&ix->table, &k, 1) < 0)
			return -ENOMEM;
	}
	return 0;
}

/* Bounds and children of a node in one piece each. */
static int add_cut(struct kap_index *ix, struct kap_cut *c, const u32 *refs,
		   struct kap_node *node)
{
	struct kap_half *half = c->half;
	s64 child = vec_add(&ix->child, refs, half[0].n + half[1].n);
	s64 first6 = vec_add(&ix->cut6, half[1].bound, half[1].n);
	s64 first = vec_add(&ix->cut, NULL, 0);
	u32 i;

	for (i = 0; i < half[0].n; i++) {
		u32 lo = half[0].bound[i].lo;

		if (vec_add(&ix->cut, &lo, 1) < 0)
			return -ENOMEM;
	}
	if (child < 0 || first6 < 0 || add_table(ix, &half[0], node))
		return -ENOMEM;
	node->n = half[0].n;
	node->n6 = half[1].n;
	node->first = first;
	node->first6 = first6;
	node->child = child;
	return 0;
}

/* A node that cuts, and its children; its "rest" is left to the caller. */
static int build_cut(struct build *b, const struct branch *br,
		     struct kap_cut *c, u32 *ref)
{
	struct kap_node node = { .best = br->list[0], .field = c->field };
	u32 *refs, left, kept;
	int err;

	err = kap_cut_paint(c, b->ix->rules, br->list, br->n);
	if (err)
		return err;
	left = kap_cut_copies(c);
	b->budget -= min(b->budget, left + c->half[0].n + c->half[1].n);
	kept = min(b->budget, own_budget(b->ix, c->rest, c->n_rest));
	b->budget -= kept;
	refs = kvmalloc_array(c->half[0].n + c->half[1].n, sizeof(*refs),
			      GFP_KERNEL);
	if (!refs)
		return -ENOMEM;
	err = build_half(b, br, c, &c->half[0], &left, refs);
	if (!err)
		err = build_half(b, br, c, &c->half[1], &left,
				 refs + c->half[0].n);
	b->budget += kept;
	if (!err)
		err = add_cut(b->ix, c, refs, &node);
	if (!err)
		err = add_node(b->ix, &node, ref);
	kvfree(refs);
	return err;
}

/* The first rule that is sure to match is the last that can win. */
static void trim_branch(const struct build *b, struct branch *br)
{
	u32 i;

	for (i = 0; i < br->n; i++) {
		if (!(b->ix->rules[br->list[i]]->fields & KAP_INDEXED_MASK &
		      ~br->sure))
			br->n = i + 1;
	}
}

/*
 * One node, or what stands for none; @c keeps its "rest". Recursion by way of
 * the children of a cut: each level cuts by one more field.
 */
static int build_node(struct build *b, const struct branch *br,
		      struct kap_cut *c, u32 *ref)
{
	int err;

	if (br->n < 2) {
		*ref = one_ref(b, br);
		return 0;
	}
	if (br->n <= LIST_ENOUGH)
		return build_list(b, br, ref);
	err = choose_cut(b, br, c);
	if (!err && c->cost < br->n)
		return build_cut(b, br, c, ref);
	return err ? err : build_list(b, br, ref);
}

/* A node, the node of its "rest", and so on. */
static int build_branch(struct build *b, const struct branch *from, u32 *ref)
{
	struct branch br = *from;
	u32 *list = NULL, last = 0;
	u32 next;
	int err;

	*ref = KAP_REF_NONE;
	do {
		struct kap_cut c = { 0 };

		trim_branch(b, &br);
		err = build_node(b, &br, &c, &next);
		if (!err && last)
			((struct kap_node *)b->ix->node.v)[last].rest = next;
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
	} while (!err && br.n);
	kvfree(list);
	return err;
}

/*
 * Rules that all have port= are cut by it first, were it one rule: ports.c
 * makes that cost next to nothing. Not if some would have to go to "rest".
 */
static int build_root(struct build *b, const struct branch *br, u32 *ref)
{
	struct kap_cut c = { .field = KAP_PORT };
	u32 i;
	int err;

	for (i = 0; i < br->n; i++) {
		if (!(b->ix->rules[br->list[i]]->fields & BIT(KAP_PORT)))
			return build_branch(b, br, ref);
	}
	if (!br->n)
		return build_branch(b, br, ref);
	err = kap_cut_plan(&c, b->ix->rules, br->list, br->n, b->budget);
	if (!err && !c.n_rest)
		err = build_cut(b, br, &c, ref);
	else if (!err)
		err = build_branch(b, br, ref);
	kap_cut_free(&c);
	return err;
}

/**
 * kap_index_tree - build the tree of some rules
 * @ix: index the tree becomes part of
 * @list: places of the rules in matching order, ascending
 * @n: how many
 * @ref: the result
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int kap_index_tree(struct kap_index *ix, const u32 *list, u32 n, u32 *ref)
{
	struct branch all = { .list = list, .n = n };
	struct build b = { .ix = ix, .budget = own_budget(ix, list, n) };
	bool cgroup = n && ix->rules[list[0]]->cgroup;

	return cgroup ? build_branch(&b, &all, ref) : build_root(&b, &all, ref);
}

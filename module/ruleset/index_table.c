// SPDX-License-Identifier: GPL-2.0
/* Cuts a list of items into tables, and leaves what no table can tell apart. */
#include "ruleset/index_build.h"

#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/math64.h>

#define COST_NODE	30
#define TABLE_WORTHY	4	/* a word that is best for so few gets no table */
#define LIST_MOST	1024	/* items wider than would make lists this long are left */

/* Offers a word to all items: each prefers the one it is narrowest in. */
static int offer_word(struct kap_tree *t, u32 at)
{
	struct kap_cut c = { .at = at };
	u32 i, width;
	int err;

	err = kap_cut_plan(&c, t->b, t->list, t->n, U32_MAX);
	for (i = 0; !err && c.own && i < t->n; i++) {
		kap_array_pause(i + 1);
		width = div_u64((u64)c.span[i] * U32_MAX, c.n);
		if (!width || (u64)width * t->n > (u64)LIST_MOST << 32 ||
		    (t->at[i] != KAP_NO_WORD && width >= t->width[i]))
			continue;
		t->at[i] = at;
		t->width[i] = width;
	}
	kap_cut_free(&c);
	return err;
}

/* The items of one table, or those that are left. */
static u32 items_of(const struct kap_tree *t, u32 at)
{
	u32 i, n = 0;

	for (i = 0; i < t->n; i++) {
		kap_array_pause(i + 1);
		if (t->at[i] == at)
			t->sub[n++] = t->list[i];
	}
	return n;
}

/*
 * Sets the span of those items to 0 that would cost too many copies: those that
 * cover most. Items that are sure to match close their intervals, which then
 * have one such item at most. Returns how many items are kept.
 */
static u32 limit_copies(struct kap_cut *c, struct kap_build *b, u32 sure,
			const u32 *list, u32 n)
{
	u64 room = min(b->room, KAP_COPIES * (u64)c->own + KAP_ROOM_FREE);
	u64 copies[33] = { 0 }, sum = 0;
	u32 i, kept = 0;
	int order;

	for (i = 0; i < n; i++) {
		kap_array_pause(i + 1);
		if (!kap_build_is_sure(b, list[i], sure))
			copies[fls(c->span[i])] += c->span[i];
	}
	for (order = 1; order < 32 && sum + copies[order] <= room; order++)
		sum += copies[order];
	for (i = 0; i < n; i++) {
		kap_array_pause(i + 1);
		if (fls(c->span[i]) >= order &&
		    !kap_build_is_sure(b, list[i], sure))
			c->span[i] = 0;
		kept += !!c->span[i];
	}
	b->room -= sum;
	return kept;
}

/* The shift by which @n bounds that span @span have two stretches each. */
static u32 table_shift(u32 span, u32 n)
{
	u32 bits = fls(n) + 1;

	return max_t(u32, fls(span), bits) - bits;
}

/* Writes a node in front of those there are. */
static int write_node(struct kap_tree *t, const struct kap_cut *c, const u32 *refs,
		      u32 best)
{
	struct kap_vec *word = &t->b->ix->word;
	struct kap_node node = {
		.best = min(t->best, best),
		.rest = t->ref,
		.at = c->at,
		.n = c->n - 1,
		.base = c->bound[1],
	};
	u32 span = c->bound[node.n] - node.base, i, k, at, *table;

	node.shift = table_shift(span, c->n);
	node.last = span >> node.shift;
	if (kap_vec_add(word, &node, sizeof(node) / sizeof(u32), &t->ref) ||
	    kap_vec_add(word, NULL, node.last + 2, &at))
		return -ENOMEM;
	table = (u32 *)word->v + at;
	for (i = 0, k = 0; i <= node.last; i++) {
		kap_array_pause(i + 1);
		while (k < node.n && c->bound[k + 1] - node.base <=
					(u64)i << node.shift)
			k++;
		table[i] = k;
	}
	table[i] = node.n;
	t->best = node.best;
	if (kap_vec_add(word, c->bound + 1, node.n, &at))
		return -ENOMEM;
	return kap_vec_add(word, refs, c->n, &at);
}

/* Writes what each interval leads to, then the table or the pages of ports. */
static int write_table(struct kap_tree *t, const struct kap_cut *c, u32 sure,
		       bool pages)
{
	u32 *refs = kap_array_alloc(c->n, sizeof(*refs));
	u32 i, k, n, cost, dearest = 0, best = U32_MAX;
	int err = refs ? 0 : -ENOMEM;

	for (i = 0; i < c->n && !err; i++) {
		for (n = 0, k = c->first[i]; k; k = c->copy[k].next)
			t->one[n++] = c->copy[k].item;
		kap_array_pause(64 * i);
		if (n)
			best = min(best, KAP_ITEM_PLACE(t->one[0]));
		err = kap_leaf_build(t->b, t->one, n, sure, &refs[i], &cost);
		dearest = max(dearest, cost);
	}
	if (!err && pages)
		err = kap_ports_build(t->b->ix, c, refs);
	else if (!err)
		err = write_node(t, c, refs, best);
	t->cost += dearest + COST_NODE;
	kvfree(refs);
	return err;
}

/**
 * kap_table_build - build the table of one word
 * @t: tree; what the table has no room for is left
 * @at: the word
 * @sure: words of the key that all items are known to match in
 * @pages: build the pages of ports instead. They have to have all items, so
 *	nothing is built if they have no room
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int kap_table_build(struct kap_tree *t, u32 at, u32 sure, bool pages)
{
	struct kap_cut c = { .at = at };
	u32 i, k, kept = 0, n = items_of(t, at);
	int err;

	if (!n)
		return 0;
	sure |= BIT(at);
	err = kap_cut_plan(&c, t->b, t->sub, n, U32_MAX);
	if (!err && n > (pages ? 0 : TABLE_WORTHY))
		kept = limit_copies(&c, t->b, sure, t->sub, n);
	if (kept && (!pages || kept == t->n)) {
		err = kap_cut_paint(&c, t->b, sure, t->sub, n);
		if (!err)
			err = write_table(t, &c, sure, pages);
	}
	for (i = 0, k = 0; !err && i < t->n; i++) {
		kap_array_pause(i + 1);
		if (t->at[i] == at && (!kept || !c.span[k++]))
			t->at[i] = KAP_NO_WORD;
	}
	kap_cut_free(&c);
	return err;
}

/* Puts what no table has behind the tables. */
static int build_left(struct kap_tree *t, u32 sure)
{
	u32 n = items_of(t, KAP_NO_WORD), ref, cost, at, rest;
	int err = kap_leaf_build(t->b, t->sub, n, sure, &ref, &cost);

	t->cost += cost;
	if (!t->ref)
		t->ref = ref;
	for (at = t->ref; n && !err && !(at & KAP_REF_LEAF); at = rest) {
		struct kap_node *node = (void *)((u32 *)t->b->ix->word.v + at);

		node->best = min(node->best, KAP_ITEM_PLACE(t->sub[0]));
		rest = node->rest ? node->rest : ref;
		node->rest = rest;
	}
	return err;
}

/**
 * kap_table_build_all - build tables for all words that are worth one
 * @t: tree, @list and @n set
 * @sure: words of the key that all items are known to match in
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int kap_table_build_all(struct kap_tree *t, u32 sure)
{
	u32 words = 0, at, i;
	int err = 0;

	for (i = 0; i < t->n; i++) {
		kap_array_pause(i + 1);
		words |= kap_build_item(t->b, t->list[i])->dims & ~sure;
		t->at[i] = KAP_NO_WORD;
	}
	for (at = 0; at < KAP_KEY_WORDS && !err; at++)
		err = words & BIT(at) ? offer_word(t, at) : 0;
	for (at = 0; at < KAP_KEY_WORDS && !err; at++)
		err = words & BIT(at) ? kap_table_build(t, at, sure, false) : 0;
	return err ? err : build_left(t, sure);
}

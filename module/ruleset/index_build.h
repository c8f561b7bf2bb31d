/* SPDX-License-Identifier: GPL-2.0 */
/* Inside of the classifier: how it is built. */
#ifndef _KAPOLICY_INDEX_BUILD_H
#define _KAPOLICY_INDEX_BUILD_H

#include "rule/rule.h"
#include "ruleset/array.h"
#include "ruleset/index.h"
#include "ruleset/index_tree.h"

/*
 * A rule in the making of an index: its place in matching order, times 4, and
 * the address families of the connections in question. A rule with addresses
 * of both families is two items, one for each.
 */
#define KAP_ITEM_V4	1U
#define KAP_ITEM_V6	2U
#define KAP_ITEM_ANY	3U	/* a rule without addresses */
#define KAP_ITEM_PLACE(item)	((item) >> 2)
#define KAP_ITEM_FAMILY(item)	((item) & 3)

#define KAP_COPIES	16	/* words that an interval of a rule may cost */
#define KAP_ROOM_FREE	16384	/* words that are too few to be counted */

/* The word of the key that tells the families apart. */
#define KAP_CUT_AT_V4	(offsetof(struct kap_key, v4) / sizeof(u32))
#define KAP_CUT_FAMILY	BIT(KAP_CUT_AT_V4)

/**
 * struct kap_item - what is known of an item
 * @dims: BIT() of each word of the key that it restricts
 * @lists: those of @dims where it covers more than one interval
 * @vague: a connection that fits in each of @dims may still not match
 * @tests: word of the index where its tests begin; 0: not written yet
 */
struct kap_item {
	u16 dims;
	u16 lists;
	bool vague;
	u32 tests;
};

/**
 * struct kap_build - an index in the making
 * @ix: the index
 * @item: what is known of the items: see kap_build_item()
 * @room: words that may still be spent on copies of items
 * @bits: words that may still be spent on bitmaps
 * @why: names the dearest list so far
 * @dearest: what a search in that takes
 */
struct kap_build {
	struct kap_index *ix;
	struct kap_item *item;
	u64 room;
	u64 bits;
	struct kap_overlap *why;
	u32 dearest;
};

/**
 * struct kap_copy - an item in an interval
 * @item: the item
 * @next: the next copy in the same interval; 0: none
 */
struct kap_copy {
	u32 item;
	u32 next;
};

/**
 * struct kap_cut - a list of items, cut by one word of the key
 * @at: the word
 * @n: number of intervals
 * @bound: their lower bounds, ascending, the first 0
 * @span: intervals each item of the list covers; 0: not to be painted
 * @own: intervals the items have as they are written
 * @first: the first copy in each interval; 0: none
 * @last: the last copy in each interval
 * @copy: the copies; copy 0 is not used
 */
struct kap_cut {
	u32 at;
	u32 n;
	u32 *bound;
	u32 *span;
	u32 own;
	u32 *first;
	u32 *last;
	struct kap_copy *copy;
};

/**
 * struct kap_tree - a list of items that becomes a chain of tables
 * @b: build
 * @list: the items, ascending
 * @n: how many
 * @at: word whose table each item goes to; KAP_NO_WORD: it is left
 * @width: the part of that word it covers, of U32_MAX
 * @sub: some of the items
 * @one: items of one interval
 * @ref: the tables written so far, by "rest"
 * @best: first place in these
 * @cost: what a search in them takes at most
 */
struct kap_tree {
	struct kap_build *b;
	const u32 *list;
	u32 n;
	u8 *at;
	u32 *width;
	u32 *sub;
	u32 *one;
	u32 ref;
	u32 best;
	u64 cost;
};

#define KAP_NO_WORD	KAP_KEY_WORDS

static inline struct kap_item *kap_build_item(const struct kap_build *b,
					      u32 item)
{
	return &b->item[2 * KAP_ITEM_PLACE(item) +
			(KAP_ITEM_FAMILY(item) == KAP_ITEM_V6)];
}

/* Is an item sure to match a connection that fits in each word of @sure? */
static inline bool kap_build_is_sure(const struct kap_build *b, u32 item,
				     u32 sure)
{
	const struct kap_item *it = kap_build_item(b, item);

	return !(it->dims & ~sure) && !it->vague;
}

/* index_cut.c */
void kap_cut_add(struct kap_build *b, u32 place, u32 *list, u32 *n);
bool kap_cut_range(const struct kap_build *b, u32 item, u32 at, u32 *i,
		   struct kap_range *range);
u32 kap_cut_find(const struct kap_cut *c, u32 x);
int kap_cut_plan(struct kap_cut *c, const struct kap_build *b, const u32 *list,
		 u32 n, u32 most);
int kap_cut_paint(struct kap_cut *c, const struct kap_build *b, u32 sure,
		  const u32 *list, u32 n);
void kap_cut_free(struct kap_cut *c);

/* index_table.c */
int kap_table_build(struct kap_tree *t, u32 at, u32 sure, bool pages);
int kap_table_build_all(struct kap_tree *t, u32 sure);

/* index_leaf.c */
int kap_vec_resize(struct kap_vec *vec, u64 room);
int kap_vec_add(struct kap_vec *vec, const void *from, u32 n, u32 *at);
int kap_leaf_build(struct kap_build *b, const u32 *list, u32 n, u32 sure,
		   u32 *ref, u32 *cost);

/* ports.c */
int kap_ports_build(struct kap_index *ix, const struct kap_cut *c,
		    const u32 *refs);
void kap_ports_free(struct kap_ports *ports);

#endif /* _KAPOLICY_INDEX_BUILD_H */

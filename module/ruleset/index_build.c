// SPDX-License-Identifier: GPL-2.0
/* Builds and frees an index: which trees there are. */
#include "ruleset/index_build.h"

#include <linux/bitops.h>
#include <linux/errno.h>

#define SEARCH_MAX	20000	/* instructions, roughly, that one may take */
#define LIST_ENOUGH	10	/* so few items are tested faster than told apart */
#define BITS		64	/* words of bitmaps for each item */
#define END_WORDS	(sizeof(struct kap_test) / sizeof(u32))

/* What may be spent on a list, by what its rules say. */
static void set_room(struct kap_build *b, const u32 *list, u32 n, u64 room)
{
	u32 i, f;

	b->bits = (u64)BITS * n;
	for (i = 0; i < n; i++) {
		const struct kap_rule *rule =
			b->ix->rules[KAP_ITEM_PLACE(list[i])];

		kap_array_pause(i + 1);
		room += KAP_COPIES * (1U + rule->n_addrs[0] + rule->n_addrs[1]);
		for (f = 0; f < KAP_U32_FIELDS; f++)
			room += KAP_COPIES * rule->n_ranges[f];
	}
	b->room = room;
}

/* One tree; all its items are known to match in the words @sure. */
static int build_tree(struct kap_tree *t, const u32 *list, u32 n, u32 sure,
		      u64 room, u32 *ref)
{
	u32 cost;
	int err;

	cond_resched();
	set_room(t->b, list, n, room);
	if (n <= LIST_ENOUGH) {
		err = kap_leaf_build(t->b, list, n, sure, ref, &cost);
		t->cost = cost;
	} else {
		t->list = list;
		t->n = n;
		t->ref = KAP_REF_NONE;
		t->best = U32_MAX;
		t->cost = 0;
		err = kap_table_build_all(t, sure);
		*ref = t->ref;
	}
	return !err && t->cost > SEARCH_MAX ? -ENOSPC : err;
}

/* The table by port, when all rules are about ports and it has room for all. */
static int build_ports(struct kap_tree *t, const u32 *list, u32 n)
{
	int err;
	u32 i;

	for (i = 0; i < n; i++) {
		kap_array_pause(i + 1);
		if (!(kap_build_item(t->b, list[i])->dims & BIT(KAP_PORT)))
			return 0;
		t->at[i] = KAP_PORT;
	}
	t->list = list;
	t->n = n;
	t->cost = 0;
	set_room(t->b, list, n, KAP_ROOM_FREE);
	err = kap_table_build(t, KAP_PORT, 0, true);
	if (t->cost <= SEARCH_MAX)
		return err;
	/* three trees may do better */
	kap_ports_free(t->b->ix->ports);
	t->b->ix->ports = NULL;
	t->b->ix->word.n = END_WORDS;
	t->b->ix->map.n = 0;
	t->b->dearest = 0;
	for (i = 0; i < n; i++)
		kap_build_item(t->b, list[i])->tests = 0;
	return err;
}

/* The rules without cgroup=: the table by port, or three trees. */
static int build_any(struct kap_tree *t, u32 *list)
{
	struct kap_index *ix = t->b->ix;
	u32 *sub = list + 2 * ix->n;
	u32 i, n = 0, f, n_sub;
	int err;

	for (i = 0; i < ix->n; i++) {
		kap_array_pause(i + 1);
		if (!ix->rules[i]->cgroup)
			kap_cut_add(t->b, i, list, &n);
	}
	err = build_ports(t, list, n);
	for (f = KAP_ITEM_V4; f <= KAP_ITEM_ANY && !err && !ix->ports; f++) {
		for (i = 0, n_sub = 0; i < n; i++) {
			kap_array_pause(i + 1);
			if (KAP_ITEM_FAMILY(list[i]) == f)
				sub[n_sub++] = list[i];
		}
		err = build_tree(t, sub, n_sub,
				 f == KAP_ITEM_ANY ? 0 : KAP_CUT_FAMILY,
				 KAP_ROOM_FREE, f == KAP_ITEM_ANY ? &ix->any :
				 &ix->family[f == KAP_ITEM_V4]);
	}
	return err;
}

/* The rules with cgroup=: a tree for each pattern. */
static int build_patterns(struct kap_tree *t, u32 *list)
{
	struct kap_index *ix = t->b->ix;
	u32 *id = list + 2 * ix->n, *start, *by = id + ix->n;
	u32 i, k, n, count, sum = 0;
	int err = 0;

	ix->patterns = kap_patterns_build(ix->rules, ix->n, id);
	if (!ix->patterns)
		return -ENOMEM;
	count = kap_patterns_count(ix->patterns);
	ix->pattern = kap_array_alloc(count, sizeof(*ix->pattern));
	if (!ix->pattern)
		return -ENOMEM;
	/* the array serves as the start of each pattern in @by first */
	start = ix->pattern;
	memset(start, 0, count * sizeof(*start));
	for (i = 0; i < ix->n; i++) {
		kap_array_pause(i + 1);
		if (ix->rules[i]->cgroup)
			start[id[i]]++;
	}
	for (k = 0; k < count; k++) {
		sum += start[k];
		start[k] = sum - start[k];
	}
	for (i = 0; i < ix->n; i++) {
		kap_array_pause(i + 1);
		if (ix->rules[i]->cgroup)
			by[start[id[i]]++] = i;
	}
	for (k = 0, i = 0; k < count && !err; k++) {
		u32 end = start[k];

		for (n = 0; i < end; i++)
			kap_cut_add(t->b, by[i], list, &n);
		err = build_tree(t, list, n, 0, 0, &ix->pattern[k]);
	}
	return err;
}

static int build_all(struct kap_tree *t, u32 *list)
{
	static const struct kap_test end = { .place = U32_MAX };
	struct kap_index *ix = t->b->ix;
	u32 i = 0, at;
	int err;

	ix->word.size = sizeof(u32);
	ix->map.size = sizeof(u64);
	err = kap_vec_add(&ix->word, &end, END_WORDS, &at);
	if (!err)
		err = build_any(t, list);
	while (i < ix->n && !ix->rules[i]->cgroup)
		i++;
	if (!err && i < ix->n)
		err = build_patterns(t, list);
	if (!err)
		err = kap_vec_resize(&ix->word, ix->word.n);
	return err ? err : kap_vec_resize(&ix->map, ix->map.n);
}

/**
 * kap_index_build - index rules
 * @rules: in matching order; array and rules must outlive the index
 * @n: how many
 * @why: the reason when NULL is returned
 *
 * Context: process, may sleep; lets others run now and then.
 * Return: for kap_index_free(), or NULL when out of memory or when a search
 *	could take longer than SEARCH_MAX.
 */
struct kap_index *kap_index_build(struct kap_rule *const *rules, u32 n,
				  struct kap_overlap *why)
{
	struct kap_index *ix = kvzalloc(sizeof(*ix), GFP_KERNEL);
	struct kap_build b = { .ix = ix, .why = why };
	struct kap_tree t = { .b = &b };
	/* items, some of them, others, and their width */
	u32 *list = kap_array_alloc(10ULL * n, sizeof(*list));
	int err = -ENOMEM;

	b.item = kap_array_alloc(2ULL * n, sizeof(*b.item));
	t.at = kap_array_alloc(2ULL * n, sizeof(*t.at));
	if (ix && list && b.item && t.at) {
		ix->rules = rules;
		ix->n = n;
		t.sub = list + 4 * n;
		t.one = list + 6 * n;
		t.width = list + 8 * n;
		err = build_all(&t, list);
	}
	kvfree(t.at);
	kvfree(b.item);
	kvfree(list);
	/* what was too dear one way may have been built another way */
	if (err != -ENOSPC)
		why->n = 0;
	if (!err)
		return ix;
	kap_index_free(ix);
	return NULL;
}

/**
 * kap_index_free - free an index
 * @ix: index or NULL; nobody looks at it any more
 *
 * Context: process, may sleep.
 */
void kap_index_free(struct kap_index *ix)
{
	if (!ix)
		return;
	kap_patterns_free(ix->patterns);
	kap_ports_free(ix->ports);
	kvfree(ix->pattern);
	kvfree(ix->word.v);
	kvfree(ix->map.v);
	kvfree(ix);
}

/**
 * kap_index_bytes - memory taken
 * @ix: index
 *
 * Context: any.
 * Return: bytes.
 */
size_t kap_index_bytes(const struct kap_index *ix)
{
	size_t bytes = sizeof(*ix) + (size_t)ix->map.room * ix->map.size;

	bytes += (size_t)ix->word.room * ix->word.size;
	if (ix->patterns)
		bytes += kap_patterns_bytes(ix->patterns) +
			 kap_patterns_count(ix->patterns) * sizeof(*ix->pattern);
	return bytes;
}

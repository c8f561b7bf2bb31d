// SPDX-License-Identifier: GPL-2.0
/* Writes where a search ends: a rule, a list of tests, or a list with bits. */
#include "ruleset/index_build.h"

#include <linux/bitops.h>
#include <linux/errno.h>

#define BITS_WORTHY	32	/* items that are worth bitmaps */
#define STRETCHES	2048	/* of all words of the key together, at most */
#define STRETCH_ITEMS	32	/* that begin in one, on average */

/* Instructions, roughly, for what does not match. */
#define COST_ITEM	11	/* an item of a list */
#define COST_TEST	9	/* one more test of it */
#define COST_RULE	150	/* ask the rule itself */
#define COST_AND	4	/* a word of a bitmap */

/**
 * kap_vec_resize - set how many elements there is room for
 * @vec: array
 * @room: elements, no fewer than there are
 *
 * Context: process, may sleep. Moves the array.
 * Return: 0 or -ENOMEM, then nothing has changed.
 */
int kap_vec_resize(struct kap_vec *vec, u64 room)
{
	void *v = kap_array_resize(vec->v, vec->n, room, vec->size);

	if (!v)
		return -ENOMEM;
	vec->v = v;
	vec->room = room;
	return 0;
}

/**
 * kap_vec_add - append elements
 * @vec: array
 * @from: the elements; NULL: the caller writes them
 * @n: how many
 * @at: the first of them
 *
 * Context: process, may sleep. May move the array.
 * Return: 0 or -ENOMEM.
 */
int kap_vec_add(struct kap_vec *vec, const void *from, u32 n, u32 *at)
{
	u64 need = (u64)vec->n + n;

	if (need > KAP_REF_WORD ||
	    (need > vec->room &&
	     kap_vec_resize(vec, max(need, vec->n * 3ULL / 2))))
		return -ENOMEM;
	*at = vec->n;
	if (n && from)
		memcpy(vec->v + (size_t)vec->n * vec->size, from,
		       (size_t)n * vec->size);
	vec->n = need;
	return 0;
}

/*
 * The tests of an item, once for all lists it is in. First what tells most
 * connections apart, which is the last word of an address, or the user.
 */
static int write_tests(struct kap_build *b, u32 item)
{
	static const u8 order[KAP_KEY_WORDS] = {
		13, 12, 11, 10, 9, 8, 7, 6, 5, KAP_UID, KAP_RPORT, KAP_LPORT,
		KAP_PORT, KAP_DIR
	};
	struct kap_item *it = kap_build_item(b, item);
	struct kap_test test[KAP_KEY_WORDS] = { { 0 } };
	u32 i, k, n = 0, dims = it->dims & ~it->lists;
	struct kap_range r;

	for (i = 0; i < ARRAY_SIZE(order); i++) {
		k = 0;
		if (!(dims & BIT(order[i])) ||
		    !kap_cut_range(b, item, order[i], &k, &r))
			continue;
		test[n].at = order[i];
		test[n].lo = r.lo;
		test[n++].span = r.hi - r.lo;
	}
	if (!n)
		test[n++].span = U32_MAX;
	for (i = 0; i < n; i++) {
		test[i].place = KAP_ITEM_PLACE(item);
		test[i].ask = KAP_ASK_NEXT;
	}
	test[n - 1].ask = it->lists || it->vague ? KAP_ASK_RULE : 0;
	return kap_vec_add(&b->ix->word, test,
			   n * sizeof(*test) / sizeof(u32), &it->tests);
}

/* Where the tests of an item begin that are not known to pass. */
static u32 first_test(const struct kap_build *b, u32 item, u32 sure)
{
	u32 at = kap_build_item(b, item)->tests;
	const struct kap_test *t = (void *)((u32 *)b->ix->word.v + at);

	for (; (sure & BIT(t->at)) && (t->ask & KAP_ASK_NEXT); t++)
		at += sizeof(*t) / sizeof(u32);
	return at;
}

static int write_list(struct kap_build *b, const u32 *list, u32 n, u32 sure,
		      u32 *at)
{
	u32 i;

	for (i = 0; i < n; i++) {
		kap_array_pause(i + 1);
		if (!kap_build_item(b, list[i])->tests &&
		    write_tests(b, list[i]))
			return -ENOMEM;
	}
	if (kap_vec_add(&b->ix->word, NULL, n + 1, at))
		return -ENOMEM;
	for (i = 0; i < n; i++) {
		kap_array_pause(i + 1);
		((u32 *)b->ix->word.v)[*at + i] = first_test(b, list[i], sure);
	}
	((u32 *)b->ix->word.v)[*at + n] = 0;
	return 0;
}

/* What it takes to find that an item does not match. */
static u32 item_cost(const struct kap_build *b, u32 item, u32 sure)
{
	const struct kap_item *it = kap_build_item(b, item);
	u32 cost = COST_ITEM;

	cost += COST_TEST * hweight32(it->dims & ~it->lists & ~sure);
	if (it->vague || (it->lists & ~sure))
		cost += COST_RULE;
	return cost;
}

/*
 * The bitmaps of a planned word. @inside counts the items that begin or end
 * inside of each stretch, which only their tests tell from those that match.
 */
static void set_bits(const struct kap_build *b, const struct kap_cut *c,
		     const u32 *list, u32 n, u64 *map, u32 *inside)
{
	u32 words = (n + 63) / 64, i, k, at, end;
	struct kap_range r;

	for (i = 0; i < n; i++) {
		u64 *to = map + i / 64, bit = 1ULL << i % 64;

		kap_array_pause(16 * i);
		for (at = 0; !c->span[i] && at < c->n; at++)
			to[(size_t)at * words] |= bit;
		for (k = 0; kap_cut_range(b, list[i], c->at, &k, &r);) {
			at = kap_cut_find(c, r.lo);
			end = kap_cut_find(c, r.hi);
			inside[at] += c->bound[at] != r.lo;
			inside[end] += end + 1 == c->n ? r.hi != U32_MAX :
					c->bound[end + 1] != r.hi + 1;
			for (; at <= end; at++)
				to[(size_t)at * words] |= bit;
		}
	}
}

static int write_dim(struct kap_build *b, const u32 *list, u32 n, u32 most,
		     struct kap_dim *dim, u32 *inside)
{
	struct kap_cut c = { .at = dim->at };
	u32 words = (n + 63) / 64, *count = NULL, i;
	int err;

	err = kap_cut_plan(&c, b, list, n, most);
	dim->n = c.n - 1;
	if (!err)
		err = kap_vec_add(&b->ix->word, c.bound + 1, dim->n,
				  &dim->bounds);
	if (!err)
		err = kap_vec_add(&b->ix->map, NULL, c.n * words, &dim->map);
	if (!err)
		count = kap_array_alloc(c.n, sizeof(*count));
	if (count) {
		u64 *map = (u64 *)b->ix->map.v + dim->map;

		memset(map, 0, (size_t)c.n * words * sizeof(*map));
		memset(count, 0, c.n * sizeof(*count));
		set_bits(b, &c, list, n, map, count);
		for (i = 0; i < c.n; i++)
			*inside = max(*inside, count[i]);
	}
	err = count ? 0 : -ENOMEM;
	kvfree(count);
	kap_cut_free(&c);
	return err;
}

/* Adds bitmaps of all words in @dims to a list; @cost is what they make of it. */
static int write_bits(struct kap_build *b, const u32 *list, u32 n, u32 dims,
		      u32 *ref, u64 *cost)
{
	struct kap_bits bits = { .n = n, .list = *ref & KAP_REF_WORD };
	u32 words = (n + 63) / 64, inside, i, at, most;
	struct kap_dim dim[KAP_KEY_WORDS];
	u64 sum = 0, dearest = 0;
	int err = 0;

	bits.n_dims = hweight32(dims);
	most = min(STRETCHES / bits.n_dims, n / STRETCH_ITEMS + STRETCH_ITEMS);
	b->bits -= min(b->bits, 2ULL * bits.n_dims * most * words);
	for (i = 0; dims && !err; dims &= dims - 1) {
		dim[i].at = __ffs(dims);
		inside = 0;
		err = write_dim(b, list, n, most, &dim[i++], &inside);
		sum += inside;
	}
	if (err ||
	    kap_vec_add(&b->ix->word, &bits, sizeof(bits) / sizeof(u32), &at) ||
	    kap_vec_add(&b->ix->word, dim,
			bits.n_dims * sizeof(*dim) / sizeof(u32), &i))
		return -ENOMEM;
	*ref = KAP_REF_BITS | at;
	*cost = (bits.n_dims + 0ULL) * COST_AND * words;
	for (i = 0; i < n; i++) {
		u32 item = item_cost(b, list[i], 0);

		dearest = max_t(u64, dearest, item);
		if (kap_build_item(b, list[i])->vague)
			*cost += item;
	}
	*cost += sum * dearest;
	return 0;
}

/**
 * kap_leaf_build - write a list of items
 * @b: build
 * @list: the items, ascending
 * @n: how many
 * @sure: words of the key that all of them are known to match in
 * @ref: the result
 * @cost: what a search in it takes at most
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int kap_leaf_build(struct kap_build *b, const u32 *list, u32 n, u32 sure,
		   u32 *ref, u32 *cost)
{
	u32 i, dims = 0, at;
	u64 sum = 0;

	*ref = KAP_REF_NONE;
	*cost = 0;
	/* the first item that is sure to match is the last that can win */
	for (i = 0; i < n; i++) {
		kap_array_pause(i + 1);
		if (kap_build_is_sure(b, list[i], sure))
			n = i + 1;
		dims |= kap_build_item(b, list[i])->dims & ~sure;
		sum += item_cost(b, list[i], sure);
	}
	if (!n)
		return 0;
	if (n == 1 && kap_build_is_sure(b, list[0], sure)) {
		*ref = KAP_REF_RULE | KAP_ITEM_PLACE(list[0]);
		return 0;
	}
	if (write_list(b, list, n, sure, &at))
		return -ENOMEM;
	*ref = KAP_REF_LIST | at;
	if (n > BITS_WORTHY && dims && b->bits > n &&
	    write_bits(b, list, n, dims, ref, &sum))
		return -ENOMEM;
	*cost = min_t(u64, sum, U32_MAX / 2);
	if (*cost > b->dearest) {
		b->dearest = *cost;
		b->why->n = n;
		b->why->first = KAP_ITEM_PLACE(list[0]);
		b->why->last = KAP_ITEM_PLACE(list[n - 1]);
	}
	return 0;
}

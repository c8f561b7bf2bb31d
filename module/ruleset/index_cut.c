// SPDX-License-Identifier: GPL-2.0
/* Which intervals of the words of a key the rules cover. */
#include "ruleset/index_build.h"

#include <linux/bitops.h>
#include <linux/errno.h>

#include "rule/addr.h"

#define WORD_ADDR	(offsetof(struct kap_key, addr) / sizeof(u32))
#define ADDR_WORDS	(sizeof(struct kap_addr) / sizeof(u32))
#define BIG_ENDIAN_U64	(__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)

/* How many words of an address are more significant than word @at of the key. */
static u32 word_rank(u32 at)
{
	u32 rank = (at - WORD_ADDR) % ADDR_WORDS;

	return BIG_ENDIAN_U64 ? rank : rank ^ 1;
}

static u32 addr_word(const struct kap_addr *a, u32 rank)
{
	u64 half = rank < 2 ? a->hi : a->lo;

	return rank % 2 ? half : half >> 32;
}

/* The next prefix of @family from number @i on, or NULL. */
static const struct kap_prefix *next_prefix(const struct kap_rule *rule,
					    u32 side, u32 family, u32 *i)
{
	const struct kap_prefix *p = rule->addrs[side];
	u32 n = rule->n_addrs[side];

	while (*i < n && p[*i].v4 != (family == KAP_ITEM_V4))
		(*i)++;
	return *i < n ? &p[(*i)++] : NULL;
}

/*
 * Every prefix restricts the words its length reaches into. Two prefixes of a
 * list that differ in more than one word make it vague, because each word for
 * itself does not tell the combinations apart.
 */
static bool init_addr(const struct kap_rule *rule, u32 side, u32 family,
		      struct kap_item *item)
{
	u32 at = WORD_ADDR + side * ADDR_WORDS, len = 128, k = 0, i, lists = 0;
	const struct kap_prefix *first = next_prefix(rule, side, family, &k), *p;

	for (p = first; p; p = next_prefix(rule, side, family, &k)) {
		struct kap_addr last = kap_prefix_last(p);
		struct kap_addr like = kap_prefix_last(first);

		len = min_t(u32, len, p->len + (p->v4 ? 96 : 0));
		for (i = at; i < at + ADDR_WORDS; i++) {
			u32 rank = word_rank(i);

			if (addr_word(&p->addr, rank) !=
			    addr_word(&first->addr, rank) ||
			    addr_word(&last, rank) != addr_word(&like, rank))
				lists |= BIT(i);
		}
	}
	item->vague |= hweight32(lists) > 1;
	for (i = at; first && i < at + ADDR_WORDS; i++) {
		if (len > 32 * word_rank(i) &&
		    (word_rank(i) == 3 || family == KAP_ITEM_V6))
			item->dims |= BIT(i);
	}
	item->lists |= lists & item->dims;
	return first;
}

/* Returns false if no connection of that family can match. */
static bool init_item(const struct kap_rule *rule, u32 family,
		      struct kap_item *item)
{
	u32 f;

	*item = (struct kap_item){ 0 };
	for (f = 0; f < KAP_U32_FIELDS; f++) {
		if (!(rule->fields & BIT(f)))
			continue;
		item->dims |= BIT(f);
		if (rule->n_ranges[f] > 1)
			item->lists |= BIT(f);
	}
	if (family == KAP_ITEM_ANY)
		return true;
	item->dims |= KAP_CUT_FAMILY;
	for (f = 0; f < 2; f++) {
		if ((rule->fields & BIT(KAP_LADDR + f)) &&
		    !init_addr(rule, f, family, item))
			return false;
	}
	return true;
}

/**
 * kap_cut_add - add the items of a rule to a list
 * @b: build; learns what is to be known of the items
 * @place: place of the rule
 * @list: the list, with room for two more
 * @n: elements of @list
 *
 * Context: any.
 */
void kap_cut_add(struct kap_build *b, u32 place, u32 *list, u32 *n)
{
	const struct kap_rule *rule = b->ix->rules[place];
	bool any = !(rule->fields & (BIT(KAP_LADDR) | BIT(KAP_RADDR)));
	u32 f = any ? KAP_ITEM_ANY : KAP_ITEM_V4;

	for (; f <= (any ? KAP_ITEM_ANY : KAP_ITEM_V6); f++) {
		u32 item = place << 2 | f;

		if (init_item(rule, f, kap_build_item(b, item)))
			list[(*n)++] = item;
	}
}

/**
 * kap_cut_range - find an interval that an item covers of a word of the key
 * @b: build
 * @item: the item
 * @at: the word
 * @i: where to look from, at first 0; becomes where to look for the next
 * @range: the result
 *
 * Context: any.
 * Return: false when there are no more, or the item does not restrict @at.
 */
bool kap_cut_range(const struct kap_build *b, u32 item, u32 at, u32 *i,
		   struct kap_range *range)
{
	const struct kap_rule *rule = b->ix->rules[KAP_ITEM_PLACE(item)];
	u32 family = KAP_ITEM_FAMILY(item), rank;
	const struct kap_prefix *p;
	struct kap_addr last;

	if (!(kap_build_item(b, item)->dims & BIT(at)))
		return false;
	if (at < KAP_U32_FIELDS) {
		if (*i == rule->n_ranges[at])
			return false;
		*range = rule->ranges[at][(*i)++];
		return true;
	}
	if (at == KAP_CUT_AT_V4) {
		range->lo = family == KAP_ITEM_V4;
		range->hi = range->lo;
		return !(*i)++;
	}
	p = next_prefix(rule, (at - WORD_ADDR) / ADDR_WORDS, family, i);
	if (!p)
		return false;
	rank = word_rank(at);
	last = kap_prefix_last(p);
	range->lo = addr_word(&p->addr, rank);
	range->hi = addr_word(&last, rank);
	return true;
}

/*
 * Sorts by one byte after the other, which takes time in proportion to @n.
 * @spare has room for as many, and for a counter for each byte. Returns where
 * the result is: @v or @spare.
 */
static u32 *sort_bounds(u32 *v, u32 *spare, u32 *start, u32 n)
{
	u32 shift, i;

	for (shift = 0; shift < 32; shift += 8) {
		u32 sum = 0, count;

		memset(start, 0, 256 * sizeof(*start));
		for (i = 0; i < n; i++) {
			kap_array_pause(i + 1);
			start[(u8)(v[i] >> shift)]++;
		}
		if (start[(u8)(v[0] >> shift)] == n)
			continue;
		for (i = 0; i < 256; i++) {
			count = start[i];
			start[i] = sum;
			sum += count;
		}
		for (i = 0; i < n; i++) {
			kap_array_pause(i + 1);
			spare[start[(u8)(v[i] >> shift)]++] = v[i];
		}
		swap(v, spare);
	}
	return v;
}

/* The bounds of all intervals, each once; of more than @most, some. */
static int find_bounds(struct kap_cut *c, const struct kap_build *b,
		       const u32 *list, u32 n, u32 most)
{
	u32 i, k, m = 1, step, *v, *sorted;
	struct kap_range r;

	for (i = 0; i < n; i++) {
		kap_array_pause(i + 1);
		for (k = 0; kap_cut_range(b, list[i], c->at, &k, &r);)
			c->own++;
	}
	v = kap_array_alloc(2 * (2ULL * c->own + 1) + 256, sizeof(*v));
	if (!v)
		return -ENOMEM;
	c->bound = v;
	v[0] = 0;
	for (i = 0; i < n; i++) {
		kap_array_pause(i + 1);
		for (k = 0; kap_cut_range(b, list[i], c->at, &k, &r);) {
			v[m++] = r.lo;
			if (r.hi != U32_MAX)
				v[m++] = r.hi + 1;
		}
	}
	sorted = sort_bounds(v, v + m, v + 2 * m, m);
	cond_resched();
	for (i = 0, k = 0; i < m; i++)
		k += !i || sorted[i] != sorted[i - 1];
	step = k <= most ? 1 : (m - 1) / most + 1;
	cond_resched();
	for (i = 0; i < m; i += step) {
		if (!i || sorted[i] != v[c->n - 1])
			v[c->n++] = sorted[i];
	}
	return 0;
}

/**
 * kap_cut_find - find an interval
 * @c: planned
 * @x: value of its word of the key
 *
 * Context: any.
 * Return: the number of the interval @x lies in.
 */
u32 kap_cut_find(const struct kap_cut *c, u32 x)
{
	u32 i = 0, n = c->n;

	while (n > 1) {
		if (c->bound[i + n / 2] <= x)
			i += n / 2;
		n -= n / 2;
	}
	return i;
}

/**
 * kap_cut_plan - find the intervals of a cut and what the items cover of them
 * @c: @at set, all else zero; for kap_cut_free() in any case
 * @b: build
 * @list: the items, ascending
 * @n: how many
 * @most: so many intervals at most, then not all bounds are among theirs
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int kap_cut_plan(struct kap_cut *c, const struct kap_build *b, const u32 *list,
		 u32 n, u32 most)
{
	struct kap_range r;
	u32 i, k;

	c->span = kap_array_alloc(n, sizeof(*c->span));
	if (!c->span || find_bounds(c, b, list, n, most))
		return -ENOMEM;
	for (i = 0; i < n; i++) {
		kap_array_pause(i + 1);
		c->span[i] = 0;
		for (k = 0; kap_cut_range(b, list[i], c->at, &k, &r);)
			c->span[i] += kap_cut_find(c, r.hi) -
				      kap_cut_find(c, r.lo) + 1;
	}
	return 0;
}

/* Next interval at or after @i that is not closed; halves the path to it. */
static u32 find_open(u32 *next, u32 i)
{
	while (next[i] != i) {
		next[i] = next[next[i]];
		i = next[i];
	}
	return i;
}

/* An item that is sure to match closes an interval: none after it can win. */
static u32 paint_item(struct kap_cut *c, const struct kap_build *b, bool closes,
		      u32 item, u32 *next, u32 n)
{
	struct kap_range r;
	u32 i, k, end;

	for (i = 0; kap_cut_range(b, item, c->at, &i, &r);) {
		end = kap_cut_find(c, r.hi);
		for (k = find_open(next, kap_cut_find(c, r.lo)); k <= end;
		     k = find_open(next, k + 1)) {
			kap_array_pause(++n);
			c->copy[n].item = item;
			c->copy[n].next = 0;
			if (!c->first[k])
				c->first[k] = n;
			else if (c->copy[c->last[k]].item != item)
				c->copy[c->last[k]].next = n;
			else
				n--;	/* words of IPv6 prefixes may overlap */
			c->last[k] = n;
			if (closes)
				next[k] = k + 1;
		}
	}
	return n;
}

/**
 * kap_cut_paint - copy the items to the intervals they cover
 * @c: planned
 * @b: as for the plan
 * @sure: words of the key that all items are known to match in, @at included
 * @list: as for the plan. Items whose span is 0 are left out
 * @n: as for the plan
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int kap_cut_paint(struct kap_cut *c, const struct kap_build *b, u32 sure,
		  const u32 *list, u32 n)
{
	u64 room = c->n + 2;
	u32 i, done = 0, *next;
	bool closes;

	/* those that close paint each interval once at most, all together */
	for (i = 0; i < n; i++) {
		kap_array_pause(i + 1);
		if (!kap_build_is_sure(b, list[i], sure))
			room += c->span[i];
	}
	c->first = kap_array_alloc(c->n, sizeof(*c->first));
	c->last = kap_array_alloc(c->n, sizeof(*c->last));
	c->copy = kap_array_alloc(room, sizeof(*c->copy));
	next = kap_array_alloc(c->n + 1, sizeof(*next));
	if (!c->first || !c->last || !c->copy || !next) {
		kvfree(next);
		return -ENOMEM;
	}
	memset(c->first, 0, c->n * sizeof(*c->first));
	for (i = 0; i <= c->n; i++) {
		kap_array_pause(i + 1);
		next[i] = i;
	}
	for (i = 0; i < n; i++) {
		kap_array_pause(i + 1);
		closes = kap_build_is_sure(b, list[i], sure);
		if (c->span[i])
			done = paint_item(c, b, closes, list[i], next, done);
	}
	kvfree(next);
	return 0;
}

/**
 * kap_cut_free - free what a cut holds
 * @c: the cut, in any state
 *
 * Context: process, may sleep.
 */
void kap_cut_free(struct kap_cut *c)
{
	kvfree(c->bound);
	kvfree(c->span);
	kvfree(c->first);
	kvfree(c->last);
	kvfree(c->copy);
}

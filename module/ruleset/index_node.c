// SPDX-License-Identifier: GPL-2.0
/* Writes the nodes of the trees: index_tree.h says what they look like. */
#include "ruleset/index_build.h"

#include <linux/bitops.h>
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "rule/addr.h"

#define TABLE_MIN	16	/* intervals that are worth a table */

/* Appends @n elements, of @from or to be written; @at is the first of them. */
static int vec_add(struct kap_vec *vec, const void *from, u32 n, u32 *at)
{
	if (n > KAP_WORDS_MAX - vec->n)
		return -ENOMEM;
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
	*at = vec->n;
	if (n && from)
		memcpy((char *)vec->v + (size_t)vec->n * vec->size, from,
		       (size_t)n * vec->size);
	vec->n += n;
	return 0;
}

/**
 * kap_vec_trim - give back the room that is not used
 * @vec: array that does not grow any more
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM, then nothing has changed.
 */
int kap_vec_trim(struct kap_vec *vec)
{
	void *v;

	if (vec->n == vec->room)
		return 0;
	v = kvmalloc_array(vec->n, vec->size, GFP_KERNEL);
	if (!v)
		return -ENOMEM;
	memcpy(v, vec->v, (size_t)vec->n * vec->size);
	kvfree(vec->v);
	vec->v = v;
	vec->room = vec->n;
	return 0;
}

/* Word of the key that holds a field; of addresses, its last 32 bits. */
static u8 key_word(u32 field)
{
	if (field < KAP_U32_FIELDS)
		return field;
	return offsetof(struct kap_key, addr[field - KAP_LADDR].lo) /
	       sizeof(u32) + (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
}

/**
 * kap_node_none - write a first word, for 0 stands for nothing
 * @ix: index, empty
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int kap_node_none(struct kap_index *ix)
{
	static const struct kap_node none = { .best = U32_MAX };
	u32 at;

	return vec_add(&ix->word, &none, KAP_NODE_WORDS, &at);
}

/* A node without rest, of @words. */
static int add_node(struct kap_index *ix, u8 kind, u32 best, u32 words,
		    u32 *ref)
{
	struct kap_node node = { .best = best, .kind = kind };
	u32 at;

	if (vec_add(&ix->word, &node, KAP_NODE_WORDS, ref) ||
	    vec_add(&ix->word, NULL, words, &at))
		return -ENOMEM;
	return 0;
}

/* The range of @field that @rule asks for, if there is but one. */
static bool one_range(const struct kap_rule *rule, u32 field,
		      struct kap_test *test)
{
	const struct kap_prefix *p;

	if (field < KAP_U32_FIELDS) {
		test->lo = rule->ranges[field]->lo;
		test->span = rule->ranges[field]->hi - test->lo;
		return rule->n_ranges[field] == 1;
	}
	p = rule->addrs[field - KAP_LADDR];
	test->lo = p->addr.lo;
	test->span = kap_prefix_last(p).lo - test->lo;
	return rule->n_addrs[field - KAP_LADDR] == 1 && p->v4;
}

/* Tests of one rule, what tells most connections apart first. */
static u32 rule_tests(const struct kap_index *ix, const struct kap_branch *br,
		      u32 place, struct kap_test *to)
{
	static const u8 order[KAP_INDEXED_FIELDS] = {
		KAP_UID, KAP_RADDR, KAP_LADDR, KAP_RPORT, KAP_LPORT, KAP_PORT,
		KAP_DIR
	};
	const struct kap_rule *rule = ix->rules[place];
	u32 left = rule->fields & KAP_INDEXED_MASK & ~br->sure, i, n = 0;
	u8 ask = 0;

	for (i = 0; i < ARRAY_SIZE(order); i++) {
		struct kap_test test = { .place = place };

		if (!(left & BIT(order[i])))
			continue;
		if (!one_range(rule, order[i], &test)) {
			ask = KAP_ASK_RULE;
			continue;
		}
		test.at = key_word(order[i]);
		if (order[i] >= KAP_LADDR && br->family != KAP_FAMILY_V4)
			test.ask = KAP_ASK_V4;
		to[n++] = test;
	}
	if (!n)
		to[n++] = (struct kap_test){ .place = place, .span = U32_MAX };
	for (i = 0; i < n; i++) {
		to[i].skip = (n - i) * sizeof(*to);
		to[i].ask |= i + 1 < n ? KAP_ASK_NEXT : ask;
	}
	return n;
}

/**
 * kap_node_try - write the tests of rules
 * @ix: index
 * @br: the rules
 * @ref: the result
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int kap_node_try(struct kap_index *ix, const struct kap_branch *br, u32 *ref)
{
	static const struct kap_test end = { .place = U32_MAX };
	struct kap_test test[KAP_INDEXED_FIELDS];
	u32 i, n, at;

	*ref = KAP_REF_TRY | ix->word.n;
	for (i = 0; i < br->n; i++) {
		n = rule_tests(ix, br, br->list[i], test);
		if (vec_add(&ix->word, test, n * sizeof(*test) / sizeof(u32),
			    &at))
			return -ENOMEM;
	}
	/* of the end, no more than the place is looked at */
	return vec_add(&ix->word, &end, 1, &at);
}

/* The shift by which @n bounds that span @span have two stretches each. */
static u32 table_shift(u64 span, u32 n)
{
	u32 bits = fls(n) + 1;

	return max_t(u32, fls64(span), bits) - bits;
}

/* @n intervals from @i on: how many, their bounds but one, their references. */
static int add_block(struct kap_index *ix, const struct kap_half *half, u32 i,
		     u32 n, const u32 *refs, bool six, u32 *entry)
{
	u32 at, k;

	if (vec_add(&ix->word, &n, 1, entry))
		return -ENOMEM;
	*entry |= KAP_REF_SEARCH;
	if (six) {
		if (vec_add(&ix->cut6, &half->bound[i + 1], n - 1, &k) ||
		    vec_add(&ix->word, &k, 1, &at))
			return -ENOMEM;
	}
	for (k = 1; k < n && !six; k++) {
		u32 lo = half->bound[i + k].lo;

		if (vec_add(&ix->word, &lo, 1, &at))
			return -ENOMEM;
	}
	return vec_add(&ix->word, refs + i, n, &at);
}

/* Last interval from @i on that begins before @end. */
static u32 last_before(const struct kap_half *half, u32 i,
		       const struct kap_addr *end)
{
	while (i + 1 < half->n && kap_addr_cmp(&half->bound[i + 1], end) < 0)
		i++;
	return i;
}

/*
 * A table of @stretches in word[] from @at on, beginning at the second bound;
 * in its upper half if @six: then the first stretch may begin before that.
 */
static int fill_table(struct kap_index *ix, const struct kap_half *half,
		      const u32 *refs, bool six, u32 shift, u32 at,
		      u32 stretches)
{
	u32 i, k, last, entry;

	k = six && half->bound[1].lo ? 0 : 1;
	for (i = 0; i < stretches; i++) {
		struct kap_addr end = { half->bound[1].hi, half->bound[1].lo };

		if (!six) {
			end.lo += (u64)(i + 1) << shift;
		} else {
			end.lo = 0;
			end.hi += (u64)(i + 1) << shift;
		}
		if (i + 1 == stretches)
			last = half->n - 1;	/* the end might wrap around */
		else
			last = last_before(half, k, &end);
		entry = refs[k];
		if (last != k &&
		    add_block(ix, half, k, last - k + 1, refs, six, &entry))
			return -ENOMEM;
		((u32 *)ix->word.v)[at + i] = entry;
		/* the next stretch may begin with an interval */
		k = last;
		if (k + 1 < half->n &&
		    !kap_addr_cmp(&half->bound[k + 1], &end))
			k++;
	}
	return 0;
}

static int node_few(struct kap_index *ix, u32 best, u32 field,
		    const struct kap_half *half, const u32 *refs, u32 *ref)
{
	u32 i, n = half->n;
	struct kap_node *node;

	if (add_node(ix, KAP_FEW, best, 2 * n - 1, ref))
		return -ENOMEM;
	node = kap_index_node(ix, *ref);
	node->at = key_word(field);
	node->n = n;
	for (i = 1; i < n; i++)
		node->word[i - 1] = half->bound[i].lo;
	memcpy(node->word + n - 1, refs, n * sizeof(*refs));
	return 0;
}

/**
 * kap_node_cut - a node that tells intervals of a field apart
 * @ix: index
 * @best: earliest place below
 * @field: enum kap_field; of addresses the IPv4 ones
 * @top: a search begins here: not KAP_FEW
 * @half: the intervals
 * @refs: reference of each
 * @ref: the result
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int kap_node_cut(struct kap_index *ix, u32 best, u32 field, bool top,
		 const struct kap_half *half, const u32 *refs, u32 *ref)
{
	u32 n = half->n, second = n > 1, span, shift, stretches;
	struct kap_many *many;
	struct kap_node *node;

	if (!top && n < TABLE_MIN)
		return node_few(ix, best, field, half, refs, ref);
	span = half->bound[n - 1].lo - half->bound[second].lo;
	shift = table_shift(span, n);
	stretches = (span >> shift) + 1;
	if (add_node(ix, KAP_MANY, best,
		     sizeof(*many) / sizeof(u32) + stretches, ref))
		return -ENOMEM;
	node = kap_index_node(ix, *ref);
	node->at = key_word(field);
	node->shift = shift;
	many = (void *)node->word;
	many->base = half->bound[second].lo;
	many->span = span;
	many->below = refs[0];
	many->above = refs[n - 1];
	many->table[0] = refs[0];
	if (n == 1)
		return 0;
	return fill_table(ix, half, refs, false, shift,
			  many->table - (u32 *)ix->word.v, stretches);
}

/**
 * kap_node_six - the same for IPv6 addresses
 * @ix: index
 * @best: earliest place below
 * @field: KAP_LADDR or KAP_RADDR
 * @half: the intervals
 * @refs: reference of each
 * @ref: the result
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int kap_node_six(struct kap_index *ix, u32 best, u32 field,
		 const struct kap_half *half, const u32 *refs, u32 *ref)
{
	u32 n = half->n, second = n > 1, shift, stretches, at;
	struct kap_node *node;
	struct kap_six *six;
	u64 span;

	/* struct kap_six has to be aligned */
	BUILD_BUG_ON(KAP_NODE_WORDS % 2);
	if (ix->word.n % 2 && vec_add(&ix->word, &n, 1, &at))
		return -ENOMEM;
	span = half->bound[n - 1].hi - half->bound[second].hi;
	shift = table_shift(span, n);
	stretches = (span >> shift) + 1;
	if (add_node(ix, KAP_SIX, best,
		     sizeof(*six) / sizeof(u32) + stretches, ref))
		return -ENOMEM;
	node = kap_index_node(ix, *ref);
	node->at = field - KAP_LADDR;
	node->shift = shift;
	six = (void *)node->word;
	six->base = half->bound[second].hi;
	six->span = span;
	six->below = refs[0];
	six->above = refs[n - 1];
	six->table[0] = refs[0];
	if (n == 1)
		return 0;
	return fill_table(ix, half, refs, true, shift,
			  six->table - (u32 *)ix->word.v, stretches);
}

/**
 * kap_node_family - a node that tells IPv4 and IPv6 apart
 * @ix: index
 * @best: earliest place below
 * @v4: where IPv4 goes
 * @v6: where IPv6 goes
 * @ref: the result
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int kap_node_family(struct kap_index *ix, u32 best, u32 v4, u32 v6, u32 *ref)
{
	u32 *word;

	if (add_node(ix, KAP_FAMILY, best, 2, ref))
		return -ENOMEM;
	word = kap_index_node(ix, *ref)->word;
	word[true] = v4;	/* indexed by kap_key.v4 */
	word[false] = v6;
	return 0;
}

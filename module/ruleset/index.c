// SPDX-License-Identifier: GPL-2.0
/*
 * The classifier: tables of intervals, one field of the connection each, after
 * HiCuts (Gupta and McKeown, 1999) and EffiCuts (Vamanan et al., 2010).
 *
 * Every rule stands in the table of the word of the key it is narrowest in: at
 * each interval that it covers. So a connection looks up one interval in each
 * table and is left with few rules, whose other conditions are tested one after
 * the other. A list that is still long gets tables of its own, by other words.
 * Rules that are wide in every word go to a list beside the tables. If that is
 * long it becomes bitmaps, a bit for each rule, which are ANDed word by word.
 *
 * The rules with cgroup= have a tree for each pattern; the caller remembers
 * which patterns match a cgroup. A tree that cannot beat the best rule found
 * is not entered.
 *
 * index_build.c keeps memory linear in what the rules say, and refuses rules
 * for which a search could take longer than KAP_SEARCH_MAX instructions.
 */
#include "ruleset/index.h"

#include <linux/bitops.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "rule/match.h"
#include "ruleset/index_tree.h"

/* How many of @n ascending bounds are not above @x. */
static __always_inline u32 count_bounds(const u32 *bound, u32 n, u32 x)
{
	const u32 *from = bound;

	while (n) {
		u32 half = (n + 1) / 2;

		bound += bound[half - 1] <= x ? half : 0;
		n -= half;
	}
	return bound - from;
}

static __always_inline u32 node_child(const struct kap_node *node, u32 x)
{
	const u32 *bound = node->word + node->last + 2;
	const u32 *refs = bound + node->n, *from;
	u32 i;

	if (x < node->base)
		return refs[0];
	from = node->word + min((x - node->base) >> node->shift, node->last);
	i = from[0];
	return refs[i + count_bounds(bound + i, from[1] - i, x)];
}

/* The other tests of a rule whose first test has passed. */
static noinline bool test_more(const struct kap_index *ix,
			       const struct kap_test *t,
			       const struct kap_key *key)
{
	while (t->ask & KAP_ASK_NEXT) {
		t++;
		if (key->word[t->at] - t->lo > t->span)
			return false;
	}
	return !(t->ask & KAP_ASK_RULE) ||
	       kap_rule_matches_fields(ix->rules[t->place], key);
}

static __always_inline bool test_passes(const struct kap_index *ix,
					const struct kap_test *t,
					const struct kap_key *key)
{
	return key->word[t->at] - t->lo <= t->span &&
	       (!t->ask || test_more(ix, t, key));
}

/* The first rule of a list that passes, if it stands before @best. */
static __always_inline u32 search_list(const struct kap_index *ix,
				       const u32 *list,
				       const struct kap_key *key, u32 best)
{
	const u32 *word = ix->word.v;
	const struct kap_test *t;

	/* the test that ends a list has the place U32_MAX */
	for (;; list++) {
		t = (const struct kap_test *)&word[*list];
		if (t->place >= best)
			return best;
		if (unlikely(test_passes(ix, t, key)))
			return t->place;
	}
}

static noinline u32 search_bits(const struct kap_index *ix,
				const struct kap_bits *b,
				const struct kap_key *key, u32 best)
{
	const u32 *word = ix->word.v, *list = word + b->list;
	const u64 *map[KAP_KEY_WORDS], *m0, *m1;
	u32 n_words = (b->n + 63) / 64, w, i;
	const struct kap_test *t;
	u64 bits;

	for (i = 0; i < b->n_dims; i++) {
		w = count_bounds(word + b->dim[i].bounds, b->dim[i].n,
				 key->word[b->dim[i].at]);
		map[i] = (const u64 *)ix->map.v + b->dim[i].map +
			 (size_t)w * n_words;
	}
	m0 = map[0];
	m1 = map[b->n_dims > 1];
	for (w = 0; w < n_words; w++) {
		bits = m0[w] & m1[w];
		for (i = 2; bits && i < b->n_dims; i++)
			bits &= map[i][w];
		for (; bits; bits &= bits - 1) {
			i = 64 * w + fls64(bits & -bits) - 1;
			t = (const struct kap_test *)&word[list[i]];
			if (t->place >= best)
				return best;
			if (test_passes(ix, t, key))
				return t->place;
		}
	}
	return best;
}

static __always_inline void search_leaf(const struct kap_index *ix,
					const struct kap_key *key, u32 ref,
					struct kap_search *s)
{
	const u32 *word = ix->word.v;

	if (ref & KAP_REF_RULE)
		s->best = min(s->best, ref & KAP_REF_PLACE);
	else if (ref & KAP_REF_LIST)
		s->best = search_list(ix, &word[ref & KAP_REF_WORD], key,
				      s->best);
	else if (ref & KAP_REF_BITS)
		s->best = search_bits(ix, (const void *)&word[ref & KAP_REF_WORD],
				      key, s->best);
}

/* Goes down to the end wherever something better may be. */
static __always_inline struct kap_rule *
search_pending(const struct kap_index *ix, const struct kap_key *key,
	       struct kap_search *s)
{
	const u32 *word = ix->word.v;
	const struct kap_node *node;
	u32 ref;

	while (s->n) {
		ref = s->ref[--s->n];
		while (ref && !(ref & KAP_REF_LEAF)) {
			node = (const struct kap_node *)&word[ref];
			if (node->best >= s->best) {
				ref = KAP_REF_NONE;
				break;
			}
			if (node->rest)
				s->ref[s->n++] = node->rest;
			ref = node_child(node, key->word[node->at]);
		}
		search_leaf(ix, key, ref, s);
	}
	return s->best < ix->n ? ix->rules[s->best] : NULL;
}

/**
 * kap_index_find - find the first rule that matches a connection
 * @ix: index
 * @key: the connection; its cgroup is not looked at
 * @s: @best: the best rule known, or the number of rules; @ref: what else its
 *	cgroup leads to, or a part of that. Gets the best rule
 *
 * Context: any; called for every connection that the table by port does not
 *	decide.
 * Return: the rule, or NULL.
 */
struct kap_rule *kap_index_find(const struct kap_index *ix,
				const struct kap_key *key,
				struct kap_search *s)
{
	if (ix->ports) {
		s->ref[s->n++] = kap_ports_ref(ix->ports, key->field[KAP_PORT]);
	} else {
		s->ref[s->n++] = ix->any;
		s->ref[s->n++] = ix->family[!!key->v4];
	}
	return search_pending(ix, key, s);
}

/**
 * kap_index_has_cgroups - does any rule have cgroup=
 * @ix: index
 *
 * Context: any.
 * Return: whether kap_index_find() has to be told what a cgroup matches.
 */
bool kap_index_has_cgroups(const struct kap_index *ix)
{
	return ix->patterns;
}

/* More parts than this, of patterns that may be told twice, are told anew. */
#define PARTS_FEW	32
#define PARTS_MAX	128

/* What has been found out about a cgroup. */
struct collect {
	const struct kap_index *ix;
	const struct kap_key *key;
	struct kap_search s;
	struct kap_start start;
	u32 parts;
	u32 parts_max;
	kap_start_keep keep;
	void *arg;
};

/* The part is complete: search it, and let the caller remember it. */
static void end_part(struct collect *c, u32 more)
{
	c->start.more = more;
	c->s.best = min(c->s.best, c->start.best);
	c->s.n = c->start.n;
	memcpy(c->s.ref, c->start.ref, c->s.n * sizeof(*c->s.ref));
	kap_index_find(c->ix, c->key, &c->s);
	if (c->keep)
		c->keep(c->arg, c->parts, &c->start);
	c->parts++;
	c->start.n = 0;
}

/* Another pattern that matches. */
static bool add_pattern(void *arg, u32 id)
{
	struct collect *c = arg;
	u32 ref = c->ix->pattern[id], i;

	if (ref & KAP_REF_RULE) {
		c->start.best = min(c->start.best, ref & KAP_REF_PLACE);
		return true;
	}
	for (i = 0; i < c->start.n; i++) {
		if (c->start.ref[i] == ref)
			return true;
	}
	if (c->start.n == KAP_START_REFS)
		end_part(c, KAP_PART_MORE);
	c->start.ref[c->start.n++] = ref;
	return c->parts < c->parts_max;
}

/**
 * kap_index_match - find the first rule that matches a connection, by its path
 * @ix: index
 * @key: the connection, with its cgroup or NULL
 * @keep: told what the cgroup matches, part after part; or NULL
 * @arg: for @keep
 *
 * Context: any.
 * Return: the rule, or NULL.
 */
struct kap_rule *kap_index_match(const struct kap_index *ix,
				 const struct kap_key *key,
				 kap_start_keep keep, void *arg)
{
	struct collect c = {
		.ix = ix,
		.key = key,
		.s.best = ix->n,
		.start.best = ix->n,
		.parts_max = PARTS_FEW,
		.keep = keep,
		.arg = arg,
	};
	u32 more = KAP_PART_LAST;

	if (ix->patterns && key->cgroup &&
	    !kap_patterns_match(ix->patterns, key->cgroup, add_pattern, &c)) {
		c.parts = 0;
		c.parts_max = PARTS_MAX;
		c.start.n = 0;
		if (!kap_patterns_walk(ix->patterns, key->cgroup, add_pattern,
				       &c)) {
			c.parts = 0;
			c.start.n = 0;
			more = KAP_PART_WALK;
		}
	}
	end_part(&c, more);
	if (more == KAP_PART_WALK)
		return kap_match_walk(ix->rules, ix->n, key);
	return c.s.best < ix->n ? ix->rules[c.s.best] : NULL;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The classifier: a small forest of decision trees, after HiCuts (Gupta and
 * McKeown, 1999) with the separation of EffiCuts (Vamanan et al., 2010).
 *
 * Each rule is in the tree of the field it is narrowest in, or, with cgroup=,
 * in that of its pattern; the patterns of a connection's cgroup are known to
 * the caller. A node cuts by one field at every bound its rules have there, so
 * that one search leaves the rules that can match; few are left, and their
 * remaining conditions stand in the tree as tests. Rules that span so much of
 * a field that copies would pile up hang below "rest". Subtrees that cannot
 * beat the best rule found are not entered.
 *
 * Time: a search for each field in use, of about one step where bounds are
 * spread evenly, binary at worst. Memory: linear, for index_branch.c hands out
 * a fixed number of copies a rule; rules that overlap in every field at once
 * end in a list that is tried in order: right, slow.
 */
#include "ruleset/index.h"

#include <linux/kernel.h>
#include <linux/string.h>

#include "rule/addr.h"
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

/* The same of IPv6 addresses. */
static u32 count_bounds6(const struct kap_addr *bound, u32 n,
			 const struct kap_addr *x)
{
	const struct kap_addr *from = bound;

	while (n) {
		u32 half = (n + 1) / 2;

		bound += kap_addr_cmp(&bound[half - 1], x) <= 0 ? half : 0;
		n -= half;
	}
	return bound - from;
}

/* The child of a node that cuts by a field of 32 bits. */
static __always_inline u32 many_child(const u32 *word,
				      const struct kap_node *node, u32 x)
{
	const struct kap_many *many = (const void *)node->word;
	u32 from = x - many->base, ref, n;
	const u32 *block;

	if (unlikely(from > many->span))
		return x < many->base ? many->below : many->above;
	ref = many->table[from >> node->shift];
	if (!(ref & KAP_REF_SEARCH))
		return ref;
	block = word + (ref & ~KAP_REF_SEARCH);
	n = *block++ - 1;
	return block[n + count_bounds(block, n, x)];
}

/* The child of a node that cuts by IPv6 addresses. */
static __always_inline u32 six_child(const struct kap_index *ix,
				     const struct kap_node *node,
				     const struct kap_addr *x)
{
	const struct kap_six *six = (const void *)node->word;
	const struct kap_addr *bounds;
	u64 from = x->hi - six->base;
	const u32 *block;
	u32 ref;

	if (unlikely(from > six->span))
		return x->hi < six->base ? six->below : six->above;
	ref = six->table[from >> node->shift];
	if (!(ref & KAP_REF_SEARCH))
		return ref;
	block = (const u32 *)ix->word.v + (ref & ~KAP_REF_SEARCH);
	bounds = (const struct kap_addr *)ix->cut6.v + block[1];
	return block[2 + count_bounds6(bounds, block[0] - 1, x)];
}

/* The child of a node that is not where a search begins. */
static __always_inline u32 node_child(const struct kap_index *ix,
				      const struct kap_node *node,
				      const struct kap_key *key)
{
	u32 n = node->n - 1;

	switch (node->kind) {
	case KAP_FEW:
		return node->word[n + count_bounds(node->word, n,
						   key->word[node->at])];
	case KAP_MANY:
		return many_child(ix->word.v, node, key->word[node->at]);
	case KAP_SIX:
		return six_child(ix, node, &key->addr[node->at]);
	default:
		return node->word[key->v4];
	}
}

/* What most tests need not ask. */
static noinline bool ask_more(const struct kap_index *ix,
			      const struct kap_test *test,
			      const struct kap_key *key)
{
	if ((test->ask & KAP_ASK_V4) && !key->v4)
		return false;
	return !(test->ask & KAP_ASK_RULE) ||
	       kap_rule_matches_fields(ix->rules[test->place], key);
}

/* The first rule that passes, if it stands before @best. Nearly all fail. */
static __always_inline u32 try_rules(const struct kap_index *ix,
				     const struct kap_test *test,
				     const struct kap_key *key, u32 best)
{
	while (test->place < best) {
		if (likely(key->word[test->at] - test->lo > test->span) ||
		    (test->ask && !ask_more(ix, test, key)))
			test = (const void *)test + test->skip;
		else if (test->ask & KAP_ASK_NEXT)
			test++;
		else
			return test->place;
	}
	return best;
}

/* Looks at what @ref leads to, unless that is a node. */
static __always_inline void look_at(const struct kap_index *ix,
				    const struct kap_key *key, u32 ref,
				    struct kap_search *s)
{
	const u32 *word = ix->word.v;

	if (ref == KAP_REF_NONE)
		return;
	if (ref & KAP_REF_TRY)
		s->best = try_rules(ix, (const void *)&word[ref & ~KAP_REF_TRY],
				    key, s->best);
	else if (ref & KAP_REF_RULE)
		s->best = min(s->best, ref & KAP_REF_PLACE);
	else
		s->ref[s->n++] = ref;
}

static __always_inline void search_tops(const struct kap_index *ix,
					const struct kap_key *key,
					struct kap_search *s)
{
	const struct kap_tops *tops = &ix->tops[key->v4];
	const u32 *word = ix->word.v;
	const struct kap_node *node;
	u32 i;

	for (i = 0; i < tops->n; i++) {
		node = (const struct kap_node *)&word[tops->many[i]];
		look_at(ix, key, many_child(word, node, key->word[node->at]), s);
	}
	if (key->v4)
		return;
	for (i = 0; i < ix->n_six; i++) {
		node = (const struct kap_node *)&word[ix->six[i]];
		look_at(ix, key, six_child(ix, node, &key->addr[node->at]), s);
	}
}

/* Goes down to the end wherever something better may be. */
static __always_inline void search_pending(const struct kap_index *ix,
					   const struct kap_key *key,
					   struct kap_search *s)
{
	const struct kap_node *node;
	u32 ref;

	while (s->n) {
		ref = s->ref[--s->n];
		while (ref && !(ref & (KAP_REF_RULE | KAP_REF_TRY))) {
			node = kap_index_node(ix, ref);
			if (node->best >= s->best) {
				ref = KAP_REF_NONE;
				break;
			}
			if (node->rest != KAP_REF_NONE)
				s->ref[s->n++] = node->rest;
			ref = node_child(ix, node, key);
		}
		look_at(ix, key, ref, s);
	}
}

/**
 * kap_index_find - the first rule that matches a connection
 * @ix: index
 * @key: the connection; its cgroup is not looked at
 * @s: what its cgroup matches, or nothing but the number of rules; scratch
 *
 * Context: any; the path every connection takes.
 * Return: the rule, or NULL.
 */
struct kap_rule *kap_index_find(const struct kap_index *ix,
				const struct kap_key *key,
				struct kap_search *s)
{
	if (ix->left != KAP_REF_NONE)
		s->ref[s->n++] = ix->left;
	if (ix->ports)
		look_at(ix, key, kap_ports_ref(ix->ports, key->field[KAP_PORT]),
			s);
	else
		search_tops(ix, key, s);
	search_pending(ix, key, s);
	return s->best < ix->n ? ix->rules[s->best] : NULL;
}

/**
 * kap_index_find_from - the same, of a cgroup not seen before
 * @ix: index
 * @key: the connection, with its cgroup
 * @start: what its cgroup matches
 *
 * Context: any.
 * Return: the rule, or NULL.
 */
struct kap_rule *kap_index_find_from(const struct kap_index *ix,
				     const struct kap_key *key,
				     const struct kap_start *start)
{
	struct kap_search s __uninitialized;

	if (start->n == KAP_HITS_MANY)
		return kap_match_walk(ix->rules, ix->n, key);
	s.best = start->best;
	s.n = start->n;
	memcpy(s.ref, start->ref, start->n * sizeof(*s.ref));
	return kap_index_find(ix, key, &s);
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
	return ix->n_patterns;
}

/**
 * kap_index_cgroup - what a cgroup matches
 * @ix: index with cgroups
 * @path: path of the cgroup
 * @start: the result
 *
 * Context: any.
 */
void kap_index_cgroup(const struct kap_index *ix, const char *path,
		      struct kap_start *start)
{
	struct kap_hits hits;
	u32 i;

	kap_patterns_match(ix->patterns, path, &hits);
	start->best = ix->n;
	start->n = 0;
	if (hits.n == KAP_HITS_MANY)
		start->n = KAP_HITS_MANY;
	for (i = 0; start->n != KAP_HITS_MANY && i < hits.n; i++) {
		u32 ref = ix->pattern[hits.id[i]];

		if (ref & KAP_REF_RULE)
			start->best = min(start->best, ref & KAP_REF_PLACE);
		else
			start->ref[start->n++] = ref;
	}
}

/**
 * kap_index_match - the first rule that matches a connection, from its path
 * @ix: index
 * @key: the connection
 *
 * Context: any.
 * Return: the rule, or NULL.
 */
struct kap_rule *kap_index_match(const struct kap_index *ix,
				 const struct kap_key *key)
{
	struct kap_start start = { .best = ix->n };

	if (ix->n_patterns && key->cgroup)
		kap_index_cgroup(ix, key->cgroup, &start);
	return kap_index_find_from(ix, key, &start);
}

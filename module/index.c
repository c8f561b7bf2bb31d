// SPDX-License-Identifier: GPL-2.0
/*
 * The classifier: a small forest of decision trees, after HiCuts (Gupta and
 * McKeown, 1999) with the separation of EffiCuts (Vamanan et al., 2010).
 *
 * Rules without cgroup= make one tree; the rules of each cgroup= pattern make
 * another, and the patterns of a connection's cgroup are known to the caller.
 * A node cuts by one field at every bound its rules have there, so that one
 * search leaves the rules that can match; rules that do not use the field, or
 * span so much of it that copies would pile up, hang below "rest". Going down
 * from child to child never cuts twice by a field, so no more than
 * KAP_INDEXED_FIELDS "rest" are ever waiting; subtrees that cannot beat the
 * best rule found are not entered.
 *
 * Time: a search for each field in use, of about one step where bounds are
 * spread evenly, binary at worst. Memory: linear, for index_build.c hands out
 * a fixed number of copies a rule; rules that overlap in every field at once
 * end in a list that is tried in order: right, slow.
 */
#include "index_tree.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>

#include "addr.h"
#include "match.h"

/*
 * The interval @x lies in; cut[0] is 0. The table, if there is one, divides
 * the values between the second and the last bound evenly and leaves a stretch
 * of about one interval; of many, where the bounds are not spread evenly.
 */
static u32 find_cut(const struct kap_index *ix, const struct kap_node *node,
		    u32 x)
{
	const u32 *cut = (const u32 *)ix->cut.v + node->first;
	u32 i = 0, n = node->n;

	if (node->table) {
		const u32 *table = (const u32 *)ix->table.v + node->table;

		if (x < cut[1])
			return 0;
		if (x >= cut[n - 1])
			return n - 1;
		table += (x - cut[1]) >> node->shift;
		i = table[0];
		n = table[1] + 1 - i;
	}
	while (n > 1) {
		u32 half = n / 2;

		i += cut[i + half] <= x ? half : 0;
		n -= half;
	}
	return i;
}

static u32 find_cut6(const struct kap_addr *cut, u32 n,
		     const struct kap_addr *x)
{
	u32 i = 0;

	while (n > 1) {
		u32 half = n / 2;

		i += kap_addr_cmp(&cut[i + half], x) <= 0 ? half : 0;
		n -= half;
	}
	return i;
}

/* The child of a node that cuts. */
static u32 node_child(const struct kap_index *ix, const struct kap_node *node,
		      const struct kap_key *key)
{
	const struct kap_addr *cut6 = ix->cut6.v;
	const struct kap_addr *addr;
	const u32 *child = ix->child.v;
	u32 i;

	if (node->field < KAP_U32_FIELDS) {
		i = find_cut(ix, node, key->field[node->field]);
		return child[node->child + i];
	}
	addr = &key->addr[node->field - KAP_LADDR];
	if (key->v4) {
		if (!node->n)
			return KAP_REF_NONE;
		i = find_cut(ix, node, addr->lo);
	} else {
		if (!node->n6)
			return KAP_REF_NONE;
		i = node->n + find_cut6(cut6 + node->first6, node->n6, addr);
	}
	return child[node->child + i];
}

/* First rule of a list before @best that matches, or @best. */
static u32 find_list(const struct kap_index *ix, const struct kap_node *node,
		     const struct kap_key *key, u32 best)
{
	const u32 *list = &((const u32 *)ix->list.v)[node->first];
	u32 i;

	for (i = 0; i < node->n && list[i] < best; i++) {
		if (kap_rule_matches_fields(ix->rules[list[i]], key))
			return list[i];
	}
	return best;
}

/* The rule of @ref if it matches and stands before @best, or @best. */
static inline u32 find_one(const struct kap_index *ix, u32 ref,
			   const struct kap_key *key, u32 best)
{
	u32 place = ref & KAP_REF_PLACE;

	if (place < best && ((ref & KAP_REF_SURE) ||
			     kap_rule_matches_fields(ix->rules[place], key)))
		return place;
	return best;
}

/* First rule below @ref that matches and stands before @best, or @best. */
static u32 find_ref(const struct kap_index *ix, u32 ref,
		    const struct kap_key *key, u32 best)
{
	const struct kap_node *nodes = ix->node.v;
	u32 rest[KAP_INDEXED_FIELDS] __uninitialized;
	u32 n = 0;

	for (;;) {
		const struct kap_node *node = &nodes[ref];

		if (ref & KAP_REF_RULE) {
			best = find_one(ix, ref, key, best);
		} else if (ref == KAP_REF_NONE || node->best >= best) {
			/* nothing here that could win */
		} else if (node->field == KAP_NODE_LIST) {
			best = find_list(ix, node, key, best);
		} else {
			if (node->rest != KAP_REF_NONE)
				rest[n++] = node->rest;
			ref = node_child(ix, node, key);
			continue;
		}
		if (!n)
			return best;
		ref = rest[--n];
	}
}

/**
 * kap_index_find - the first rule that matches a connection
 * @ix: index
 * @key: the connection; its cgroup is not looked at unless @hits says MANY
 * @hits: patterns its cgroup matches, or NULL when no rule has cgroup=
 *
 * Context: any; the path every connection takes.
 * Return: the rule, or NULL.
 */
struct kap_rule *kap_index_find(const struct kap_index *ix,
				const struct kap_key *key,
				const struct kap_hits *hits)
{
	u32 best = ix->n, ref = ix->any, i;

	if (ix->ports)
		ref = kap_ports_ref(ix->ports, key->field[KAP_PORT]);
	if (ref != KAP_REF_NONE)
		best = find_ref(ix, ref, key, best);
	if (hits && hits->n == KAP_HITS_MANY)
		return kap_match_walk(ix->rules, ix->n, key);
	for (i = 0; hits && i < hits->n; i++)
		best = find_ref(ix, ix->pattern[hits->id[i]], key, best);
	return best < ix->n ? ix->rules[best] : NULL;
}

/**
 * kap_index_has_cgroups - does any rule have cgroup=
 * @ix: index
 *
 * Context: any.
 * Return: whether kap_index_find() needs hits.
 */
bool kap_index_has_cgroups(const struct kap_index *ix)
{
	return ix->n_patterns;
}

/**
 * kap_index_cgroup - the patterns a cgroup matches
 * @ix: index with cgroups
 * @path: path of the cgroup
 * @hits: the result
 *
 * Context: any.
 */
void kap_index_cgroup(const struct kap_index *ix, const char *path,
		      struct kap_hits *hits)
{
	kap_patterns_match(ix->patterns, path, hits);
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
	struct kap_hits hits = { 0 };

	if (ix->n_patterns && key->cgroup)
		kap_index_cgroup(ix, key->cgroup, &hits);
	return kap_index_find(ix, key, &hits);
}

struct by_pattern {
	const char *text;
	u32 place;
};

static int cmp_pattern(const void *a, const void *b)
{
	const struct by_pattern *x = a, *y = b;
	int order = strcmp(x->text, y->text);

	if (order)
		return order;
	return x->place < y->place ? -1 : x->place > y->place;
}

/* One tree for each distinct pattern of by[0..n), which is sorted. */
static int build_patterns(struct kap_index *ix, const struct by_pattern *by,
			  u32 n, u32 *places)
{
	u32 i, end, k = 0, distinct = 0;
	int err;

	for (i = 0; i < n; i++)
		distinct += !i || strcmp(by[i - 1].text, by[i].text);
	ix->pattern = kvmalloc_array(distinct, sizeof(*ix->pattern), GFP_KERNEL);
	ix->text = kvmalloc_array(distinct, sizeof(*ix->text), GFP_KERNEL);
	if (!ix->pattern || !ix->text)
		return -ENOMEM;
	for (i = 0; i < n; i = end) {
		for (end = i; end < n && !strcmp(by[i].text, by[end].text); end++)
			places[end - i] = by[end].place;
		err = kap_index_tree(ix, places, end - i, &ix->pattern[k]);
		if (err)
			return err;
		ix->text[k++] = by[i].text;
	}
	ix->n_patterns = distinct;
	ix->patterns = kap_patterns_build(ix->text, distinct);
	return ix->patterns ? 0 : -ENOMEM;
}

static int build_all(struct kap_index *ix, u32 *places, struct by_pattern *by)
{
	u32 n_any = 0, n_by = 0, i;
	int err;

	for (i = 0; i < ix->n; i++) {
		if (ix->rules[i]->cgroup) {
			by[n_by].text = ix->rules[i]->cgroup;
			by[n_by++].place = i;
		} else {
			places[n_any++] = i;
		}
	}
	err = kap_index_tree(ix, places, n_any, &ix->any);
	if (!err)
		err = kap_ports_build(ix);
	if (err || !n_by)
		return err;
	sort(by, n_by, sizeof(*by), cmp_pattern, NULL);
	return build_patterns(ix, by, n_by, places);
}

/**
 * kap_index_build - index rules
 * @rules: in matching order; array and rules must outlive the index
 * @n: how many
 *
 * Context: process, may sleep.
 * Return: for kap_index_free(), or NULL when out of memory.
 */
struct kap_index *kap_index_build(struct kap_rule *const *rules, u32 n)
{
	struct kap_index *ix = kvzalloc(sizeof(*ix), GFP_KERNEL);
	u32 *places = kvmalloc_array(n + 1, sizeof(*places), GFP_KERNEL);
	struct by_pattern *by = kvmalloc_array(n + 1, sizeof(*by), GFP_KERNEL);
	int err = -ENOMEM;

	if (ix && places && by) {
		ix->rules = rules;
		ix->n = n;
		ix->node.size = sizeof(struct kap_node);
		ix->cut.size = sizeof(u32);
		ix->cut6.size = sizeof(struct kap_addr);
		ix->table.size = sizeof(u32);
		ix->child.size = sizeof(u32);
		ix->list.size = sizeof(u32);
		err = build_all(ix, places, by);
	}
	kvfree(by);
	kvfree(places);
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
	kvfree(ix->text);
	kvfree(ix->node.v);
	kvfree(ix->cut.v);
	kvfree(ix->cut6.v);
	kvfree(ix->table.v);
	kvfree(ix->child.v);
	kvfree(ix->list.v);
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
	const struct kap_vec *vec[] = {
		&ix->node, &ix->cut, &ix->cut6, &ix->table, &ix->child,
		&ix->list,
	};
	size_t bytes = sizeof(*ix);
	u32 i;

	for (i = 0; i < ARRAY_SIZE(vec); i++)
		bytes += (size_t)vec[i]->room * vec[i]->size;
	bytes += ix->n_patterns * (sizeof(*ix->pattern) + sizeof(*ix->text));
	return bytes + (ix->patterns ? kap_patterns_bytes(ix->patterns) : 0);
}

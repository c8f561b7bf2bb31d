// SPDX-License-Identifier: GPL-2.0
/*
 * Finds the patterns that match a path without trying each of them.
 *
 * The patterns are one trie, a component an edge, and the path is run through
 * it as through a nondeterministic automaton: a set of nodes is active, and
 * each component moves it on. The edges of all nodes are in one hash table. A
 * literal component is found by its text. One with "*" or "?" is found by its
 * key: what stands before the first of them or behind the last, whichever is
 * longer. "**" leads to a node that stays active. A node where a pattern ends
 * is a match, whatever follows, because what lies below a match matches.
 *
 * Time: the length of the path times the active nodes, of which there are one
 * or two unless patterns have many "**", plus the components with wildcards
 * whose key fits. Memory: about 50 bytes for a component no other pattern
 * shares. Runs once for each cgroup and rule set: see cgroup_cache.c.
 */
#include "ruleset/patterns.h"

#include <linux/bits.h>
#include <linux/kernel.h>

#include "rule/match.h"
#include "ruleset/patterns_trie.h"

#define ACTIVE_MAX	32	/* more: left to kap_patterns_walk() */

/**
 * struct run - a path on its way through the trie
 * @p: patterns
 * @hit: told each match
 * @arg: for @hit
 * @stop: too many nodes are active, or @hit wants to know no more
 */
struct run {
	const struct kap_patterns *p;
	kap_pattern_hit hit;
	void *arg;
	bool stop;
};

/* Where a path can be in the trie. */
struct active {
	u32 n;
	u32 node[ACTIVE_MAX];
};

/* "**" can lead to the same node from several places. */
static bool is_active(const struct active *a, u32 node)
{
	u32 i;

	for (i = 0; i < a->n; i++) {
		if (a->node[i] == node)
			return true;
	}
	return false;
}

/* Adds a node, and the one that "**" leads to without a component. */
static void activate(struct run *run, struct active *a, u32 node)
{
	const struct node *at;

	for (; node && !run->stop; node = at->stars) {
		at = &run->p->node[node];
		if (at->stays && is_active(a, node))
			return;
		if (at->id && !run->hit(run->arg, at->id - 1))
			run->stop = true;
		if (!at->inner)
			continue;
		if (a->n == ACTIVE_MAX)
			run->stop = true;
		else
			a->node[a->n++] = node;
	}
}

/* Edges from one node whose key is the first or last @key bytes of @comp. */
static void try_edges(struct run *run, u32 from, u32 hash, const char *comp,
		      u32 len, u32 key, bool tail, struct active *to)
{
	const struct kap_patterns *p = run->p;
	const struct edge *e;
	u32 i;

	for (i = p->bucket[hash_bucket(p, from, hash)]; i; i = e->next) {
		e = &p->edge[i];
		if (e->from == from && e->key == key && e->tail == tail &&
		    kap_component_matches(e->comp, e->comp + e->len, comp,
					  comp + len))
			activate(run, to, e->to);
	}
}

/* All keys of one kind; a whole component is one that stands at the front. */
static void try_keys(struct run *run, const struct active *from,
		     const char *comp, u32 len, bool tail, struct active *to)
{
	const struct kap_patterns *p = run->p;
	u32 hash = HASH_START, key, i;
	bool wild;

	for (key = 0; key <= len && !run->stop; key++) {
		wild = key <= KEY_MAX &&
		       (p->keys[tail][key / 32] & BIT(key % 32));
		for (i = 0; (wild || (key == len && !tail)) && i < from->n; i++)
			if (p->node[from->node[i]].wild || (key == len && !tail))
				try_edges(run, from->node[i], hash, comp, len,
					  key, tail, to);
		if (key < len)
			hash = hash_step(hash, comp[tail ? len - 1 - key : key]);
	}
}

static void step(struct run *run, const struct active *from, const char *comp,
		 u32 len, struct active *to)
{
	u32 i;

	to->n = 0;
	for (i = 0; i < from->n; i++) {
		if (run->p->node[from->node[i]].stays)
			to->node[to->n++] = from->node[i];
	}
	try_keys(run, from, comp, len, false, to);
	try_keys(run, from, comp, len, true, to);
}

/**
 * kap_patterns_match - find all patterns that match a path
 * @p: patterns
 * @path: absolute path of a cgroup, shorter than KAP_CGROUP_PATH_MAX
 * @hit: told the number of each; some may be told more than once
 * @arg: for @hit
 *
 * Context: any.
 * Return: whether all have been told; if not, kap_patterns_walk() does.
 */
bool kap_patterns_match(const struct kap_patterns *p, const char *path,
			kap_pattern_hit hit, void *arg)
{
	struct run run = { .p = p, .hit = hit, .arg = arg };
	struct active a = { .n = 0 }, b = { .n = 0 };
	struct active *from = &a, *to = &b;
	const char *comp = path + 1;
	u32 len;

	activate(&run, from, ROOT);
	for (; (len = comp_len(comp)) && from->n && !run.stop;
	     comp += len + (comp[len] == '/')) {
		step(&run, from, comp, len, to);
		swap(from, to);
	}
	return !run.stop;
}

/**
 * kap_patterns_walk - find all patterns that match a path, one after the other
 * @p: patterns
 * @path: absolute path of a cgroup
 * @hit: told the number of each, once
 * @arg: for @hit
 *
 * Context: any; takes time in proportion to the number of patterns.
 * Return: whether all have been told.
 */
bool kap_patterns_walk(const struct kap_patterns *p, const char *path,
		       kap_pattern_hit hit, void *arg)
{
	u32 i;

	for (i = 0; i < p->n; i++) {
		if (kap_cgroup_matches(p->text[i], path) && !hit(arg, i))
			return false;
	}
	return true;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Finds the patterns that match a path without trying each of them.
 *
 * The patterns are one trie, a component an edge, and the path is run through
 * it as through a nondeterministic automaton: a set of nodes is active, and
 * each component moves it on. The edges of all nodes are in one hash table: a
 * literal component by its text, one with "*" or "?" by its head, what stands
 * before the first of them. "**" leads to a node that stays active. A node
 * where a pattern ends is a match, whatever follows, for what lies below a
 * match matches.
 *
 * Time: the length of the path times the active nodes, of which there are one
 * or two unless patterns have many "**", plus the components with wildcards
 * whose head fits. Memory: about 50 bytes for a component no other pattern
 * shares. Runs once for each cgroup and rule set: see cgroup_cache.c.
 */
#include "ruleset/patterns.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "rule/match.h"

#define HASH_START	2166136261U	/* FNV-1a, 32 bit */
#define HASH_PRIME	16777619U
#define ACTIVE_MAX	32		/* more: left to kap_match_walk() */
#define HEAD_MAX	255		/* longer heads are cut; a name is no longer */
#define ROOT		1U		/* node 0 stands for none */

/**
 * struct edge - a component of patterns
 * @comp: its text, in a pattern
 * @from: node it leads from
 * @to: node it leads to
 * @next: next edge of the same bucket; 0: none. Edge 0 is not used
 * @len: length of the text
 * @head: bytes it is hashed by: all, or what stands before a wildcard
 */
struct edge {
	const char *comp;
	u32 from;
	u32 to;
	u32 next;
	u16 len;
	u16 head;
};

/**
 * struct node - a place in the trie
 * @id: number of the pattern that ends here, plus one; or 0
 * @stars: node that "**" leads to; or 0
 * @stays: "**" leads here: active for any number of components
 * @wild: an edge with wildcards leads from here
 */
struct node {
	u32 id;
	u32 stars;
	bool stays;
	bool wild;
};

/**
 * struct kap_patterns - the trie; constant once built
 * @node: its nodes
 * @edge: its edges, "**" apart
 * @bucket: the first edge of each bucket
 * @mask: number of buckets less one
 * @n_nodes: nodes in use
 * @n_edges: edges in use
 * @bytes: memory taken
 * @heads: a bit for each length the head of an edge with wildcards has
 */
struct kap_patterns {
	struct node *node;
	struct edge *edge;
	u32 *bucket;
	u32 mask;
	u32 n_nodes;
	u32 n_edges;
	size_t bytes;
	u32 heads[HEAD_MAX / 32 + 1];
};

static u32 hash_step(u32 hash, char c)
{
	return (hash ^ (unsigned char)c) * HASH_PRIME;
}

static u32 *hash_bucket(const struct kap_patterns *p, u32 from, u32 hash)
{
	hash ^= from * 0x9e3779b1U;
	return &p->bucket[(hash ^ hash >> 15) & p->mask];
}

static u32 comp_len(const char *comp)
{
	return strcspn(comp, "/");
}

static bool is_stars(const char *comp, u32 len)
{
	return len == 2 && comp[0] == '*' && comp[1] == '*';
}

static u32 comp_head(const char *comp, u32 len)
{
	u32 head = strcspn(comp, "*?/");

	return head < len ? min_t(u32, head, HEAD_MAX) : len;
}

/* The edge of just this text; made, with its node, where there is none. */
static u32 follow(struct kap_patterns *p, u32 from, const char *comp, u32 len)
{
	u32 hash = HASH_START, head = comp_head(comp, len), i;
	struct edge *e;
	u32 *bucket;

	for (i = 0; i < head; i++)
		hash = hash_step(hash, comp[i]);
	bucket = hash_bucket(p, from, hash);
	for (i = *bucket; i; i = e->next) {
		e = &p->edge[i];
		if (e->from == from && e->len == len &&
		    !memcmp(e->comp, comp, len))
			return e->to;
	}
	e = &p->edge[p->n_edges];
	e->comp = comp;
	e->from = from;
	e->to = p->n_nodes++;
	e->next = *bucket;
	e->len = len;
	e->head = head;
	*bucket = p->n_edges++;
	if (head < len) {
		p->node[from].wild = true;
		p->heads[head / 32] |= BIT(head % 32);
	}
	return e->to;
}

static u32 follow_stars(struct kap_patterns *p, u32 from)
{
	u32 to = p->node[from].stars;

	/* several in a row are no more than one */
	if (p->node[from].stays)
		return from;
	if (!to) {
		to = p->n_nodes++;
		p->node[to].stays = true;
		p->node[from].stars = to;
	}
	return to;
}

static u32 add_pattern(struct kap_patterns *p, const char *text)
{
	const char *comp = text + 1;
	u32 node = ROOT, len;

	for (; *comp; comp += len + (comp[len] == '/')) {
		len = comp_len(comp);
		if (is_stars(comp, len))
			node = follow_stars(p, node);
		else
			node = follow(p, node, comp, len);
	}
	return node;
}

/*
 * Two texts can end in one node, "/a/ **" and "/a/ ** / **": a node has one
 * pattern, so the second gets a node of its own behind a second "**".
 */
static void end_pattern(struct kap_patterns *p, u32 node, u32 id)
{
	while (p->node[node].id) {
		if (!p->node[node].stars) {
			p->node[node].stars = p->n_nodes++;
			p->node[p->node[node].stars].stays = true;
		}
		node = p->node[node].stars;
	}
	p->node[node].id = id + 1;
}

static u32 count_comps(const char *const *text, u32 n)
{
	u32 comps = 0, i;
	const char *s;

	for (i = 0; i < n; i++) {
		for (s = text[i]; *s; s++)
			comps += *s == '/';
	}
	return comps;
}

/**
 * kap_patterns_build - prepare patterns for matching
 * @text: the patterns, all different; the texts must outlive the result
 * @n: how many, at least one
 *
 * Context: process, may sleep.
 * Return: for kap_patterns_free(), or NULL when out of memory.
 */
struct kap_patterns *kap_patterns_build(const char *const *text, u32 n)
{
	struct kap_patterns *p = kvzalloc(sizeof(*p), GFP_KERNEL);
	u32 comps = count_comps(text, n), buckets = 1, i;

	if (!p)
		return NULL;
	while (buckets < comps)
		buckets *= 2;
	p->mask = buckets - 1;
	p->n_nodes = ROOT + 1;
	p->n_edges = 1;
	/* end_pattern() may need one more for each */
	p->node = kvcalloc(comps + n + 2, sizeof(*p->node), GFP_KERNEL);
	p->edge = kvcalloc(comps + 1, sizeof(*p->edge), GFP_KERNEL);
	p->bucket = kvcalloc(buckets, sizeof(*p->bucket), GFP_KERNEL);
	if (!p->node || !p->edge || !p->bucket) {
		kap_patterns_free(p);
		return NULL;
	}
	p->bytes = sizeof(*p) + (comps + n + 2) * sizeof(*p->node) +
		   (comps + 1) * sizeof(*p->edge) +
		   buckets * sizeof(*p->bucket);
	for (i = 0; i < n; i++)
		end_pattern(p, add_pattern(p, text[i]), i);
	return p;
}

/**
 * kap_patterns_free - free what kap_patterns_build() returned
 * @p: it, or NULL
 *
 * Context: process, may sleep.
 */
void kap_patterns_free(struct kap_patterns *p)
{
	if (!p)
		return;
	kvfree(p->node);
	kvfree(p->edge);
	kvfree(p->bucket);
	kvfree(p);
}

/**
 * kap_patterns_bytes - memory taken
 * @p: patterns
 *
 * Context: any.
 * Return: bytes, the texts apart.
 */
size_t kap_patterns_bytes(const struct kap_patterns *p)
{
	return p->bytes;
}

/* Where a path can be in the trie, and what it has matched so far. */
struct active {
	u32 n;
	u32 node[ACTIVE_MAX];
};

static void add_hit(struct kap_hits *hits, u32 id)
{
	u32 i;

	for (i = 0; i < hits->n; i++) {
		if (hits->id[i] == id)
			return;
	}
	if (hits->n == KAP_CGROUP_PATTERNS_MAX)
		hits->n = KAP_HITS_MANY;
	else
		hits->id[hits->n++] = id;
}

/* Adds a node, and those that "**" leads to without a component. */
static void activate(const struct kap_patterns *p, struct active *a, u32 node,
		     struct kap_hits *hits)
{
	u32 i;

	for (; node && hits->n != KAP_HITS_MANY; node = p->node[node].stars) {
		for (i = 0; i < a->n; i++) {
			if (a->node[i] == node)
				return;
		}
		if (a->n == ACTIVE_MAX) {
			hits->n = KAP_HITS_MANY;
			return;
		}
		a->node[a->n++] = node;
		if (p->node[node].id)
			add_hit(hits, p->node[node].id - 1);
	}
}

/* Edges from one node that start with the first @head bytes of a component. */
static void try_edges(const struct kap_patterns *p, u32 from, u32 hash,
		      const char *comp, u32 len, u32 head, struct active *to,
		      struct kap_hits *hits)
{
	const struct edge *e;
	u32 i;

	for (i = *hash_bucket(p, from, hash); i; i = e->next) {
		e = &p->edge[i];
		if (e->from != from || e->head != head ||
		    memcmp(e->comp, comp, head))
			continue;
		if (e->head == e->len ? head == len :
		    kap_component_matches(e->comp, e->comp + e->len, comp,
					  comp + len))
			activate(p, to, e->to, hits);
	}
}

static void step(const struct kap_patterns *p, const struct active *a,
		 const char *comp, u32 len, struct active *to,
		 struct kap_hits *hits)
{
	u32 hash = HASH_START, at, i;

	to->n = 0;
	for (i = 0; i < a->n; i++) {
		if (p->node[a->node[i]].stays)
			activate(p, to, a->node[i], hits);
	}
	for (at = 0; at <= len && hits->n != KAP_HITS_MANY; at++) {
		bool head = at <= HEAD_MAX &&
			    (p->heads[at / 32] & BIT(at % 32));

		for (i = 0; (head || at == len) && i < a->n; i++) {
			if (at == len || p->node[a->node[i]].wild)
				try_edges(p, a->node[i], hash, comp, len, at,
					  to, hits);
		}
		hash = hash_step(hash, comp[at]);
	}
}

/**
 * kap_patterns_match - all patterns that match a path
 * @p: patterns
 * @path: absolute path of a cgroup, shorter than KAP_CGROUP_PATH_MAX
 * @hits: the result
 *
 * Context: any.
 */
void kap_patterns_match(const struct kap_patterns *p, const char *path,
			struct kap_hits *hits)
{
	struct active a = { .n = 0 }, b = { .n = 0 };
	struct active *from = &a, *to = &b;
	const char *comp = path + 1;
	u32 len;

	hits->n = 0;
	activate(p, from, ROOT, hits);
	for (; (len = comp_len(comp)) && from->n;
	     comp += len + (comp[len] == '/')) {
		step(p, from, comp, len, to, hits);
		if (hits->n == KAP_HITS_MANY)
			return;
		swap(from, to);
	}
}

// SPDX-License-Identifier: GPL-2.0
/* Builds the trie that patterns.c searches. */
#include "ruleset/patterns.h"

#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/kernel.h>

#include "rule/rule.h"
#include "ruleset/array.h"
#include "ruleset/patterns_trie.h"

/**
 * struct texts - finds an edge by its whole text while the trie is built
 *
 * Of edges with wildcards, many may have the same key, so building cannot use
 * the table that matching uses.
 *
 * @bucket: the first edge of each bucket
 * @next: for each edge, the next one of the same bucket
 */
struct texts {
	u32 *bucket;
	u32 *next;
};

/* Of the first @n bytes, or of the last ones, from the end on. */
static u32 hash_text(const char *comp, u32 len, u32 n, bool tail)
{
	u32 hash = HASH_START, i;

	for (i = 0; i < n; i++)
		hash = hash_step(hash, tail ? comp[len - 1 - i] : comp[i]);
	return hash;
}

static u32 new_node(struct kap_patterns *p, bool stays)
{
	p->node[p->n_nodes] = (struct node){ .stays = stays };
	return p->n_nodes++;
}

static bool is_stars(const char *comp, u32 len)
{
	return len == 2 && comp[0] == '*' && comp[1] == '*';
}

/* Sets what an edge is found by; returns whether it has wildcards. */
static bool set_key(struct edge *e)
{
	u32 head = strcspn(e->comp, "*?/"), tail = 0;

	e->tail = false;
	if (head >= e->len) {
		e->key = e->len;
		return false;
	}
	while (!strchr("*?", e->comp[e->len - 1 - tail]))
		tail++;
	e->tail = tail > head;
	e->key = min_t(u32, max(head, tail), KEY_MAX);
	return true;
}

/* The edge of just this text; made, with its node, where there is none. */
static u32 follow(struct kap_patterns *p, struct texts *t, u32 from,
		  const char *comp, u32 len)
{
	u32 *bucket = &t->bucket[hash_bucket(p, from, hash_text(comp, len, len,
								false))];
	struct edge *e;
	u32 i;

	for (i = *bucket; i; i = t->next[i]) {
		e = &p->edge[i];
		if (e->from == from && e->len == len &&
		    !memcmp(e->comp, comp, len))
			return e->to;
	}
	i = p->n_edges++;
	t->next[i] = *bucket;
	*bucket = i;
	e = &p->edge[i];
	e->comp = comp;
	e->from = from;
	e->to = new_node(p, false);
	e->len = len;
	if (set_key(e)) {
		p->node[from].wild = true;
		p->keys[e->tail][e->key / 32] |= BIT(e->key % 32);
	}
	p->node[from].inner = true;
	bucket = &p->bucket[hash_bucket(p, from, hash_text(comp, len, e->key,
							   e->tail))];
	e->next = *bucket;
	*bucket = i;
	return e->to;
}

static u32 follow_stars(struct kap_patterns *p, u32 from)
{
	struct node *node = &p->node[from];

	/* several in a row are no more than one */
	if (node->stays)
		return from;
	if (!node->stars)
		node->stars = new_node(p, true);
	return node->stars;
}

/* Returns the number of the pattern; two that lead to one node are one. */
static u32 add_pattern(struct kap_patterns *p, struct texts *t,
		       const char *text)
{
	const char *comp = text + 1;
	u32 node = ROOT, len;

	for (; *comp; comp += len + (comp[len] == '/')) {
		len = comp_len(comp);
		if (is_stars(comp, len))
			node = follow_stars(p, node);
		else
			node = follow(p, t, node, comp, len);
	}
	if (!p->node[node].id) {
		p->text[p->n] = text;
		p->node[node].id = ++p->n;
	}
	return p->node[node].id - 1;
}

static u64 count_comps(struct kap_rule *const *rules, u32 n, u32 *n_patterns)
{
	u64 comps = 0;
	const char *s;
	u32 i;

	for (i = 0; i < n; i++) {
		kap_array_pause(i + 1);
		for (s = rules[i]->cgroup; s && *s; s++)
			comps += *s == '/';
		*n_patterns += !!rules[i]->cgroup;
	}
	return comps;
}

/* Buckets of edges, all empty. */
static u32 *alloc_buckets(const struct kap_patterns *p)
{
	u32 *bucket = kap_array_alloc(p->mask + 1ULL, sizeof(*bucket));

	if (bucket)
		memset(bucket, 0, (p->mask + 1ULL) * sizeof(*bucket));
	return bucket;
}

/* Gives back what was allocated for components that patterns share. */
static int trim_trie(struct kap_patterns *p)
{
	struct node *node;
	struct edge *edge;

	node = kap_array_resize(p->node, p->n_nodes, p->n_nodes, sizeof(*node));
	if (!node)
		return -ENOMEM;
	p->node = node;
	edge = kap_array_resize(p->edge, p->n_edges, p->n_edges, sizeof(*edge));
	if (!edge)
		return -ENOMEM;
	p->edge = edge;
	return 0;
}

/* @comps components are in @n patterns, at most. */
static int build_trie(struct kap_patterns *p, u64 comps, u32 n,
		      struct kap_rule *const *rules, u32 n_rules, u32 *id)
{
	u32 bits = fls64(comps), i;
	struct texts t = { 0 };
	int err = -ENOMEM;

	if (bits > 30)
		return err;
	p->mask = BIT(bits) - 1;
	p->node = kap_array_alloc(comps + 2, sizeof(*p->node));
	p->edge = kap_array_alloc(comps + 1, sizeof(*p->edge));
	p->text = kap_array_alloc(n, sizeof(*p->text));
	p->bucket = alloc_buckets(p);
	t.bucket = alloc_buckets(p);
	t.next = kap_array_alloc(comps + 1, sizeof(*t.next));
	if (p->node && p->edge && p->text && p->bucket && t.bucket && t.next) {
		p->n_edges = 1;
		p->n_nodes = ROOT;
		new_node(p, false);
		for (i = 0; i < n_rules; i++) {
			kap_array_pause(i + 1);
			if (rules[i]->cgroup)
				id[i] = add_pattern(p, &t, rules[i]->cgroup);
		}
		err = trim_trie(p);
	}
	kvfree(t.next);
	kvfree(t.bucket);
	return err;
}

/**
 * kap_patterns_build - prepare the patterns of rules for matching
 * @rules: the rules, some with cgroup=; they must outlive the result
 * @n: how many
 * @id: the number of the pattern of each rule, for n rules
 *
 * Context: process, may sleep; lets others run now and then.
 * Return: for kap_patterns_free(), or NULL when out of memory.
 */
struct kap_patterns *kap_patterns_build(struct kap_rule *const *rules, u32 n,
					u32 *id)
{
	struct kap_patterns *p = kvzalloc(sizeof(*p), GFP_KERNEL);
	u32 n_patterns = 0;
	u64 comps;

	if (!p)
		return NULL;
	comps = count_comps(rules, n, &n_patterns);
	if (build_trie(p, comps, n_patterns, rules, n, id)) {
		kap_patterns_free(p);
		return NULL;
	}
	p->bytes = sizeof(*p) + p->n_nodes * sizeof(*p->node) +
		   p->n_edges * sizeof(*p->edge) +
		   n_patterns * sizeof(*p->text) +
		   (p->mask + 1) * sizeof(*p->bucket);
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
	kvfree(p->text);
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

/**
 * kap_patterns_count - how many patterns there are
 * @p: patterns
 *
 * Context: any.
 * Return: their number; they are numbered from 0.
 */
u32 kap_patterns_count(const struct kap_patterns *p)
{
	return p->n;
}

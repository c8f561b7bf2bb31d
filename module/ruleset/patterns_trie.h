/* SPDX-License-Identifier: GPL-2.0 */
/* Inside of the patterns: the trie, as patterns_build.c makes it. */
#ifndef _KAPOLICY_PATTERNS_TRIE_H
#define _KAPOLICY_PATTERNS_TRIE_H

#include <linux/string.h>
#include <linux/types.h>

#define HASH_START	2166136261U	/* FNV-1a, 32 bit */
#define HASH_PRIME	16777619U
#define KEY_MAX		255		/* longer keys are cut; a name is no longer */
#define ROOT		1U		/* node 0 stands for none */

/**
 * struct edge - a component of patterns
 * @comp: its text, in a pattern
 * @from: node it leads from
 * @to: node it leads to
 * @next: next edge of the same bucket; 0: none. Edge 0 is not used
 * @len: length of the text
 * @key: bytes it is hashed by: all, or what stands beside the wildcards
 * @tail: these are the last bytes of the text, not the first
 */
struct edge {
	const char *comp;
	u32 from;
	u32 to;
	u32 next;
	u16 len;
	u16 key : 15;
	u16 tail : 1;
};

/**
 * struct node - a place in the trie
 * @id: number of the pattern that ends here, plus one; or 0
 * @stars: node that "**" leads to; or 0
 * @stays: "**" leads here: active for any number of components
 * @wild: an edge with wildcards leads from here
 * @inner: anything at all leads from here
 */
struct node {
	u32 id;
	u32 stars;
	bool stays;
	bool wild;
	bool inner;
};

/**
 * struct kap_patterns - the trie; constant once built
 * @node: its nodes
 * @edge: its edges, "**" apart
 * @bucket: the first edge of each bucket
 * @text: the patterns, as one of their rules has them
 * @mask: number of buckets less one
 * @n_nodes: nodes in use
 * @n_edges: edges in use
 * @n: number of patterns
 * @bytes: memory taken
 * @keys: a bit for each length the key of an edge with wildcards has; [true]:
 *	of those that are the last bytes of a component
 */
struct kap_patterns {
	struct node *node;
	struct edge *edge;
	u32 *bucket;
	const char **text;
	u32 mask;
	u32 n_nodes;
	u32 n_edges;
	u32 n;
	size_t bytes;
	u32 keys[2][KEY_MAX / 32 + 1];
};

static inline u32 hash_step(u32 hash, char c)
{
	return (hash ^ (unsigned char)c) * HASH_PRIME;
}

static inline u32 hash_bucket(const struct kap_patterns *p, u32 from, u32 hash)
{
	hash ^= from * 0x9e3779b1U;
	return (hash ^ hash >> 15) & p->mask;
}

static inline u32 comp_len(const char *comp)
{
	return strcspn(comp, "/");
}

#endif /* _KAPOLICY_PATTERNS_TRIE_H */

// SPDX-License-Identifier: GPL-2.0
/*
 * Finds the patterns that match a path without trying each of them.
 *
 * A pattern can only match a path that starts with the pattern's head: what
 * stands before its first "*" or "?". Patterns hang in a hash table by their
 * head; one pass over the path hashes every prefix of it and looks up those
 * whose length is the length of some head. Only what is found there is
 * compared in full. Time: length of the path plus the patterns whose head is
 * a prefix of it. Memory: 12 to 16 bytes a pattern. Runs once for each cgroup
 * and rule set, not for each connection: see cgroup_cache.c.
 */
#include "patterns.h"

#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "match.h"

#define HASH_START	2166136261U	/* FNV-1a, 32 bit */
#define HASH_PRIME	16777619U
#define LEN_WORDS	(KAP_CGROUP_PATH_MAX / 32)

/**
 * struct kap_patterns - patterns by their heads; constant once built
 * @text: the patterns; they belong to the rules
 * @next: the next pattern of the same bucket, plus one
 * @bucket: the first pattern of a bucket, plus one
 * @mask: number of buckets less one
 * @bytes: memory taken
 * @lens: a bit for each length a head has
 */
struct kap_patterns {
	const char *const *text;
	u32 *next;
	u32 *bucket;
	u32 mask;
	size_t bytes;
	u32 lens[LEN_WORDS];
};

static u32 hash_step(u32 hash, char c)
{
	return (hash ^ (unsigned char)c) * HASH_PRIME;
}

/* Low bits of FNV are weak for short texts. */
static u32 hash_bucket(const struct kap_patterns *p, u32 hash)
{
	return (hash ^ hash >> 15) & p->mask;
}

/* Without a slash at its end: the pattern /a/ ** matches /a itself as well. */
static u32 head_len(const char *pattern)
{
	u32 len = strcspn(pattern, "*?");

	return len > 1 && pattern[len - 1] == '/' ? len - 1 : len;
}

/**
 * kap_patterns_build - prepare patterns for matching
 * @text: the patterns, all different; array and texts must outlive the result
 * @n: how many, at least one
 *
 * Context: process, may sleep.
 * Return: for kap_patterns_free(), or NULL when out of memory.
 */
struct kap_patterns *kap_patterns_build(const char *const *text, u32 n)
{
	struct kap_patterns *p = kvzalloc(sizeof(*p), GFP_KERNEL);
	u32 buckets = 1, i;

	if (!p)
		return NULL;
	while (buckets < n)
		buckets *= 2;
	p->text = text;
	p->mask = buckets - 1;
	p->next = kvmalloc_array(n, sizeof(*p->next), GFP_KERNEL);
	p->bucket = kvcalloc(buckets, sizeof(*p->bucket), GFP_KERNEL);
	p->bytes = sizeof(*p) + (n + buckets) * sizeof(u32);
	if (!p->next || !p->bucket) {
		kap_patterns_free(p);
		return NULL;
	}
	for (i = 0; i < n; i++) {
		u32 len = head_len(text[i]), hash = HASH_START, at;

		p->lens[len / 32] |= BIT(len % 32);
		for (at = 0; at < len; at++)
			hash = hash_step(hash, text[i][at]);
		at = hash_bucket(p, hash);
		p->next[i] = p->bucket[at];
		p->bucket[at] = i + 1;
	}
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
	kvfree(p->next);
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

/* Of one bucket. Two different heads can share it: the length tells. */
static void match_bucket(const struct kap_patterns *p, u32 hash, u32 len,
			 const char *path, struct kap_hits *hits)
{
	u32 i;

	for (i = p->bucket[hash_bucket(p, hash)]; i; i = p->next[i - 1]) {
		if (head_len(p->text[i - 1]) != len ||
		    !kap_cgroup_matches(p->text[i - 1], path))
			continue;
		if (hits->n == KAP_CGROUP_PATTERNS_MAX) {
			hits->n = KAP_HITS_MANY;
			return;
		}
		hits->id[hits->n++] = i - 1;
	}
}

/**
 * kap_patterns_match - all patterns that match a path
 * @p: patterns
 * @path: path of a cgroup, shorter than KAP_CGROUP_PATH_MAX
 * @hits: the result
 *
 * Context: any.
 */
void kap_patterns_match(const struct kap_patterns *p, const char *path,
			struct kap_hits *hits)
{
	u32 hash = HASH_START, len;

	hits->n = 0;
	for (len = 1; path[len - 1]; len++) {
		hash = hash_step(hash, path[len - 1]);
		if (p->lens[len / 32] & BIT(len % 32))
			match_bucket(p, hash, len, path, hits);
		if (hits->n == KAP_HITS_MANY)
			return;
	}
}

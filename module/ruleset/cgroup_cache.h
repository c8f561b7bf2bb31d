/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which rules of a rule set the cgroups seen lately match. What every connection
 * passes through is inline.
 */
#ifndef _KAPOLICY_CGROUP_CACHE_H
#define _KAPOLICY_CGROUP_CACHE_H

#include <linux/atomic.h>
#include <linux/hash.h>

#include "ruleset/index.h"

#define KAP_CACHE_BITS	9
#define KAP_CACHE_WAYS	4

/**
 * struct kap_cgroup_entry - a part of what one cgroup matches
 * @key: kap_cgroup_key(); 0: empty. Written while @seq is odd
 * @seq: odd while the entry is being written
 * @start: the part. Written while @seq is odd
 */
struct kap_cgroup_entry {
	u64 key;
	u32 seq;
	struct kap_start start;
};

struct cgroup;

struct kap_cgroup_cache {
	struct kap_cgroup_entry entry[1 << KAP_CACHE_BITS][KAP_CACHE_WAYS];
};

int kap_cgroup_init(void);
void kap_cgroup_exit(void);
struct kap_cgroup_cache *kap_cgroup_cache_alloc(void);
void kap_cgroup_cache_free(struct kap_cgroup_cache *cache);
void kap_cgroup_cache_put(struct kap_cgroup_cache *cache, u64 id, u32 part,
			  const struct kap_start *start);
const char *kap_cgroup_path_rcu(struct cgroup *cgrp);
struct kap_rule *kap_cgroup_find_rcu(struct kap_cgroup_cache *cache,
				     const struct kap_index *ix,
				     struct cgroup *cgrp, struct kap_key *key,
				     struct kap_search *s, bool known);

/*
 * Part 0 of a cgroup has its id as key. No id comes near 2^48: the kernel counts
 * them up from 1.
 */
static inline u64 kap_cgroup_key(u64 id, u32 part)
{
	return id ^ (u64)part << 48;
}

/* The parts of a cgroup are in neighbouring buckets, so they do not collide. */
static inline struct kap_cgroup_entry *
kap_cgroup_cache_ways(struct kap_cgroup_cache *cache, u64 id, u32 part)
{
	return cache->entry[(hash_64(id, KAP_CACHE_BITS) + part) %
			    (1 << KAP_CACHE_BITS)];
}

/* Copies an entry if it is that of @key and nobody writes it meanwhile. */
static __always_inline bool
kap_cgroup_entry_read(const struct kap_cgroup_entry *e, u64 key,
		      struct kap_search *s, u32 *more)
{
	/* pairs with smp_store_release() in write_entry() */
	u32 seq = smp_load_acquire(&e->seq);
	u32 n, i;

	if ((seq & 1) || READ_ONCE(e->key) != key)
		return false;
	n = READ_ONCE(e->start.n);
	if (n > KAP_START_REFS)
		return false;
	for (i = 0; i < n; i++)
		s->ref[i] = READ_ONCE(e->start.ref[i]);
	s->n = n;
	s->best = READ_ONCE(e->start.best);
	*more = READ_ONCE(e->start.more);
	smp_rmb();	/* pairs with the store of an odd seq in write_entry() */
	return READ_ONCE(e->seq) == seq;
}

/**
 * kap_cgroup_cache_get - look up a part of what a cgroup matches
 * @cache: cache of the rule set
 * @id: cgroup id, not 0
 * @part: number of the part
 * @s: the result, for kap_index_find()
 * @more: KAP_PART_*: what follows
 *
 * Context: any.
 * Return: whether it is known.
 */
static __always_inline bool
kap_cgroup_cache_get(struct kap_cgroup_cache *cache, u64 id, u32 part,
		     struct kap_search *s, u32 *more)
{
	const struct kap_cgroup_entry *e = kap_cgroup_cache_ways(cache, id,
								 part);
	u64 key = kap_cgroup_key(id, part);
	int way;

	for (way = 0; way < KAP_CACHE_WAYS; way++) {
		if (READ_ONCE(e[way].key) == key)
			return kap_cgroup_entry_read(&e[way], key, s, more);
	}
	return false;
}

#endif /* _KAPOLICY_CGROUP_CACHE_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which patterns of a rule set the cgroups seen lately match. What every
 * connection passes through is inline.
 */
#ifndef _KAPOLICY_CGROUP_CACHE_H
#define _KAPOLICY_CGROUP_CACHE_H

#include <linux/atomic.h>
#include <linux/hash.h>

#include "ruleset/index.h"

#define KAP_CACHE_BITS	9
#define KAP_CACHE_WAYS	4

struct cgroup;

/**
 * struct kap_cgroup_entry - what one cgroup matches
 * @id: cgroup id; 0: empty. Written while @seq is odd
 * @seq: odd while the entry is being written
 * @start: likewise
 */
struct kap_cgroup_entry {
	u64 id;
	u32 seq;
	struct kap_start start;
};

struct kap_cgroup_cache {
	struct kap_cgroup_entry entry[1 << KAP_CACHE_BITS][KAP_CACHE_WAYS];
};

int kap_cgroup_init(void);
void kap_cgroup_exit(void);
struct kap_cgroup_cache *kap_cgroup_cache_alloc(void);
void kap_cgroup_cache_free(struct kap_cgroup_cache *cache);
void kap_cgroup_cache_put(struct kap_cgroup_cache *cache, u64 id,
			  const struct kap_start *start);
const char *kap_cgroup_path_rcu(struct cgroup *cgrp);

static inline struct kap_cgroup_entry *
kap_cgroup_cache_ways(struct kap_cgroup_cache *cache, u64 id)
{
	return cache->entry[hash_64(id, KAP_CACHE_BITS)];
}

/* Copies an entry if it is that of @id and nobody writes it meanwhile. */
static __always_inline bool
kap_cgroup_entry_read(const struct kap_cgroup_entry *e, u64 id,
		      struct kap_search *s)
{
	/* pairs with smp_store_release() in write_entry() */
	u32 seq = smp_load_acquire(&e->seq);
	u32 n, i;

	if ((seq & 1) || READ_ONCE(e->id) != id)
		return false;
	n = READ_ONCE(e->start.n);
	if (n > KAP_CGROUP_PATTERNS_MAX)
		return false;
	for (i = 0; i < n; i++)
		s->ref[i] = READ_ONCE(e->start.ref[i]);
	s->n = n;
	s->best = READ_ONCE(e->start.best);
	smp_rmb();	/* pairs with the store of an odd seq in write_entry() */
	return READ_ONCE(e->seq) == seq;
}

/**
 * kap_cgroup_cache_get - what is known of a cgroup
 * @cache: cache of the rule set
 * @id: cgroup id, not 0
 * @s: the result, for kap_index_find()
 *
 * Context: any.
 * Return: whether it is known.
 */
static inline bool kap_cgroup_cache_get(struct kap_cgroup_cache *cache, u64 id,
					struct kap_search *s)
{
	const struct kap_cgroup_entry *e = kap_cgroup_cache_ways(cache, id);
	int way;

	for (way = 0; way < KAP_CACHE_WAYS; way++) {
		if (READ_ONCE(e[way].id) == id)
			return kap_cgroup_entry_read(&e[way], id, s);
	}
	return false;
}

#endif /* _KAPOLICY_CGROUP_CACHE_H */

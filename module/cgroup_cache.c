// SPDX-License-Identifier: GPL-2.0
/*
 * A cgroup's id is never used again and a cgroup2 cannot be renamed, so what
 * its path matches is true for as long as the patterns are: for one rule set,
 * which owns one cache. A cgroup that goes leaves an entry nobody asks for;
 * a service that restarts has a new id and misses once. No cgroup is pinned.
 *
 * The cache has a fixed size. Reading and writing take no lock and never wait:
 * an entry's sequence number is odd while it is written, a reader that sees
 * that, or a change, takes it for a miss, and a writer that finds another at
 * work leaves the entry to it.
 */
#include "cgroup_cache.h"

#include <linux/cgroup.h>
#include <linux/hash.h>
#include <linux/kernfs.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/slab.h>

#define CACHE_BITS	9
#define CACHE_WAYS	4

/**
 * struct entry - what one cgroup matches
 * @id: cgroup id; 0: empty. Written while @seq is odd
 * @seq: odd while the entry is being written
 * @hits: likewise
 */
struct entry {
	u64 id;
	u32 seq;
	struct kap_hits hits;
};

struct kap_cgroup_cache {
	struct entry entry[1 << CACHE_BITS][CACHE_WAYS];
};

/* A task, and the softirq that interrupts it: paths one CPU reads at a time. */
struct paths {
	char path[2][KAP_CGROUP_PATH_MAX];
};

static struct paths __percpu *paths;	/* constant from init to exit */

/**
 * kap_cgroup_init - get memory for paths
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int kap_cgroup_init(void)
{
	paths = alloc_percpu(struct paths);
	return paths ? 0 : -ENOMEM;
}

/**
 * kap_cgroup_exit - free it
 *
 * Context: process, may sleep; no probe runs any more.
 */
void kap_cgroup_exit(void)
{
	free_percpu(paths);
}

/**
 * kap_cgroup_path_rcu - path of a cgroup
 * @cgrp: a cgroup the caller's socket holds
 *
 * Context: task or softirq, not hardirq, with preemption disabled for as long
 *	as the path is used.
 * Return: the path from the root, or NULL when it cannot be told.
 */
const char *kap_cgroup_path_rcu(struct cgroup *cgrp)
{
	char *path = this_cpu_ptr(paths)->path[!!in_serving_softirq()];
	int len;

	/* from 6.8 negative where it does not fit, before the length it needs */
	len = kernfs_path_from_node(cgrp->kn, NULL, path, KAP_CGROUP_PATH_MAX);
	return len < 0 || len >= KAP_CGROUP_PATH_MAX ? NULL : path;
}

/**
 * kap_cgroup_cache_alloc - an empty cache
 *
 * Context: process, may sleep.
 * Return: for kap_cgroup_cache_free(), or NULL when out of memory.
 */
struct kap_cgroup_cache *kap_cgroup_cache_alloc(void)
{
	return kvzalloc(sizeof(struct kap_cgroup_cache), GFP_KERNEL);
}

/**
 * kap_cgroup_cache_free - free a cache
 * @cache: cache or NULL
 *
 * Context: process, may sleep.
 */
void kap_cgroup_cache_free(struct kap_cgroup_cache *cache)
{
	kvfree(cache);
}

static struct entry *cache_ways(struct kap_cgroup_cache *cache, u64 id)
{
	return cache->entry[hash_64(id, CACHE_BITS)];
}

/* Copies an entry if it is that of @id and nobody writes it meanwhile. */
static bool read_entry(const struct entry *e, u64 id, struct kap_hits *hits)
{
	/* pairs with smp_store_release() in write_entry() */
	u32 seq = smp_load_acquire(&e->seq);
	u32 n, i;

	if ((seq & 1) || READ_ONCE(e->id) != id)
		return false;
	n = READ_ONCE(e->hits.n);
	if (n > KAP_CGROUP_PATTERNS_MAX)
		return false;
	for (i = 0; i < n; i++)
		hits->id[i] = READ_ONCE(e->hits.id[i]);
	hits->n = n;
	smp_rmb();	/* pairs with the store of an odd seq in write_entry() */
	return READ_ONCE(e->seq) == seq;
}

/**
 * kap_cgroup_cache_get - what is known of a cgroup
 * @cache: cache of the rule set
 * @id: cgroup id, not 0
 * @hits: the result
 *
 * Context: any; the path every connection takes.
 * Return: whether it is known.
 */
bool kap_cgroup_cache_get(struct kap_cgroup_cache *cache, u64 id,
			  struct kap_hits *hits)
{
	const struct entry *e = cache_ways(cache, id);
	int way;

	for (way = 0; way < CACHE_WAYS; way++) {
		if (READ_ONCE(e[way].id) == id && read_entry(&e[way], id, hits))
			return true;
	}
	return false;
}

static void write_entry(struct entry *e, u64 id, const struct kap_hits *hits)
{
	u32 seq = READ_ONCE(e->seq);
	u32 i;

	if ((seq & 1) || cmpxchg(&e->seq, seq, seq + 1) != seq)
		return;
	smp_wmb();	/* pairs with smp_rmb() in read_entry() */
	WRITE_ONCE(e->id, id);
	WRITE_ONCE(e->hits.n, hits->n);
	for (i = 0; i < hits->n; i++)
		WRITE_ONCE(e->hits.id[i], hits->id[i]);
	smp_store_release(&e->seq, seq + 2);	/* read_entry() acquires it */
}

/**
 * kap_cgroup_cache_put - remember what a cgroup matches
 * @cache: cache of the rule set
 * @id: cgroup id, not 0
 * @hits: what it matches; more than fit are not remembered
 *
 * Context: any. A softirq that interrupts this on the same CPU finds the entry
 *	odd and leaves it alone.
 */
void kap_cgroup_cache_put(struct kap_cgroup_cache *cache, u64 id,
			  const struct kap_hits *hits)
{
	struct entry *e = cache_ways(cache, id);
	int way;

	if (hits->n > KAP_CGROUP_PATTERNS_MAX)
		return;
	for (way = 0; way < CACHE_WAYS; way++) {
		if (!READ_ONCE(e[way].id)) {
			write_entry(&e[way], id, hits);
			return;
		}
	}
	/* no room: one of the four goes, by bits the bucket did not use */
	write_entry(&e[(id >> CACHE_BITS ^ id) % CACHE_WAYS], id, hits);
}

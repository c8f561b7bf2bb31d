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
#include "ruleset/cgroup_cache.h"

#include <linux/cgroup.h>
#include <linux/kernfs.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/slab.h>

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

static void write_entry(struct kap_cgroup_entry *e, u64 id, const struct kap_start *start)
{
	u32 seq = READ_ONCE(e->seq);
	u32 i;

	if ((seq & 1) || cmpxchg(&e->seq, seq, seq + 1) != seq)
		return;
	smp_wmb();	/* pairs with smp_rmb() in kap_cgroup_entry_read() */
	WRITE_ONCE(e->id, id);
	WRITE_ONCE(e->start.best, start->best);
	WRITE_ONCE(e->start.n, start->n);
	for (i = 0; i < start->n; i++)
		WRITE_ONCE(e->start.ref[i], start->ref[i]);
	smp_store_release(&e->seq, seq + 2);	/* kap_cgroup_entry_read() acquires it */
}

/**
 * kap_cgroup_cache_put - remember what a cgroup matches
 * @cache: cache of the rule set
 * @id: cgroup id, not 0
 * @start: what it matches; more than fit are not remembered
 *
 * Context: any. A softirq that interrupts this on the same CPU finds the entry
 *	odd and leaves it alone.
 */
void kap_cgroup_cache_put(struct kap_cgroup_cache *cache, u64 id,
			  const struct kap_start *start)
{
	struct kap_cgroup_entry *e = kap_cgroup_cache_ways(cache, id);
	int way;

	if (start->n > KAP_CGROUP_PATTERNS_MAX)
		return;
	for (way = 0; way < KAP_CACHE_WAYS; way++) {
		if (!READ_ONCE(e[way].id)) {
			write_entry(&e[way], id, start);
			return;
		}
	}
	/* no room: one of the four goes, by bits the bucket did not use */
	write_entry(&e[(id >> KAP_CACHE_BITS ^ id) % KAP_CACHE_WAYS], id, start);
}

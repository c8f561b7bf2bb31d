// SPDX-License-Identifier: GPL-2.0
/*
 * A cgroup's id is never used again and a cgroup2 cannot be renamed. So what its
 * path matches stays true for as long as the patterns do: for one rule set,
 * which owns one cache. When a cgroup is removed, its entry is left behind and
 * nobody asks for it. A service that restarts has a new id and is a cache miss
 * once. No cgroup is pinned.
 *
 * Most cgroups take one entry. One that many patterns match takes several, one
 * for each part, and a miss for any of them is a miss for all.
 *
 * The cache has a fixed size. Reading and writing take no lock and never wait:
 * an entry's sequence number is odd while it is written. A reader that sees it
 * odd, or changed, treats that as a miss. A writer that finds another at work
 * leaves the entry to it.
 */
#include "ruleset/cgroup_cache.h"

#include <linux/cgroup.h>
#include <linux/kernfs.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/slab.h>

#include "rule/match.h"

/* A CPU reads two paths at a time: of a task, and of a softirq that interrupts it. */
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

	/*
	 * If the path does not fit, Linux 6.8 and later return a negative
	 * value; older kernels return the length needed.
	 */
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

static void write_entry(struct kap_cgroup_entry *e, u64 key,
			const struct kap_start *start)
{
	u32 seq = READ_ONCE(e->seq);
	u32 i;

	if ((seq & 1) || cmpxchg(&e->seq, seq, seq + 1) != seq)
		return;
	smp_wmb();	/* pairs with smp_rmb() in kap_cgroup_entry_read() */
	WRITE_ONCE(e->key, key);
	WRITE_ONCE(e->start.best, start->best);
	WRITE_ONCE(e->start.n, start->n);
	WRITE_ONCE(e->start.more, start->more);
	for (i = 0; i < start->n; i++)
		WRITE_ONCE(e->start.ref[i], start->ref[i]);
	smp_store_release(&e->seq, seq + 2);	/* kap_cgroup_entry_read() acquires it */
}

/**
 * kap_cgroup_cache_put - remember a part of what a cgroup matches
 * @cache: cache of the rule set
 * @id: cgroup id, not 0
 * @part: number of the part
 * @start: the part
 *
 * Context: any. A softirq that interrupts this on the same CPU finds the entry
 *	odd and leaves it alone.
 */
void kap_cgroup_cache_put(struct kap_cgroup_cache *cache, u64 id, u32 part,
			  const struct kap_start *start)
{
	struct kap_cgroup_entry *e = kap_cgroup_cache_ways(cache, id, part);
	u64 key = kap_cgroup_key(id, part), known;
	int way;

	for (way = 0; way < KAP_CACHE_WAYS; way++) {
		known = READ_ONCE(e[way].key);
		if (!known || known == key) {
			write_entry(&e[way], key, start);
			return;
		}
	}
	/* all ways are taken: any choice will do that differs between ids */
	write_entry(&e[(id >> KAP_CACHE_BITS ^ id) % KAP_CACHE_WAYS], key,
		    start);
}

/* A cgroup whose parts are to be remembered. */
struct owner {
	struct kap_cgroup_cache *cache;
	u64 id;
};

static void keep_part(void *arg, u32 part, const struct kap_start *start)
{
	struct owner *owner = arg;

	kap_cgroup_cache_put(owner->cache, owner->id, part, start);
}

/* Cache miss: match the cgroup by its path. */
static struct kap_rule *find_by_path(struct kap_cgroup_cache *cache,
				     const struct kap_index *ix,
				     struct cgroup *cgrp, struct kap_key *key)
{
	struct owner owner = { .cache = cache, .id = cgroup_id(cgrp) };
	struct kap_rule *rule;

	key->cgroup = kap_cgroup_path_rcu(cgrp);
	rule = kap_index_match(ix, key, key->cgroup ? keep_part : NULL, &owner);
	key->cgroup = NULL;
	return rule;
}

/**
 * kap_cgroup_find_rcu - find a rule where one cache entry does not tell
 * @cache: cache of the rule set
 * @ix: index of the rule set
 * @cgrp: the cgroup
 * @key: the connection; @key->cgroup is used
 * @s: the first part of what the cgroup matches
 * @known: whether @s is known, and more parts are to follow
 *
 * Usually this is the cgroup's first connection since the rules changed; but an
 * entry may also have been evicted, or is being written.
 *
 * Context: task or softirq, with preemption disabled.
 * Return: the rule, or NULL.
 */
struct kap_rule *kap_cgroup_find_rcu(struct kap_cgroup_cache *cache,
				     const struct kap_index *ix,
				     struct cgroup *cgrp, struct kap_key *key,
				     struct kap_search *s, bool known)
{
	u32 part, more = KAP_PART_MORE, best;
	struct kap_rule *rule;

	if (!known)
		return find_by_path(cache, ix, cgrp, key);
	rule = kap_index_find(ix, key, s);
	for (part = 1; more == KAP_PART_MORE; part++) {
		best = s->best;
		if (!kap_cgroup_cache_get(cache, cgroup_id(cgrp), part, s,
					  &more))
			return find_by_path(cache, ix, cgrp, key);
		s->best = min(s->best, best);
		rule = kap_index_find(ix, key, s);
	}
	return rule;
}

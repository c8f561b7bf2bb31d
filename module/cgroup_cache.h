/* SPDX-License-Identifier: GPL-2.0 */
/* Which patterns of a rule set the cgroups seen lately match. */
#ifndef _KAPOLICY_CGROUP_CACHE_H
#define _KAPOLICY_CGROUP_CACHE_H

#include "index.h"

struct cgroup;
struct kap_cgroup_cache;

int kap_cgroup_init(void);
void kap_cgroup_exit(void);
struct kap_cgroup_cache *kap_cgroup_cache_alloc(void);
void kap_cgroup_cache_free(struct kap_cgroup_cache *cache);
bool kap_cgroup_cache_get(struct kap_cgroup_cache *cache, u64 id,
			  struct kap_hits *hits);
void kap_cgroup_cache_put(struct kap_cgroup_cache *cache, u64 id,
			  const struct kap_hits *hits);
const char *kap_cgroup_path_rcu(struct cgroup *cgrp);

#endif /* _KAPOLICY_CGROUP_CACHE_H */

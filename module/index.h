/* SPDX-License-Identifier: GPL-2.0 */
/* The classifier: first match without walking the rules. Pure. */
#ifndef _KAPOLICY_INDEX_H
#define _KAPOLICY_INDEX_H

#include "rule.h"

/*
 * A cgroup that more patterns than this match is not looked up by the index
 * but by kap_match_walk(): right, but slow. Nested patterns that deep are not
 * seen; 12 u32 make a cache entry of cgroup_cache.c one cache line.
 */
#define KAP_CGROUP_PATTERNS_MAX	12

/**
 * struct kap_hits - the cgroup patterns one cgroup matches
 * @n: how many; KAP_HITS_MANY when there are too many to list
 * @id: numbers of the patterns, for kap_index_find()
 */
struct kap_hits {
	u32 n;
	u32 id[KAP_CGROUP_PATTERNS_MAX];
};

#define KAP_HITS_MANY	(~0U)

struct kap_index;

struct kap_index *kap_index_build(struct kap_rule *const *rules, u32 n);
void kap_index_free(struct kap_index *ix);
size_t kap_index_bytes(const struct kap_index *ix);
bool kap_index_has_cgroups(const struct kap_index *ix);
void kap_index_cgroup(const struct kap_index *ix, const char *path,
		      struct kap_hits *hits);
struct kap_rule *kap_index_find(const struct kap_index *ix,
				const struct kap_key *key,
				const struct kap_hits *hits);
struct kap_rule *kap_index_match(const struct kap_index *ix,
				 const struct kap_key *key);

#endif /* _KAPOLICY_INDEX_H */

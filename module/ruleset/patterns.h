/* SPDX-License-Identifier: GPL-2.0 */
/* Which of many cgroup patterns match a path. Pure. */
#ifndef _KAPOLICY_PATTERNS_H
#define _KAPOLICY_PATTERNS_H

#include <linux/types.h>

/*
 * A cgroup that more patterns than this match is not looked up by the index
 * but by kap_match_walk(): right, but slow. Nested patterns that deep are not
 * seen; so many make an entry of cgroup_cache.c one cache line.
 */
#define KAP_CGROUP_PATTERNS_MAX	11
#define KAP_HITS_MANY	(~0U)

struct kap_patterns;

/**
 * struct kap_hits - the patterns a path matches
 * @n: how many; KAP_HITS_MANY when there are too many to list
 * @id: their numbers
 */
struct kap_hits {
	u32 n;
	u32 id[KAP_CGROUP_PATTERNS_MAX];
};

struct kap_patterns *kap_patterns_build(const char *const *text, u32 n);
void kap_patterns_free(struct kap_patterns *p);
size_t kap_patterns_bytes(const struct kap_patterns *p);
void kap_patterns_match(const struct kap_patterns *p, const char *path,
			struct kap_hits *hits);

#endif /* _KAPOLICY_PATTERNS_H */

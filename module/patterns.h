/* SPDX-License-Identifier: GPL-2.0 */
/* Which of many cgroup patterns match a path. Pure. */
#ifndef _KAPOLICY_PATTERNS_H
#define _KAPOLICY_PATTERNS_H

#include "index.h"

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

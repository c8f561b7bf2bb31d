/* SPDX-License-Identifier: GPL-2.0 */
/* Which of many cgroup patterns match a path. Pure. */
#ifndef _KAPOLICY_PATTERNS_H
#define _KAPOLICY_PATTERNS_H

#include <linux/types.h>

struct kap_patterns;
struct kap_rule;

/* Told the number of a pattern that matches; false: it wants to know no more. */
typedef bool (*kap_pattern_hit)(void *arg, u32 id);

struct kap_patterns *kap_patterns_build(struct kap_rule *const *rules, u32 n,
					u32 *id);
void kap_patterns_free(struct kap_patterns *p);
size_t kap_patterns_bytes(const struct kap_patterns *p);
u32 kap_patterns_count(const struct kap_patterns *p);
bool kap_patterns_match(const struct kap_patterns *p, const char *path,
			kap_pattern_hit hit, void *arg);
bool kap_patterns_walk(const struct kap_patterns *p, const char *path,
		       kap_pattern_hit hit, void *arg);

#endif /* _KAPOLICY_PATTERNS_H */

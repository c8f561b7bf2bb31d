/* SPDX-License-Identifier: GPL-2.0 */
/* The classifier: first match without walking the rules. Pure. */
#ifndef _KAPOLICY_INDEX_H
#define _KAPOLICY_INDEX_H

#include "rule/rule.h"
#include "ruleset/patterns.h"
#include "ruleset/ref.h"

/**
 * struct kap_start - what is known of a connection by its cgroup
 * @best: place of the first rule that is sure to match, or the number of rules
 * @n: elements of @ref; KAP_HITS_MANY when there are too many patterns
 * @ref: where in the index the other rules are
 */
struct kap_start {
	u32 best;
	u32 n;
	u32 ref[KAP_CGROUP_PATTERNS_MAX];
};

/*
 * What a search may have still to look at: a node of each tree it begins with,
 * what is left, what the cgroup matches, and one "rest" for each field it has
 * gone down by.
 */
#define KAP_PENDING_MAX \
	(KAP_CGROUP_PATTERNS_MAX + 2 * KAP_INDEXED_FIELDS + 1)

/**
 * struct kap_search - what has been found, and where to look on
 * @best: place of the best rule so far, or the number of rules
 * @n: elements of @ref
 * @ref: references; the last is looked at first
 */
struct kap_search {
	u32 best;
	u32 n;
	u32 ref[KAP_PENDING_MAX];
};

struct kap_index;

struct kap_index *kap_index_build(struct kap_rule *const *rules, u32 n);
void kap_index_free(struct kap_index *ix);
const struct kap_ports *kap_index_ports(const struct kap_index *ix);
size_t kap_index_bytes(const struct kap_index *ix);
bool kap_index_has_cgroups(const struct kap_index *ix);
void kap_index_cgroup(const struct kap_index *ix, const char *path,
		      struct kap_start *start);
struct kap_rule *kap_index_find(const struct kap_index *ix,
				const struct kap_key *key,
				struct kap_search *s);
struct kap_rule *kap_index_find_from(const struct kap_index *ix,
				     const struct kap_key *key,
				     const struct kap_start *start);
struct kap_rule *kap_index_match(const struct kap_index *ix,
				 const struct kap_key *key);

#endif /* _KAPOLICY_INDEX_H */

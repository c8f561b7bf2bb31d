/* SPDX-License-Identifier: GPL-2.0 */
/* The classifier: first match without walking the rules. Pure. */
#ifndef _KAPOLICY_INDEX_H
#define _KAPOLICY_INDEX_H

#include "rule/rule.h"
#include "ruleset/ref.h"

/* So many make an entry of cgroup_cache.c one cache line. */
#define KAP_START_REFS	11

/* What follows a part. */
#define KAP_PART_LAST	0	/* nothing */
#define KAP_PART_MORE	1	/* another part */
#define KAP_PART_WALK	2	/* there are too many: use kap_match_walk() */

/**
 * struct kap_start - what a cgroup matches, or a part of that
 * @best: place of the first rule that is sure to match, or the number of rules
 * @n: elements of @ref
 * @more: KAP_PART_*: what follows
 * @ref: where in the index the other rules are
 */
struct kap_start {
	u32 best;
	u16 n;
	u16 more;
	u32 ref[KAP_START_REFS];
};

/*
 * What a search may have still to look at: what the cgroup matches, the two
 * trees of the other rules, and a "rest" for each word it has gone down by.
 */
#define KAP_PENDING_MAX	(KAP_START_REFS + 2 + KAP_KEY_WORDS)

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

/**
 * struct kap_overlap - why rules cannot be indexed
 * @n: so many rules overlap in all that they match by; 0: out of memory
 * @first: place of the first of them
 * @last: place of the last of them
 */
struct kap_overlap {
	u32 n;
	u32 first;
	u32 last;
};

/* Told each part of what a cgroup matches. */
typedef void (*kap_start_keep)(void *arg, u32 part,
			       const struct kap_start *start);

struct kap_index;

struct kap_index *kap_index_build(struct kap_rule *const *rules, u32 n,
				  struct kap_overlap *why);
void kap_index_free(struct kap_index *ix);
const struct kap_ports *kap_index_ports(const struct kap_index *ix);
size_t kap_index_bytes(const struct kap_index *ix);
bool kap_index_has_cgroups(const struct kap_index *ix);
struct kap_rule *kap_index_find(const struct kap_index *ix,
				const struct kap_key *key,
				struct kap_search *s);
struct kap_rule *kap_index_match(const struct kap_index *ix,
				 const struct kap_key *key,
				 kap_start_keep keep, void *arg);

#endif /* _KAPOLICY_INDEX_H */

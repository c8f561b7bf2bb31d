/* SPDX-License-Identifier: GPL-2.0 */
/* The classifier: first match without walking the rules. Pure. */
#ifndef _KAPOLICY_INDEX_H
#define _KAPOLICY_INDEX_H

#include "rule.h"

/*
 * A cgroup that more patterns than this match is not looked up by the index
 * but by kap_match_walk(): right, but slow. Nested patterns that deep are not
 * seen; so many make an entry of cgroup_cache.c one cache line.
 */
#define KAP_CGROUP_PATTERNS_MAX	11
#define KAP_HITS_MANY	(~0U)

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

/*
 * A reference: nothing, a rule that is sure to match whoever comes there (its
 * place in matching order), or words of the index: tests of rules, or a node.
 */
#define KAP_REF_NONE	0U
#define KAP_REF_RULE	0x80000000U
#define KAP_REF_TRY	0x40000000U
#define KAP_REF_PLACE	(~KAP_REF_RULE)

/**
 * struct kap_ports - where the rules about a port are
 * @page: a reference for each of 256 ports; pages without rules are one page
 *
 * Exists when every rule has port= and none has cgroup=, as in most rule sets
 * there are: then most connections are told to be about no rule, and most
 * others which rule they are about, by two loads.
 */
struct kap_ports {
	const u32 *page[256];
};

/**
 * kap_ports_ref - where the rules about a port are
 * @ports: table
 * @port: service port, in host order
 *
 * Context: any.
 * Return: the reference.
 */
static inline u32 kap_ports_ref(const struct kap_ports *ports, u16 port)
{
	return ports->page[port >> 8][(u8)port];
}

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

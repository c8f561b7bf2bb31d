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

/*
 * A reference: nothing, one rule (its place in matching order), or a node.
 * SURE: whoever comes here matches the rule. Node 0 is never used.
 */
#define KAP_REF_NONE	0U
#define KAP_REF_RULE	0x80000000U
#define KAP_REF_SURE	0x40000000U
#define KAP_REF_PLACE	(~(KAP_REF_RULE | KAP_REF_SURE))

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
		      struct kap_hits *hits);
struct kap_rule *kap_index_find(const struct kap_index *ix,
				const struct kap_key *key,
				const struct kap_hits *hits);
struct kap_rule *kap_index_match(const struct kap_index *ix,
				 const struct kap_key *key);

#endif /* _KAPOLICY_INDEX_H */

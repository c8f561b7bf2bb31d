/* SPDX-License-Identifier: GPL-2.0 */
/* Inside of the classifier: how its trees are built. */
#ifndef _KAPOLICY_INDEX_BUILD_H
#define _KAPOLICY_INDEX_BUILD_H

#include "ruleset/index_cut.h"
#include "ruleset/index_tree.h"

enum kap_family { KAP_FAMILY_ANY, KAP_FAMILY_V4, KAP_FAMILY_V6 };

enum kap_level { KAP_BELOW, KAP_TOP, KAP_PAGES };

/**
 * struct kap_build - a tree in the making
 * @ix: the index it becomes part of
 * @budget: copies of rules still to be handed out
 */
struct kap_build {
	struct kap_index *ix;
	u32 budget;
};

/**
 * struct kap_branch - where a list of rules hangs in a tree
 * @list: their places in matching order, ascending
 * @n: how many
 * @cut: fields cut by above
 * @sure: fields all of them match here
 * @family: that of the connections that come here
 * @level: below other nodes, where a search begins, or the table of ports.c
 */
struct kap_branch {
	const u32 *list;
	u32 n;
	u32 cut;
	u32 sure;
	enum kap_family family;
	enum kap_level level;
};

/* index_node.c */
int kap_node_none(struct kap_index *ix);
int kap_node_try(struct kap_index *ix, const struct kap_branch *br, u32 *ref);
int kap_node_cut(struct kap_index *ix, u32 best, u32 field, bool top,
		 const struct kap_half *half, const u32 *refs, u32 *ref);
int kap_node_six(struct kap_index *ix, u32 best, u32 field,
		 const struct kap_half *half, const u32 *refs, u32 *ref);
int kap_node_family(struct kap_index *ix, u32 best, u32 v4, u32 v6, u32 *ref);
int kap_vec_trim(struct kap_vec *vec);

/* index_branch.c */
u32 kap_branch_budget(const struct kap_index *ix, const u32 *list, u32 n);
void kap_branch_trim(const struct kap_index *ix, struct kap_branch *br);
int kap_branch_cut(struct kap_build *b, const struct kap_branch *br,
		   struct kap_cut *c, u32 ref[2]);
int kap_branch_build(struct kap_build *b, const struct kap_branch *br,
		     u32 *ref);

/* index_tops.c */
int kap_tops_build(struct kap_index *ix, const u32 *list, u32 n);

/* ports.c */
int kap_ports_build(struct kap_index *ix, const struct kap_half *half,
		    const u32 *refs);
void kap_ports_free(struct kap_ports *ports);

#endif /* _KAPOLICY_INDEX_BUILD_H */

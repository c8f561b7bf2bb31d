/* SPDX-License-Identifier: GPL-2.0 */
/* Inside of the classifier: index.c looks up in what index_build.c builds. */
#ifndef _KAPOLICY_INDEX_TREE_H
#define _KAPOLICY_INDEX_TREE_H

#include "index.h"
#include "patterns.h"

/* In place of a field: the node is a list of rules to try in order. */
#define KAP_NODE_LIST	KAP_INDEXED_FIELDS

/**
 * struct kap_node - one decision
 * @best: no rule below stands earlier in matching order than this
 * @rest: where to look on for rules that do not depend on @field
 * @n: intervals, of IPv4 for an address field; rules of a list
 * @n6: intervals of IPv6
 * @first: lower bound of the first interval in cut[], or first rule in list[]
 * @first6: the same in cut6[]
 * @child: child[] of the first interval; those of IPv6 follow
 * @field: what it cuts by: enum kap_field, or KAP_NODE_LIST
 * @shift: 2^shift values share an entry of table[]
 * @table: table[] of where in the intervals a search begins and ends;
 *	0: no table, there are few
 */
struct kap_node {
	u32 best;
	u32 rest;
	u32 n;
	u32 n6;
	u32 first;
	u32 first6;
	u32 child;
	u16 field;
	u16 shift;
	u32 table;
};

/* An array that grows while the index is built. */
struct kap_vec {
	void *v;
	u32 n;
	u32 room;
	u32 size;	/* of one element */
};

/**
 * struct kap_index - the classifier of one rule set; constant once built
 * @rules: the rules in matching order; they belong to the rule set
 * @n: how many
 * @any: reference of the rules without cgroup=
 * @ports: in place of @any, or NULL
 * @n_patterns: distinct cgroup= patterns
 * @pattern: reference of the rules of each pattern
 * @text: the patterns, as the rules have them
 * @patterns: finds the numbers of the patterns that match a path
 * @node: struct kap_node
 * @cut: u32 lower bounds, ascending in each node, the first 0
 * @cut6: struct kap_addr lower bounds, likewise
 * @table: u32 numbers of intervals in their node
 * @child: u32 references
 * @list: u32 places in matching order
 */
struct kap_index {
	struct kap_rule *const *rules;
	u32 n;
	u32 any;
	struct kap_ports *ports;
	u32 n_patterns;
	u32 *pattern;
	const char **text;
	struct kap_patterns *patterns;
	struct kap_vec node;
	struct kap_vec cut;
	struct kap_vec cut6;
	struct kap_vec table;
	struct kap_vec child;
	struct kap_vec list;
};

int kap_ports_build(struct kap_index *ix);
void kap_ports_free(struct kap_ports *ports);
int kap_index_tree(struct kap_index *ix, const u32 *list, u32 n, u32 *ref);

#endif /* _KAPOLICY_INDEX_TREE_H */

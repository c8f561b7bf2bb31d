/* SPDX-License-Identifier: GPL-2.0 */
/* Inside of the classifier: how one node cuts its rules by one field. */
#ifndef _KAPOLICY_INDEX_CUT_H
#define _KAPOLICY_INDEX_CUT_H

#include "rule/rule.h"

/* The fields the trees are about: all but the cgroup. */
#define KAP_INDEXED_MASK	(BIT(KAP_INDEXED_FIELDS) - 1)

/* Copies that are too few to ask what they are worth. */
#define KAP_CUT_FREE		16384

/**
 * struct kap_half - intervals of one address family, or of a u32 field
 * @bound: their lower bounds, ascending, the first 0
 * @n: how many; 0 when no rule has any
 * @start: where the rules of interval i start in @list; n + 1 of them
 * @list: places in matching order, ascending in each interval
 */
struct kap_half {
	struct kap_addr *bound;
	u32 n;
	u32 *start;
	u32 *list;
};

/**
 * struct kap_cut - a list of rules, cut by one field
 * @field: the field
 * @sure: fields that all its rules are known to match
 * @cost: rules a connection meets on average if cut so
 * @own: intervals the rules of the list have there, as they are written
 * @limit: rules that cover this many intervals or more go to @rest
 * @half: intervals: of IPv4 and of IPv6, or only the first
 * @span: intervals each rule of the list covers; 0: does not use the field
 * @rest: rules that are not told apart by this cut, in matching order
 * @n_rest: how many
 */
struct kap_cut {
	u32 field;
	u32 sure;
	u64 cost;
	u32 own;
	u32 limit;
	struct kap_half half[2];
	u32 *span;
	u32 *rest;
	u32 n_rest;
};

int kap_cut_plan(struct kap_cut *c, struct kap_rule *const *rules,
		 const u32 *list, u32 n, u32 budget);
int kap_cut_paint(struct kap_cut *c, struct kap_rule *const *rules,
		  const u32 *list, u32 n);
u32 kap_cut_copies(const struct kap_cut *c);
void kap_cut_free(struct kap_cut *c);

#endif /* _KAPOLICY_INDEX_CUT_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* Inside of the classifier: what index.c searches. */
#ifndef _KAPOLICY_INDEX_TREE_H
#define _KAPOLICY_INDEX_TREE_H

#include "ruleset/patterns.h"
#include "ruleset/ref.h"

struct kap_rule;

/*
 * What a reference without KAP_REF_RULE leads to: with KAP_REF_LIST a list of
 * where tests begin, ended by 0; with KAP_REF_BITS a struct kap_bits; else a
 * struct kap_node.
 */
#define KAP_REF_LIST	0x40000000U
#define KAP_REF_BITS	0x20000000U
#define KAP_REF_LEAF	(KAP_REF_RULE | KAP_REF_LIST | KAP_REF_BITS)
#define KAP_REF_WORD	(KAP_REF_BITS - 1)

/**
 * struct kap_node - intervals of one word of the key, each with a reference
 * @best: no rule below or in @rest stands earlier in matching order
 * @rest: reference of the rules that stand in no table up to here
 * @at: word of the key
 * @n: number of bounds; there is an interval more
 * @base: the first bound
 * @shift: 2^shift values from @base on share an element of the table
 * @last: last element of the table but one
 * @word: the table: number of bounds that are not above the first value of
 *	each stretch, @last + 2 of them; then the bounds; then the references
 */
struct kap_node {
	u32 best;
	u32 rest;
	u32 at;
	u32 n;
	u32 base;
	u32 shift;
	u32 last;
	u32 word[];
};

/**
 * struct kap_dim - a word of the key that is divided into stretches
 * @at: word of the key
 * @n: number of bounds; there is a stretch more
 * @bounds: word of the index where they are
 * @map: element of kap_index.map where the bitmaps of the stretches are. A bit
 *	is set when the rule covers any of the stretch
 */
struct kap_dim {
	u32 at;
	u32 n;
	u32 bounds;
	u32 map;
};

/**
 * struct kap_bits - a long list of rules, with a bit for each
 * @n: how many rules
 * @list: word of the index where the list of their tests is
 * @n_dims: elements of @dim
 * @dim: the words of the key that they are about
 */
struct kap_bits {
	u32 n;
	u32 list;
	u32 n_dims;
	struct kap_dim dim[];
};

/**
 * struct kap_test - one condition of a rule
 * @place: place of the rule in matching order
 * @at: word of the key
 * @ask: KAP_ASK_* bits: what else has to be true
 * @lo: least value
 * @span: greatest value less the least
 */
struct kap_test {
	u32 place;
	u16 at;
	u16 ask;
	u32 lo;
	u32 span;
};

#define KAP_ASK_NEXT	1	/* the next test, which is of the same rule */
#define KAP_ASK_RULE	2	/* the rule itself: it has lists */

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
 * @any: reference of the rules without cgroup= and without addresses
 * @family: the same of those with addresses, indexed by kap_key.v4
 * @ports: in place of @any and @family, or NULL
 * @pattern: reference of the rules of each cgroup= pattern
 * @patterns: finds the patterns that match a path; NULL when there are none
 * @word: nodes, lists and tests. The test at word 0 ends each list
 * @map: u64 bitmaps
 */
struct kap_index {
	struct kap_rule *const *rules;
	u32 n;
	u32 any;
	u32 family[2];
	struct kap_ports *ports;
	u32 *pattern;
	struct kap_patterns *patterns;
	struct kap_vec word;
	struct kap_vec map;
};

#endif /* _KAPOLICY_INDEX_TREE_H */

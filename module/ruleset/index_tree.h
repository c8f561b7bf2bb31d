/* SPDX-License-Identifier: GPL-2.0 */
/* Inside of the classifier: what index.c looks up in. */
#ifndef _KAPOLICY_INDEX_TREE_H
#define _KAPOLICY_INDEX_TREE_H

#include "rule/rule.h"
#include "ruleset/patterns.h"
#include "ruleset/ref.h"

enum kap_kind {
	KAP_FEW,	/* intervals of one field, to be searched */
	KAP_MANY,	/* the same, by a table */
	KAP_SIX,	/* the same for IPv6 addresses */
	KAP_FAMILY,	/* a node for IPv4, another for IPv6 */
};

/**
 * struct kap_node - a decision: the head of what is in word[]
 * @best: no rule below stands earlier in matching order than this
 * @rest: where to look on for rules that do not depend on this node
 * @kind: enum kap_kind
 * @at: word of the key that it is about; for KAP_SIX, which address
 * @shift: 2^shift values share an entry of the table
 * @n: intervals of KAP_FEW
 * @word: KAP_FEW: n - 1 bounds, n references. KAP_MANY: struct kap_many.
 *	KAP_SIX: struct kap_six. KAP_FAMILY: two references
 */
struct kap_node {
	u32 best;
	u32 rest;
	u8 kind;
	u8 at;
	u8 shift;
	u32 n;
	u32 word[];
};

#define KAP_NODE_WORDS	(sizeof(struct kap_node) / sizeof(u32))

/**
 * struct kap_test - one condition of a rule
 *
 * Those of some rules follow each other, in matching order; the place
 * U32_MAX, without more, ends them.
 *
 * @place: the rule's, in matching order
 * @at: word of the key
 * @ask: more that has to be true: KAP_ASK_* bits
 * @skip: bytes to the first test of the next rule
 * @lo: least value
 * @span: greatest value less the least
 */
struct kap_test {
	u32 place;
	u8 at;
	u8 ask;
	u16 skip;
	u32 lo;
	u32 span;
};

#define KAP_ASK_V4	BIT(0)	/* the connection is of IPv4 */
#define KAP_ASK_RULE	BIT(1)	/* the rule itself, for it takes more than that */
#define KAP_ASK_NEXT	BIT(2)	/* the next test, which is of the same rule */

/*
 * In a table: a stretch of values that lie in several intervals, and which
 * block tells them apart. Any other entry is a reference.
 */
#define KAP_REF_SEARCH	0x20000000U

#define KAP_WORDS_MAX	KAP_REF_SEARCH	/* so that references tell them all */

/**
 * struct kap_many - intervals of a field, and how to find one
 * @base: the second bound
 * @span: the last bound less @base
 * @below: reference of the first interval
 * @above: reference of the last one
 * @table: for each stretch of values from @base on, its reference; or a block:
 *	the number n of its intervals, their n - 1 bounds, their references
 */
struct kap_many {
	u32 base;
	u32 span;
	u32 below;
	u32 above;
	u32 table[];
};

/**
 * struct kap_six - the same for IPv6 addresses; by the upper half of them
 * @base: the second bound
 * @span: the last bound less @base
 * @below: reference of what is less
 * @above: reference of what is greater
 * @table: as in struct kap_many, but a block is: the number n of its
 *	intervals, where in cut6[] their n - 1 bounds are, their references
 */
struct kap_six {
	u64 base;
	u64 span;
	u32 below;
	u32 above;
	u32 table[];
};

/* An array that grows while the index is built. */
struct kap_vec {
	void *v;
	u32 n;
	u32 room;
	u32 size;	/* of one element */
};

/**
 * struct kap_tops - trees a search begins with
 * @n: how many
 * @many: the nodes they begin with, of kind KAP_MANY
 */
struct kap_tops {
	u32 n;
	u32 many[KAP_INDEXED_FIELDS];
};

/**
 * struct kap_index - the classifier of one rule set; constant once built
 * @rules: the rules in matching order; they belong to the rule set
 * @n: how many
 * @tops: trees of rules without cgroup=, indexed by kap_key.v4
 * @n_six: further trees for IPv6
 * @six: the nodes they begin with, of kind KAP_SIX
 * @left: reference of rules that none of these trees wanted
 * @ports: in place of all these, or NULL
 * @n_patterns: distinct cgroup= patterns
 * @pattern: reference of the rules of each pattern
 * @text: the patterns, as the rules have them
 * @patterns: finds the numbers of the patterns that match a path
 * @word: nodes
 * @cut6: struct kap_addr, bounds of KAP_SIX
 */
struct kap_index {
	struct kap_rule *const *rules;
	u32 n;
	struct kap_tops tops[2];
	u32 n_six;
	u32 six[2];
	u32 left;
	struct kap_ports *ports;
	u32 n_patterns;
	u32 *pattern;
	const char **text;
	struct kap_patterns *patterns;
	struct kap_vec word;
	struct kap_vec cut6;
};

/**
 * kap_index_node - the node of a reference
 * @ix: index
 * @ref: reference of a node
 *
 * Context: any.
 * Return: the node.
 */
static inline struct kap_node *kap_index_node(const struct kap_index *ix,
					      u32 ref)
{
	return (struct kap_node *)((u32 *)ix->word.v + ref);
}

#endif /* _KAPOLICY_INDEX_TREE_H */

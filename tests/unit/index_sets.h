/* SPDX-License-Identifier: GPL-2.0 */
/* Random rule sets of several kinds, and connections at their edges. */
#ifndef _KAPOLICY_INDEX_SETS_H
#define _KAPOLICY_INDEX_SETS_H

#include "rnd.h"
#include "rule/rule.h"

/* Longest text a generator writes. */
#define RULE_TEXT 1024

/**
 * struct set_kind - a kind of rule set
 * @name: what its rules look like
 * @rule: writes the text of rule @i of @n
 * @adversarial: meant to blow an index up; at 65,536 rules its memory is told
 */
struct set_kind {
	const char *name;
	void (*rule)(struct rnd *r, u32 i, u32 n, char *text);
	bool adversarial;
};

extern const struct set_kind set_kinds[];
extern const u32 n_set_kinds;

/**
 * struct rule_set - rules in matching order
 * @n: how many
 * @rule: the rules
 */
struct rule_set {
	u32 n;
	struct kap_rule **rule;
};

void set_make(struct rule_set *set, const struct set_kind *kind, u32 n,
	      struct rnd *r);
void set_free(struct rule_set *set);
void path_random(struct rnd *r, char *path);
void conn_random(const struct rule_set *set, struct rnd *r, struct kap_key *key,
		 char *path);

/* Longest path path_random() and conn_random() write. */
#define PATH_ROOM 512

#endif /* _KAPOLICY_INDEX_SETS_H */

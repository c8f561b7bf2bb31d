/* SPDX-License-Identifier: GPL-2.0 */
/* A rule set in the making: a copy of the present one, being edited. */
#ifndef _KAPOLICY_STAGE_H
#define _KAPOLICY_STAGE_H

#include "rule/errors.h"
#include "rule/rule.h"

struct kap_ruleset;

/* One rule; NULL when it has been deleted, but its id still orders the rest. */
struct kap_stage_entry {
	u64 id;
	struct kap_rule *rule;
};

/**
 * struct kap_stage - rules being edited; nobody else sees them
 * @entry: by ascending id, each with a reference on its rule
 * @n: entries, deleted ones included
 * @room: entries there is memory for
 * @live: entries that are not deleted
 * @next_id: id the next rule gets
 * @generation: of the rule set it started from
 * @changed: something was added or deleted
 * @names: hash table of entry numbers plus one; 0: free. NULL until needed
 * @names_mask: its size less one
 * @names_used: slots taken, those of deleted rules included
 *
 * Protected by the write lock of txn.c.
 */
struct kap_stage {
	struct kap_stage_entry *entry;
	u32 n;
	u32 room;
	u32 live;
	u64 next_id;
	u64 generation;
	bool changed;
	u32 *names;
	u32 names_mask;
	u32 names_used;
};

struct kap_stage *kap_stage_alloc(const struct kap_ruleset *from);
void kap_stage_free(struct kap_stage *st);
enum kap_error __must_check kap_stage_add(struct kap_stage *st,
					  struct kap_rule *rule, u32 max_rules);
enum kap_error __must_check kap_stage_del_id(struct kap_stage *st, u64 id);
enum kap_error __must_check kap_stage_del_name(struct kap_stage *st,
					       const char *name);
void kap_stage_flush(struct kap_stage *st);
struct kap_ruleset *kap_stage_build(const struct kap_stage *st);

#endif /* _KAPOLICY_STAGE_H */

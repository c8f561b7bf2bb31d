/* SPDX-License-Identifier: GPL-2.0 */
/* A rule set in the making: a copy of the present one, being edited. */
#ifndef _KAPOLICY_STAGE_H
#define _KAPOLICY_STAGE_H

#include "rule/errors.h"
#include "rule/rule.h"

struct kap_ruleset;

/**
 * struct kap_stage - rules being edited; nobody else sees them
 * @from: the rule set that is edited, with a reference
 * @rule: rules in the order they were added in; NULL: deleted. The first
 *	@n_old are those of @from, whose references they need not take
 * @n_old: elements of @rule that come from @from; 0 after a flush
 * @n: elements of @rule, deleted ones included
 * @room: elements of @rule there is memory for
 * @live: rules that have not been deleted
 * @names: hash table by name: numbers of elements plus one; 0: free slot. NULL
 *	until it is needed
 * @names_mask: its size minus one
 * @names_used: slots that are taken, those of deleted rules included
 * @ids: hash table of the first @n_old by id, likewise; a new rule has no id yet
 * @ids_bits: binary logarithm of its size
 * @overlap: ids of the rules between which too many overlap; 0: none. Written by
 *	kap_stage_build()
 *
 * A stage belongs to one writer: protected by the lock "writing" of write.c.
 */
struct kap_stage {
	struct kap_ruleset *from;
	struct kap_rule **rule;
	u32 n_old;
	u32 n;
	u32 room;
	u32 live;
	u64 overlap[2];
	u32 *names;
	u32 names_mask;
	u32 names_used;
	u32 *ids;
	u32 ids_bits;
};

struct kap_stage *kap_stage_alloc(struct kap_ruleset *from);
void kap_stage_free(struct kap_stage *st);
enum kap_error __must_check kap_stage_add(struct kap_stage *st,
					  struct kap_rule *rule, u32 max_rules);
enum kap_error __must_check kap_stage_del_id(struct kap_stage *st, u64 id);
enum kap_error __must_check kap_stage_del_name(struct kap_stage *st,
					       const char *name);
void kap_stage_flush(struct kap_stage *st);
struct kap_ruleset *kap_stage_build(struct kap_stage *st);

#endif /* _KAPOLICY_STAGE_H */

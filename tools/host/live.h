/* SPDX-License-Identifier: GPL-2.0 */
/* The rules in force, with their counters. */
#ifndef _KAPCTL_LIVE_H
#define _KAPCTL_LIVE_H

#include "rules/rules.h"

/**
 * struct kap_live - what the module has
 * @enabled: whether it touches connections
 * @generation: number of changes to the rules
 * @max_rules: how many there can be
 * @text: the rules as the module prints them
 * @rules: the same, parsed, in matching order; with their counts
 */
struct kap_live {
	unsigned long long enabled;
	unsigned long long generation;
	unsigned long long max_rules;
	struct kap_source text;
	struct kap_rules rules;
};

bool kap_live_read(struct kap_live *live);
bool kap_live_read_rules(struct kap_live *live);
bool kap_live_peek(struct kap_live *live);
u64 kap_live_id(const struct kap_rule *rule);
void kap_live_note_disabled(void);
void kap_live_free(struct kap_live *live);

#endif /* _KAPCTL_LIVE_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* Rules, and the text, line and columns that each comes from. */
#ifndef _KAPCTL_RULES_H
#define _KAPCTL_RULES_H

#include "rule/parse.h"
#include "rules/source.h"

/**
 * struct kap_entry - a rule of a text
 * @rule: the rule
 * @source: the text
 * @line: its line
 * @where: columns of the rule
 * @key: columns of each of its keys with their values
 */
struct kap_entry {
	struct kap_rule *rule;
	const struct kap_source *source;
	struct kap_line line;
	struct kap_span where;
	struct kap_span key[KAP_KEY_NR];
};

/**
 * struct kap_rules - the rules of one or more texts
 * @v: in the order of the texts
 * @n: how many
 * @room: how many @v has room for
 * @names: the rules that have a name, a tree of tsearch()
 */
struct kap_rules {
	struct kap_entry *v;
	size_t n;
	size_t room;
	void *names;
};

bool kap_rules_parse(struct kap_rules *rules, const struct kap_source *source);
const struct kap_rule *kap_rules_namesake(const struct kap_rules *rules,
					  const struct kap_rule *rule);
void kap_rules_append(struct kap_rules *rules, const struct kap_entry *entry);
void kap_rules_free(struct kap_rules *rules);
struct kap_entry **kap_rules_order(const struct kap_rules *rules);
char *kap_entry_name(const struct kap_entry *e, const struct kap_source *from);

#endif /* _KAPCTL_RULES_H */

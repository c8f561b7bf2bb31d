// SPDX-License-Identifier: GPL-2.0
#include "cmd/show_rule.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "rules/brief.h"

static const char * const count_texts[KAP_SHOWN_NR] = {
	[KAP_SHOWN_MATCHED] = "connections it won",
	[KAP_SHOWN_APPLIED] = "of these, had at least one option changed",
	[KAP_SHOWN_APP_SET] = "of these, had set everything themselves",
	[KAP_SHOWN_HELD] = "later changes by programs, put right or followed",
	[KAP_SHOWN_TIMED_OUT] = "of these, ended because the peer was dead",
};

static const char * const count_names[KAP_SHOWN_NR] = {
#define X(id, text) [KAP_SHOWN_##id] = text,
	KAP_COUNTS(X)
#undef X
};

/* Say in words what the rule does to a connection. */
static const char *mode_text(const struct kap_rule *rule)
{
	if (!rule->opts)
		return "skip: leaves the connection alone";
	switch (rule->mode) {
	case KAP_CLAMP:
		return "clamp: also lowers what the application set above";
	case KAP_FORCE:
		return "force: whatever the application sets";
	default:
		return "default: only what the application left unset";
	}
}

/* One word of the rule a line, long lists on several. */
static void add_words(struct kap_table *t, const char *label, char *words)
{
	char *word, *rest = words;

	while ((word = strsep(&rest, " "))) {
		kap_table_cell(t, KAP_BOLD, "%s", label);
		kap_table_cell(t, KAP_PLAIN, "%s", word);
		label = "";
	}
}

static void add_finds(struct kap_table *t, const struct kap_rule *rule)
{
	const struct kap_values *v = &rule->values;
	unsigned int times = KAP_OPT_IDLE | KAP_OPT_INTVL | KAP_OPT_CNT;

	if ((rule->opts & times) != times || !v->keepalive)
		return;
	kap_table_cell(t, KAP_BOLD, "finds");
	kap_table_cell(t, KAP_PLAIN, "a dead peer of an idle connection after %us",
		       v->idle + v->intvl * v->cnt);
	if (!v->user_timeout)
		return;
	kap_table_cell(t, KAP_BOLD, "%s", "");
	kap_table_cell(t, KAP_PLAIN, "with data in flight, after %u.%03us",
		       v->user_timeout / 1000, v->user_timeout % 1000);
}

/**
 * kap_show_rule - print all there is of one rule
 * @rule: the rule, with its counters
 * @enabled: whether the module touches connections
 */
void kap_show_rule(const struct kap_rule *rule, bool enabled)
{
	static const struct kap_column columns[] = {
		{ NULL, false, false },
		{ NULL, false, true },
	};
	struct kap_table t = { .column = columns, .columns = 2 };
	char *match = kap_brief_match_all(rule);
	char *sets = kap_brief_sets_all(rule);
	u64 counts[KAP_SHOWN_NR];
	int i;

	kap_table_cell(&t, KAP_BOLD, "id");
	kap_table_cell(&t, KAP_PLAIN, "%llu", (unsigned long long)rule->id);
	kap_table_cell(&t, KAP_BOLD, "name");
	kap_table_cell(&t, KAP_CYAN, "%s", rule->name ? rule->name : "-");
	kap_table_cell(&t, KAP_BOLD, "prio");
	kap_table_cell(&t, KAP_PLAIN, "%u", rule->prio);
	add_words(&t, "match", match);
	free(match);
	add_words(&t, "sets", sets);
	free(sets);
	kap_table_cell(&t, KAP_BOLD, "mode");
	kap_table_cell(&t, KAP_PLAIN, "%s", mode_text(rule));
	add_finds(&t, rule);
	kap_rule_counts(rule, counts);
	for (i = 0; i < KAP_SHOWN_NR; i++) {
		kap_table_cell(&t, KAP_BOLD, "%s", count_names[i]);
		kap_table_cell(&t, KAP_PLAIN, "%llu %s",
			       (unsigned long long)counts[i], count_texts[i]);
	}
	kap_table_print(&t);
	if (!enabled)
		printf("but kapolicy is disabled: nothing is set\n");
}

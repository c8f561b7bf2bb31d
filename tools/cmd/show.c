// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/output.h"
#include "base/table.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "cmd/show_rule.h"
#include "host/live.h"
#include "host/sysfs.h"
#include "rule/format.h"
#include "rules/brief.h"
#include "rules/output_rule.h"
#include "rules/select.h"

enum column { ID, NAME, PRIO, MATCH, SETS, COUNTS };

static const struct kap_column columns[] = {
	[ID] = { "ID", true, false },
	[NAME] = { "NAME", false, false },
	[PRIO] = { "PRIO", true, false },
	[MATCH] = { "MATCH", false, true },
	[SETS] = { "SETS", false, false },
	[COUNTS + KAP_SHOWN_MATCHED] = { "MATCHED", true, false },
	[COUNTS + KAP_SHOWN_APPLIED] = { "APPLIED", true, false },
	[COUNTS + KAP_SHOWN_APP_SET] = { "APP_SET", true, false },
	[COUNTS + KAP_SHOWN_HELD] = { "HELD", true, false },
	[COUNTS + KAP_SHOWN_TIMED_OUT] = { "TIMED_OUT", true, false },
};

/* prio goes first: the rules are in its order. show NAME prints all columns. */
static const unsigned char drop[ARRAY_SIZE(columns)] = {
	[PRIO] = 5,
	[COUNTS + KAP_SHOWN_APP_SET] = 4,
	[COUNTS + KAP_SHOWN_HELD] = 3,
	[COUNTS + KAP_SHOWN_APPLIED] = 2,
	[COUNTS + KAP_SHOWN_TIMED_OUT] = 1,
};

static void add_row(struct kap_table *t, const struct kap_rule *rule)
{
	char sets[KAP_BRIEF_SETS], number[KAP_BRIEF_NUMBER], *match;
	u64 counts[KAP_SHOWN_NR];
	int i;

	kap_rule_counts(rule, counts);
	kap_table_cell(t, KAP_PLAIN, "%llu", (unsigned long long)rule->id);
	kap_table_cell(t, KAP_CYAN, "%s", rule->name ? rule->name : "-");
	kap_table_cell(t, KAP_PLAIN, "%u", rule->prio);
	match = kap_brief_match(rule);
	kap_table_cell(t, KAP_PLAIN, "%s", match);
	free(match);
	kap_table_cell(t, rule->opts && rule->mode == KAP_DEFAULT ? KAP_PLAIN :
								    KAP_YELLOW,
		       "%s", kap_brief_sets(rule, sets, sizeof(sets)));
	for (i = 0; i < KAP_SHOWN_NR; i++)
		kap_table_cell(t, KAP_PLAIN, "%s",
			       kap_brief_number(counts[i], number,
						sizeof(number)));
}

static void print_table(const struct kap_live *live,
			const struct kap_selection *s)
{
	struct kap_table t = {
		.column = columns,
		.columns = ARRAY_SIZE(columns),
		.drop = drop,
		.below = MATCH + 1,
	};
	size_t i;

	printf("kapolicy %s%s%s, ",
	       kap_color(stdout, live->enabled ? KAP_BOLD : KAP_RED),
	       live->enabled ? "enabled" : "disabled",
	       kap_color(stdout, KAP_PLAIN));
	if (s->n < live->rules.n)
		printf("%zu of ", s->n);
	printf("%zu rule%s, generation %llu\n", live->rules.n,
	       live->rules.n == 1 ? "" : "s", live->generation);
	for (i = 0; i < s->n; i++)
		add_row(&t, s->rule[i]);
	if (t.n)
		kap_table_print(&t);
}

static void print_json(const struct kap_live *live,
		       const struct kap_selection *s)
{
	json_t *doc = json_object(), *rules = json_array();
	size_t i;

	for (i = 0; i < s->n; i++) {
		json_t *rule = kap_output_rule(s->rule[i]);

		json_object_set_new(rule, "counters",
				    kap_output_counts(s->rule[i]));
		json_array_append_new(rules, rule);
	}
	json_object_set_new(doc, "enabled", json_boolean(live->enabled));
	json_object_set_new(doc, "generation", json_integer(live->generation));
	json_object_set_new(doc, "max_rules", json_integer(live->max_rules));
	json_object_set_new(doc, "rules", rules);
	kap_output_json(doc);
}

/* Print rules as the module does, so that they can be written back. */
static void print_lines(const struct kap_live *live,
			const struct kap_selection *s)
{
	size_t i;

	if (!live->enabled)
		puts("# kapolicy is disabled: these rules have no effect");
	for (i = 0; i < s->n; i++) {
		size_t size = kap_format_line(s->rule[i], NULL, 0) + 1;
		char *line = kap_mem_alloc(size);

		kap_format_line(s->rule[i], line, size);
		fputs(line, stdout);
		free(line);
	}
}

/* Without a selection, copy the file of the module without parsing it. */
static int print_file(void)
{
	unsigned long long enabled;
	struct kap_source text;

	if (!kap_sysfs_number("enabled", &enabled) ||
	    !kap_sysfs_source(&text, "rules"))
		return KAP_EXIT_FAILED;
	if (!enabled)
		puts("# kapolicy is disabled: these rules have no effect");
	fwrite(text.text, 1, text.len, stdout);
	kap_source_free(&text);
	return KAP_EXIT_OK;
}

static int show(const struct kap_args *args, bool table)
{
	const char *which = args->n ? args->words[0] : NULL;
	bool json = args->options & KAP_ARG_JSON;
	struct kap_selection s = { 0 };
	struct kap_live live;
	int ret = KAP_EXIT_FAILED;

	if (!kap_live_read(&live) ||
	    !kap_select(&s, &live.rules, which, args->sort,
			args->options & KAP_ARG_UNUSED))
		goto out;
	ret = KAP_EXIT_OK;
	if (json)
		print_json(&live, &s);
	else if (which && table && s.n)
		kap_show_rule(s.rule[0], live.enabled);
	else if (table)
		print_table(&live, &s);
	else
		print_lines(&live, &s);
out:
	free(s.rule);
	kap_live_free(&live);
	return ret;
}

static int run(const struct kap_args *args)
{
	bool table = kap_output_is_tty() || (args->options & KAP_ARG_TABLE);
	bool all = !args->n && !(args->options & (KAP_ARG_UNUSED | KAP_ARG_SORT));
	int ret;

	if (args->sort && !kap_select_key(args->sort)) {
		kap_diag_error("cannot sort by %s, only by: %s", args->sort,
			       KAP_SELECT_KEYS);
		return KAP_EXIT_USAGE;
	}
	ret = kap_sysfs_require();
	if (ret != KAP_EXIT_OK)
		return ret;
	if (args->options & KAP_ARG_TABLE)
		kap_table_set_always();
	if (all && !table && !(args->options & KAP_ARG_JSON))
		return print_file();
	return show(args, table);
}

const struct kap_command cmd_show = {
	.name = "show",
	.operands = "[NAME | id=N]",
	.summary = "show the rules in force and what they do",
	.help = "On a terminal, a table: as many columns as fit, long matches below. Elsewhere,\n"
		"the rules one a line, as the module prints them: add KEY=VALUE ...  # id=N\n"
		"With NAME or id=N, all there is of one rule.\n"
		"KEY is one of: " KAP_SELECT_KEYS "\n",
	.options = KAP_ARG_TABLE | KAP_ARG_UNUSED | KAP_ARG_SORT,
	.max = 1,
	.run = run,
};

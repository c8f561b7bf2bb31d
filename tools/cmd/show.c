// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/output.h"
#include "base/table.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "host/live.h"
#include "host/sysfs.h"
#include "rule/format.h"
#include "rules/output_rule.h"

static const struct kap_column columns[] = {
	{ "ID", true, false },
	{ "NAME", false, false },
	{ "PRIO", true, false },
	{ "MATCH", false, true },
	{ "SETS", false, true },
	{ "MODE", false, false },
	{ "MATCHED", true, false },
	{ "APPLIED", true, false },
	{ "APP_SET", true, false },
	{ "HELD", true, false },
	{ "TIMED_OUT", true, false },
};

/* The match keys of a rule, as it would be written to do nothing else. */
static void cell_match(struct kap_table *t, const struct kap_rule *rule)
{
	static const char skip[] = "action=skip";
	struct kap_rule r = *rule;
	char text[KAP_FORMAT_MAX];
	size_t len;

	r.name = NULL;
	r.prio = KAP_PRIO_DEFAULT;
	r.opts = 0;
	r.mode = KAP_DEFAULT;
	len = kap_format_rule(&r, text, sizeof(text)) - strlen(skip);
	text[len ? len - 1 : 0] = '\0';
	kap_table_cell(t, KAP_PLAIN, "%s", len ? text : "all");
}

static void cell_sets(struct kap_table *t, const struct kap_rule *rule)
{
	unsigned int opts = rule->opts;
	char text[256];

	if (!opts) {
		kap_table_cell(t, KAP_YELLOW, "skip");
		return;
	}
	/* the times say it already */
	if ((opts & (KAP_OPT_IDLE | KAP_OPT_INTVL | KAP_OPT_CNT)) &&
	    rule->values.keepalive)
		opts &= ~KAP_OPT_KEEPALIVE;
	kap_format_values(&rule->values, opts, text, sizeof(text));
	kap_table_cell(t, KAP_PLAIN, "%s", text);
}

static void row(struct kap_table *t, const struct kap_rule *rule)
{
	static const char * const modes[] = {
		[KAP_DEFAULT] = "default",
		[KAP_CLAMP] = "clamp",
		[KAP_FORCE] = "force",
	};
	u64 counts[KAP_SHOWN_NR];
	int i;

	kap_rule_counts(rule, counts);
	kap_table_cell(t, KAP_PLAIN, "%llu", (unsigned long long)rule->id);
	kap_table_cell(t, KAP_CYAN, "%s", rule->name ? rule->name : "-");
	kap_table_cell(t, KAP_PLAIN, "%u", rule->prio);
	cell_match(t, rule);
	cell_sets(t, rule);
	kap_table_cell(t, rule->mode == KAP_DEFAULT ? KAP_PLAIN : KAP_YELLOW,
		       "%s", rule->opts ? modes[rule->mode] : "-");
	for (i = 0; i < KAP_SHOWN_NR; i++)
		kap_table_cell(t, KAP_PLAIN, "%llu",
			       (unsigned long long)counts[i]);
}

static void print_table(const struct kap_live *live)
{
	struct kap_table t = {
		.column = columns,
		.columns = ARRAY_SIZE(columns),
	};
	size_t i;

	printf("kapolicy %s%s%s, generation %llu, %zu rule%s\n",
	       kap_color(stdout, live->enabled ? KAP_BOLD : KAP_RED),
	       live->enabled ? "enabled" : "disabled",
	       kap_color(stdout, KAP_PLAIN), live->generation, live->rules.n,
	       live->rules.n == 1 ? "" : "s");
	for (i = 0; i < live->rules.n; i++)
		row(&t, live->rules.v[i].rule);
	if (t.n)
		kap_table_print(&t);
}

static void print_json(const struct kap_live *live)
{
	json_t *doc = json_object(), *rules = json_array();
	size_t i;

	for (i = 0; i < live->rules.n; i++) {
		const struct kap_rule *r = live->rules.v[i].rule;
		json_t *rule = kap_output_rule(r);

		json_object_set_new(rule, "counters", kap_output_counts(r));
		json_array_append_new(rules, rule);
	}
	json_object_set_new(doc, "enabled", json_boolean(live->enabled));
	json_object_set_new(doc, "generation", json_integer(live->generation));
	json_object_set_new(doc, "max_rules", json_integer(live->max_rules));
	json_object_set_new(doc, "rules", rules);
	kap_output_json(doc);
}

/* As the module has it: what is piped can be written back, or compared. */
static int print_lines(void)
{
	struct kap_source text;

	if (!kap_sysfs_source(&text, "rules"))
		return KAP_EXIT_FAILED;
	fwrite(text.text, 1, text.len, stdout);
	kap_source_free(&text);
	return KAP_EXIT_OK;
}

static int run(const struct kap_args *args)
{
	bool json = args->options & KAP_ARG_JSON;
	int ret = kap_sysfs_require();
	struct kap_live live;

	if (ret != KAP_EXIT_OK)
		return ret;
	if (!json && !kap_output_is_tty())
		return print_lines();
	if (!kap_live_read(&live))
		ret = KAP_EXIT_FAILED;
	else if (json)
		print_json(&live);
	else
		print_table(&live);
	kap_live_free(&live);
	return ret;
}

const struct kap_command cmd_show = {
	.name = "show",
	.operands = "",
	.summary = "show the rules in force and what they do",
	.help = "On a terminal, a table. Elsewhere, the rules one a line, as the module prints\n"
		"them: add KEY=VALUE ...  # id=N\n",
	.run = run,
};

// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>

#include "base/output.h"
#include "base/table.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "host/live.h"
#include "host/sysfs.h"
#include "rule/format.h"
#include "rules/brief.h"
#include "rules/output_rule.h"

/* The files of stats/, and what they count. */
static const struct {
	const char *name;
	const char *help;
} totals[] = {
	{ "connections", "TCP connections seen." },
	{ "matched", "Connections a rule matched." },
	{ "applied", "Connections with at least one option changed." },
	{ "app_set", "Connections whose application had set all the rule sets." },
	{ "held", "Later changes by programs that were put right or followed." },
	{ "timed_out", "Matched connections that ended because the peer was dead." },
};

#define N_TOTALS	ARRAY_SIZE(totals)

static const struct {
	const char *name;
	const char *help;
} counts[KAP_SHOWN_NR] = {
	[KAP_SHOWN_MATCHED] = { "matched", "Connections this rule won." },
	[KAP_SHOWN_APPLIED] = { "applied",
		"Of these, connections with at least one option changed." },
	[KAP_SHOWN_APP_SET] = { "app_set",
		"Of these, connections whose application had set all the rule sets." },
	[KAP_SHOWN_HELD] = { "held",
		"Later changes by programs that were put right or followed." },
	[KAP_SHOWN_TIMED_OUT] = { "timed_out",
		"Of these, connections that ended because the peer was dead." },
};

static bool read_totals(unsigned long long *total)
{
	char name[32];
	size_t i;

	for (i = 0; i < N_TOTALS; i++) {
		snprintf(name, sizeof(name), "stats/%s", totals[i].name);
		if (!kap_sysfs_number(name, &total[i]))
			return false;
	}
	return true;
}

static void metric(const char *name, const char *type, const char *help)
{
	printf("# HELP kapolicy_%s %s\n# TYPE kapolicy_%s %s\n", name, help,
	       name, type);
}

static void gauge(const char *name, const char *help, unsigned long long value)
{
	metric(name, "gauge", help);
	printf("kapolicy_%s %llu\n", name, value);
}

/* Names of rules need no escapes: the parser refuses quotes and backslashes. */
static void print_prometheus(const struct kap_live *live,
			     const unsigned long long *total)
{
	char name[64];
	size_t i, j;

	gauge("enabled", "Whether the rules are applied to new connections.",
	      live->enabled);
	gauge("rules", "Number of rules.", live->rules.n);
	gauge("max_rules", "Largest number of rules allowed.", live->max_rules);
	metric("changes_total", "counter", "Changes of the rules.");
	printf("kapolicy_changes_total %llu\n", live->generation);
	for (i = 0; i < N_TOTALS; i++) {
		snprintf(name, sizeof(name), "%s_total", totals[i].name);
		metric(name, "counter", totals[i].help);
		printf("kapolicy_%s %llu\n", name, total[i]);
	}
	for (i = 0; i < KAP_SHOWN_NR; i++) {
		snprintf(name, sizeof(name), "rule_%s_total", counts[i].name);
		metric(name, "counter", counts[i].help);
		for (j = 0; j < live->rules.n; j++) {
			const struct kap_rule *r = live->rules.v[j].rule;
			u64 counts[KAP_SHOWN_NR];

			kap_rule_counts(r, counts);
			printf("kapolicy_%s{id=\"%llu\",name=\"%s\"} %llu\n",
			       name, (unsigned long long)r->id,
			       r->name ? r->name : "",
			       (unsigned long long)counts[i]);
		}
	}
}

static void print_json(const struct kap_live *live,
		       const unsigned long long *total)
{
	json_t *doc = json_object(), *all = json_object(), *list = json_array();
	size_t i;

	for (i = 0; i < N_TOTALS; i++)
		json_object_set_new(all, totals[i].name,
				    json_integer(total[i]));
	for (i = 0; i < live->rules.n; i++) {
		const struct kap_rule *r = live->rules.v[i].rule;
		json_t *o = json_object();

		json_object_set_new(o, "id", json_integer(r->id));
		if (r->name)
			json_object_set_new(o, "name", json_string(r->name));
		json_object_set_new(o, "counters", kap_output_counts(r));
		json_array_append_new(list, o);
	}
	json_object_set_new(doc, "stats", all);
	json_object_set_new(doc, "rules", list);
	kap_output_json(doc);
}

static void print_totals(const unsigned long long *total)
{
	static const struct kap_column columns[] = {
		{ NULL, false, false }, { NULL, true, false }, { NULL, false, true },
	};
	struct kap_table t = {
		.column = columns,
		.columns = ARRAY_SIZE(columns),
	};
	size_t i;

	for (i = 0; i < N_TOTALS; i++) {
		kap_table_cell(&t, KAP_PLAIN, "%s", totals[i].name);
		kap_table_cell(&t, KAP_PLAIN, "%llu", total[i]);
		kap_table_cell(&t, KAP_PLAIN, "%s", totals[i].help);
	}
	kap_table_print(&t);
}

/* Numbers are rounded; show NAME prints them in full. */
static void print_table(const struct kap_live *live,
			const unsigned long long *total)
{
	static const struct kap_column columns[] = {
		{ "ID", true, false },
		{ "NAME", false, false },
		{ "MATCHED", true, false },
		{ "APPLIED", true, false },
		{ "APP_SET", true, false },
		{ "HELD", true, false },
		{ "TIMED_OUT", true, false },
	};
	static const unsigned char drop[ARRAY_SIZE(columns)] = {
		[3] = 1, [4] = 3, [5] = 2,	/* in the order that show has */
	};
	struct kap_table t = {
		.column = columns,
		.columns = ARRAY_SIZE(columns),
		.drop = drop,
	};
	char number[KAP_BRIEF_NUMBER];
	size_t i, j;

	print_totals(total);
	for (i = 0; i < live->rules.n; i++) {
		const struct kap_rule *r = live->rules.v[i].rule;
		u64 counts[KAP_SHOWN_NR];

		kap_rule_counts(r, counts);
		kap_table_cell(&t, KAP_PLAIN, "%llu", (unsigned long long)r->id);
		kap_table_cell(&t, KAP_CYAN, "%s", r->name ? r->name : "-");
		for (j = 0; j < KAP_SHOWN_NR; j++)
			kap_table_cell(&t, KAP_PLAIN, "%s",
				       kap_brief_number(counts[j], number,
							sizeof(number)));
	}
	if (t.n) {
		putchar('\n');
		kap_table_print(&t);
	}
}

/* Print one line of totals, then the lines of the module, one a rule. */
static void print_lines(const struct kap_live *live,
			const unsigned long long *total)
{
	char line[KAP_FORMAT_MAX];
	size_t i;

	for (i = 0; i < N_TOTALS; i++)
		printf("%s%s=%llu", i ? " " : "", totals[i].name, total[i]);
	putchar('\n');
	for (i = 0; i < live->rules.n; i++) {
		kap_format_counters(live->rules.v[i].rule, line, sizeof(line));
		fputs(line, stdout);
	}
}

static int run(const struct kap_args *args)
{
	unsigned long long total[N_TOTALS];
	struct kap_live live = { 0 };
	int ret;

	if ((args->options & KAP_ARG_PROMETHEUS) &&
	    (args->options & KAP_ARG_JSON)) {
		kap_diag_error("--prometheus and --json exclude each other");
		return KAP_EXIT_USAGE;
	}
	ret = kap_sysfs_require();
	if (ret != KAP_EXIT_OK)
		return ret;
	if (!kap_live_read(&live) || !read_totals(total))
		ret = KAP_EXIT_FAILED;
	else if (args->options & KAP_ARG_PROMETHEUS)
		print_prometheus(&live, total);
	else if (args->options & KAP_ARG_JSON)
		print_json(&live, total);
	else if (kap_output_is_tty())
		print_table(&live, total);
	else
		print_lines(&live, total);
	kap_live_free(&live);
	return ret;
}

const struct kap_command cmd_stats = {
	.name = "stats",
	.operands = "",
	.summary = "print how many connections there were, and what became of them",
	.instead = "For one rule: kapctl show ",
	.options = KAP_ARG_PROMETHEUS,
	.run = run,
};

// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/output.h"
#include "base/table.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "rules/rules.h"
#include "see/audit.h"
#include "see/look.h"
#include "see/output_audit.h"
#include "see/output_conn.h"

#define MAX_USUAL	300000	/* ms; above it, a rule is suggested */

static const struct kap_column columns[] = {
	{ "SERVICE", false, true },
	{ "PROGRAM", false, false },
	{ "DIR", false, false },
	{ "PORT", true, false },
	{ "CONNS", true, false },
	{ "NEVER", true, false },
	{ "IDLE", true, false },
	{ "BUSY", true, false },
};

static void cell_unnoticed(struct kap_table *t, const struct kap_audit *audit,
			   const struct kap_group *g, u64 ms)
{
	char text[KAP_CONN_TEXT];

	if (g->unknown == g->n)
		kap_table_cell(t, KAP_DIM, "?");
	else
		kap_table_cell(t, ms == KAP_NEVER ? KAP_RED :
				  ms > audit->max_ms ? KAP_YELLOW : KAP_PLAIN,
			       "%s", kap_conn_duration(ms, text));
}

static void print_table(const struct kap_audit *audit)
{
	struct kap_table t = {
		.column = columns,
		.columns = ARRAY_SIZE(columns),
	};
	size_t i;

	for (i = 0; i < audit->n; i++) {
		const struct kap_group *g = &audit->v[i];
		const struct kap_conn *c = g->first;

		kap_table_cell(&t, KAP_PLAIN, "%s", c->cgroup ? c->cgroup :
								"-");
		kap_table_cell(&t, KAP_BOLD, "%s", c->owner ?
			       c->owner->program : "-");
		kap_table_cell(&t, KAP_PLAIN, "%s", c->dir == KAP_OUT ? "out" :
									"in");
		kap_table_cell(&t, KAP_PLAIN, "%u", kap_conn_service(c));
		kap_table_cell(&t, KAP_PLAIN, "%u", g->n);
		kap_table_cell(&t, KAP_PLAIN, "%u", g->never);
		cell_unnoticed(&t, audit, g, g->idle_ms);
		cell_unnoticed(&t, audit, g, g->busy_ms);
	}
	if (t.n)
		kap_table_print(&t);
}

/*
 * "# in 5432, postgres in /system.slice/postgresql.service:
 *  # 2 connections, a dead peer is noticed: idle never, busy after 15m28s"
 */
static void print_comment(const struct kap_group *g)
{
	char idle[KAP_CONN_TEXT], busy[KAP_CONN_TEXT];
	const struct kap_conn *c = g->first;

	printf("# %s %u, %s in %s:\n# %u connection%s, ",
	       c->dir == KAP_OUT ? "out" : "in", kap_conn_service(c),
	       c->owner ? c->owner->program : "no program",
	       c->cgroup ? c->cgroup : "no cgroup", g->n, g->n == 1 ? "" : "s");
	if (g->unknown == g->n)
		printf("settings not known\n");
	else
		printf("a dead peer is noticed: idle %s%s, busy after %s\n",
		       g->idle_ms == KAP_NEVER ? "" : "after ",
		       kap_conn_duration(g->idle_ms, idle),
		       kap_conn_duration(g->busy_ms, busy));
}

static bool same(const char *a, const char *b)
{
	return a && b && !strcmp(a, b);
}

/*
 * Each rule once, without those that only differ in the program. What is no
 * rule is a comment, so that all of it can be pasted into a file of rules.
 */
static void print_suggestions(const struct kap_audit *audit, bool comments)
{
	char **lines = calloc(audit->n + 1, sizeof(*lines));
	size_t i, j;

	for (i = 0; lines && i < audit->n; i++) {
		const struct kap_group *g = &audit->v[i];

		if (comments)
			print_comment(g);
		lines[i] = kap_audit_suggest(audit, g);
		for (j = 0; j < i && !same(lines[i], lines[j]); j++)
			;
		if (lines[i] && j == i)
			printf("%s\n", lines[i]);
		if (comments && g->applied)
			printf("# a rule covers %u of them, once \"kapctl apply\" has given it to them\n",
			       g->applied);
	}
	for (i = 0; lines && i < audit->n; i++)
		free(lines[i]);
	free(lines);
}

static void print_summary(const struct kap_audit *audit)
{
	char max[KAP_CONN_TEXT];

	if (!audit->conns) {
		printf("no such TCP connection\n");
		return;
	}
	printf("%u connection%s: %u would never notice a dead peer when idle, %u not within %s",
	       audit->conns, audit->conns == 1 ? "" : "s", audit->never,
	       audit->above, kap_conn_duration(audit->max_ms, max));
	if (audit->unknown)
		printf(",\n%sof %u it is not known", kap_output_is_tty() ? "" :
			"# ", audit->unknown);
	printf(".\n");
}

static void print_text(const struct kap_audit *audit)
{
	bool tty = kap_output_is_tty();

	if (!tty) {
		printf("# ");
		print_summary(audit);
		print_suggestions(audit, true);
		return;
	}
	print_table(audit);
	printf("%s", audit->n ? "\n" : "");
	print_summary(audit);
	if (!audit->above)
		return;
	printf("\nRules for /etc/kapolicy/rules.conf that would cover them:\n\n");
	print_suggestions(audit, false);
}

/* "5m": a duration as rules have it, with its unit. */
static bool read_max(const char *value, u64 *ms)
{
	struct kap_rules rules = { 0 };
	struct kap_source words;
	char *text;
	bool ok;

	if (*value < '0' || *value > '9') {
		kap_diag_error("--max: a duration is expected, such as 5m");
		return false;
	}
	if (asprintf(&text, "user_timeout=%s", value) < 0)
		abort();
	kap_source_words(&words, text, strlen("user_timeout="));
	words.name = "--max";
	ok = kap_rules_parse(&rules, &words);
	*ms = ok ? rules.v[0].rule->values.user_timeout : 0;
	kap_rules_free(&rules);
	kap_source_free(&words);
	return ok;
}

static int audit_all(const struct kap_args *args, struct kap_look *look,
		     u64 max_ms)
{
	struct kap_audit audit;
	int ret = KAP_EXIT_FAILED;

	if (kap_audit_make(&audit, look, max_ms)) {
		if (args->options & KAP_ARG_JSON)
			kap_output_audit(&audit);
		else if (args->options & KAP_ARG_PROMETHEUS)
			kap_output_audit_metrics(&audit);
		else
			print_text(&audit);
		ret = args->max && audit.above ? KAP_EXIT_FAILED : KAP_EXIT_OK;
	}
	kap_audit_free(&audit);
	return ret;
}

static int run(const struct kap_args *args)
{
	u64 max_ms = MAX_USUAL;
	struct kap_look look;
	char *words;
	bool seen;
	int ret = KAP_EXIT_FAILED;

	if ((args->options & KAP_ARG_PROMETHEUS) &&
	    (args->options & KAP_ARG_JSON)) {
		kap_diag_error("--prometheus and --json exclude each other");
		return KAP_EXIT_USAGE;
	}
	if (args->max && !read_max(args->max, &max_ms))
		return KAP_EXIT_FAILED;
	words = kap_args_join(args, "");
	seen = kap_look_around(&look, words, args->file);
	kap_look_report(&look);
	if (seen)
		ret = audit_all(args, &look, max_ms);
	kap_look_free(&look);
	free(words);
	return ret;
}

const struct kap_command cmd_audit = {
	.name = "audit",
	.operands = "[KEY=VALUE...]",
	.summary = "sum up who would notice a dead peer, and the rules that would help",
	.help = "Connections by service (cgroup), program, direction and port, the worst first:\n"
		"how many, how many that would never notice a dead peer, and after how long it is\n"
		"noticed at worst, idle and with data in flight. For each that takes longer than\n"
		"--max (5m), the rule that would cover it; when the output is no terminal, all\n"
		"else is a comment. Select by the match keys of a rule, and by state, program and\n"
		"pid. Needs no module. Exit status: 1 when --max is given and any takes longer.\n",
	.options = KAP_ARG_FILE | KAP_ARG_MAX | KAP_ARG_PROMETHEUS,
	.max = -1,
	.run = run,
};

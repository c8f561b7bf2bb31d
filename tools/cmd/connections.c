// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>

#include "base/output.h"
#include "base/table.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "rule/format.h"
#include "see/look.h"
#include "see/output_conn.h"

enum column {
	DIR, LOCAL, REMOTE, STATE, PROGRAM, CGROUP, NETNS, SETTINGS, SILENT,
	UNACKED, IDLE, BUSY, RULE, BY, WOULD_SET, COLUMNS
};

static const struct kap_column columns[COLUMNS] = {
	[DIR] = { "DIR", false, false },
	[LOCAL] = { "LOCAL", false, true },
	[REMOTE] = { "REMOTE", false, true },
	[STATE] = { "STATE", false, false },
	[PROGRAM] = { "PROGRAM", false, false },
	[CGROUP] = { "CGROUP", false, true },
	[NETNS] = { "NETNS", false, false },
	[SETTINGS] = { "SETTINGS", false, true },
	[SILENT] = { "SILENT", true, false },
	[UNACKED] = { "UNACKED", true, false },
	[IDLE] = { "IDLE", true, false },
	[BUSY] = { "BUSY", true, false },
	[RULE] = { "RULE", false, false },
	[BY] = { "BY", false, true },
	[WOULD_SET] = { "WOULD SET", false, true },
};

/* What a narrow terminal has no room for; the highest goes first. */
static const unsigned char drop[COLUMNS] = {
	[NETNS] = 8, [BY] = 7, [UNACKED] = 6, [STATE] = 5, [CGROUP] = 4,
	[SETTINGS] = 3, [SILENT] = 2, [RULE] = 1,
};

static void cell_settings(struct kap_table *t, const struct kap_conn *c)
{
	unsigned int opts = KAP_OPT_KEEPALIVE;
	char text[256];

	if (c->known != KAP_OPTS_ALL) {
		kap_table_cell(t, KAP_DIM, "%s",
			       !(c->known & KAP_OPT_KEEPALIVE) ? "?" :
			       c->values.keepalive ? "keepalive=on" :
						     "keepalive=off");
		return;
	}
	if (c->values.keepalive)
		opts |= KAP_OPT_IDLE | KAP_OPT_INTVL | KAP_OPT_CNT;
	if (c->values.user_timeout)
		opts |= KAP_OPT_USER_TIMEOUT;
	kap_format_values(&c->values, opts, text, sizeof(text));
	kap_table_cell(t, KAP_PLAIN, "%s", text);
}

static void cell_unnoticed(struct kap_table *t, const struct kap_conn *c,
			   u64 ms)
{
	char text[KAP_CONN_TEXT];

	if (c->known != KAP_OPTS_ALL)
		kap_table_cell(t, KAP_DIM, "?");
	else
		kap_table_cell(t, ms == KAP_NEVER ? KAP_RED : KAP_PLAIN, "%s",
			       kap_conn_duration(ms, text));
}

static void cell_rule(struct kap_table *t, const struct kap_entry *e)
{
	if (!e)
		kap_table_cell(t, KAP_PLAIN, "-");
	else if (e->rule->name)
		kap_table_cell(t, KAP_CYAN, "%s", e->rule->name);
	else if (e->rule->id)
		kap_table_cell(t, KAP_CYAN, "id=%llu",
			       (unsigned long long)e->rule->id);
	else
		kap_table_cell(t, KAP_CYAN, "line %u", e->line.number);
}

/* Who has set what there is: "rule", "program, system" */
static void cell_origins(struct kap_table *t, const struct kap_conn *c)
{
	unsigned int by = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(c->by); i++)
		by |= BIT(c->by[i]);
	by &= ~BIT(KAP_BY_UNKNOWN);
	kap_table_cell(t, KAP_PLAIN, "%s%s%s%s%s%s",
		       by & BIT(KAP_BY_RULE) ? "rule" : "",
		       by & BIT(KAP_BY_RULE) &&
		       by & ~BIT(KAP_BY_RULE) ? ", " : "",
		       by & BIT(KAP_BY_PROGRAM) ? "program" : "",
		       by & BIT(KAP_BY_PROGRAM) &&
		       by & BIT(KAP_BY_SYSTEM) ? ", " : "",
		       by & BIT(KAP_BY_SYSTEM) ? "system" : "",
		       by ? "" : "?");
}

static void cell_sets(struct kap_table *t, const struct kap_conn *c)
{
	char text[256] = "-";

	if (c->sets)
		kap_format_values(&c->to, c->sets, text, sizeof(text));
	kap_table_cell(t, KAP_PLAIN, "%s", text);
}

static void row(struct kap_table *t, const struct kap_conn *c, bool dry_run)
{
	char text[KAP_CONN_TEXT];

	kap_table_cell(t, KAP_PLAIN, "%s", c->dir == KAP_OUT ? "out" : "in");
	kap_table_cell(t, KAP_PLAIN, "%s", kap_conn_end(c, 0, text));
	kap_table_cell(t, KAP_PLAIN, "%s", kap_conn_end(c, 1, text));
	kap_table_cell(t, KAP_PLAIN, "%s", kap_conn_state(c->state));
	if (c->owner)
		kap_table_cell(t, KAP_BOLD, "%s/%d", c->owner->program,
			       c->owner->pid);
	else
		kap_table_cell(t, KAP_DIM, "-");
	kap_table_cell(t, KAP_PLAIN, "%s", c->cgroup ? c->cgroup : "?");
	kap_table_cell(t, KAP_PLAIN, "%s", c->ns->name);
	cell_settings(t, c);
	kap_table_cell(t, KAP_PLAIN, "%s",
		       kap_conn_duration(c->silent_ms, text));
	kap_table_cell(t, KAP_PLAIN, "%u", c->unacked);
	cell_unnoticed(t, c, c->idle_ms);
	cell_unnoticed(t, c, c->busy_ms);
	cell_rule(t, c->rule);
	cell_origins(t, c);
	if (dry_run)
		cell_sets(t, c);
}

static void print_table(const struct kap_look *look, bool dry_run)
{
	struct kap_table t = {
		.column = columns,
		.columns = dry_run ? COLUMNS : WOULD_SET,
		.drop = drop,
	};
	size_t i;

	for (i = 0; i < look->conns.n; i++)
		row(&t, &look->conns.v[i], dry_run);
	if (t.n)
		kap_table_print(&t);
	else
		printf("no such TCP connection\n");
}

static void print_json(const struct kap_look *look, bool dry_run)
{
	size_t i;

	kap_output_list("connections");
	for (i = 0; i < look->conns.n; i++)
		kap_output_item(kap_output_conn(&look->conns.v[i], dry_run));
	kap_output_json(json_pack("{s{sisi}}", "skipped",
				  "namespaces", (int)look->nses.skipped,
				  "processes", (int)look->gone));
}

static int run(const struct kap_args *args)
{
	char *words = kap_args_join(args, "");
	struct kap_look look;
	bool seen = kap_look_around(&look, words, args->file);
	int ret = KAP_EXIT_FAILED;

	kap_look_report(&look);
	if (seen) {
		if (args->options & KAP_ARG_JSON)
			print_json(&look, args->file);
		else
			print_table(&look, args->file);
		ret = KAP_EXIT_OK;
	}
	kap_look_free(&look);
	free(words);
	return ret;
}

const struct kap_command cmd_connections = {
	.name = "connections",
	.operands = "[KEY=VALUE...]",
	.summary = "list connections, and how long each would keep a dead peer",
	.help = "Select connections by the match keys of a rule, and by state, program and pid.\n"
		"IDLE and BUSY: after how long a dead peer is noticed when nothing is in flight,\n"
		"and when data is. BY: who chose the settings. Needs no module; needs root to see\n"
		"the sockets of other users. With --file, the rules of FILE, and what they would\n"
		"set if each connection were opened now.\n",
	.options = KAP_ARG_FILE,
	.max = -1,
	.run = run,
};

// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/output.h"
#include "base/table.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "rules/presets.h"
#include "words/near.h"

static const struct kap_preset *find(const char *name)
{
	size_t i;

	for (i = 0; i < kap_presets_n; i++) {
		if (!strcmp(kap_presets[i].name, name))
			return &kap_presets[i];
	}
	return NULL;
}

static void unknown(const char *name)
{
	const char **names = kap_mem_alloc((kap_presets_n + 1) * sizeof(*names));
	const char *meant;
	size_t i;

	for (i = 0; i < kap_presets_n; i++)
		names[i] = kap_presets[i].name;
	names[i] = NULL;
	meant = kap_near_find(name, names);
	kap_diag_error("unknown preset: %s", name);
	if (meant)
		kap_diag_hint("Did you mean %s?", meant);
	free(names);
}

/* No user timeout: a preset keeps connections alive and is for nothing else. */
static void format_rule(const struct kap_preset *p, char *buf, size_t size)
{
	snprintf(buf, size, "name=%s idle=%us intvl=%us cnt=%u",
		 p->name, p->idle, p->intvl, p->cnt);
}

static void print_preset(const struct kap_preset *p)
{
	char rule[128];

	format_rule(p, rule, sizeof(rule));
	printf("# %s\n", p->box);
	printf("# Forgets a connection that is idle for %u s%s%s%s.\n",
	       p->timeout, p->note ? " (" : "", p->note ? p->note : "",
	       p->note ? ")" : "");
	printf("# Source: %s\n", p->source);
	printf("# The first probe comes after %u s, a dead peer is noticed after %u s, and\n"
	       "# %u lost probes in a row do not yet cost the connection.\n",
	       p->idle, p->idle + p->intvl * p->cnt, p->cnt - 1);
	printf("# Matches every connection: add port=, raddr= or cgroup= to pick some.\n");
	printf("%s\n", rule);
}

static json_t *preset_json(const struct kap_preset *p)
{
	json_t *o = json_object();
	char rule[128];

	format_rule(p, rule, sizeof(rule));
	json_object_set_new(o, "name", json_string(p->name));
	json_object_set_new(o, "box", json_string(p->box));
	json_object_set_new(o, "timeout", json_integer(p->timeout));
	if (p->note)
		json_object_set_new(o, "note", json_string(p->note));
	json_object_set_new(o, "source", json_string(p->source));
	json_object_set_new(o, "rule", json_string(rule));
	return o;
}

static void print_list(void)
{
	static const struct kap_column columns[] = {
		{ "NAME", false, false },
		{ "TIMEOUT", true, false },
		{ "IDLE", true, false },
		{ "INTVL", true, false },
		{ "CNT", true, false },
		{ "BOX", false, true },
	};
	struct kap_table t = {
		.column = columns,
		.columns = sizeof(columns) / sizeof(columns[0]),
	};
	size_t i;

	for (i = 0; i < kap_presets_n; i++) {
		const struct kap_preset *p = &kap_presets[i];

		kap_table_cell(&t, KAP_CYAN, "%s", p->name);
		kap_table_cell(&t, KAP_PLAIN, "%us", p->timeout);
		kap_table_cell(&t, KAP_PLAIN, "%us", p->idle);
		kap_table_cell(&t, KAP_PLAIN, "%us", p->intvl);
		kap_table_cell(&t, KAP_PLAIN, "%u", p->cnt);
		kap_table_cell(&t, KAP_PLAIN, "%s", p->box);
	}
	kap_table_print(&t);
}

static void list_json(void)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < kap_presets_n; i++)
		json_array_append_new(list, preset_json(&kap_presets[i]));
	kap_output_json(json_pack("{so}", "presets", list));
}

static int run(const struct kap_args *args)
{
	bool json = args->options & KAP_ARG_JSON;
	const struct kap_preset *p;

	if (!args->n) {
		if (json)
			list_json();
		else
			print_list();
		return KAP_EXIT_OK;
	}
	p = find(args->words[0]);
	if (!p) {
		unknown(args->words[0]);
		kap_diag_hint("\"kapctl presets\" lists them.");
		return KAP_EXIT_FAILED;
	}
	if (json)
		kap_output_json(preset_json(p));
	else
		print_preset(p);
	return KAP_EXIT_OK;
}

const struct kap_command cmd_presets = {
	.name = "presets",
	.operands = "[NAME]",
	.summary = "print ready rules for boxes that forget idle connections",
	.help = "Without NAME, lists them: after how long the box forgets, and the rule's times.\n"
		"With NAME, prints the rule, for a file or: kapctl presets NAME | kapctl add -\n",
	.max = 1,
	.run = run,
};

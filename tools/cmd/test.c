// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/output.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "host/sysfs.h"
#include "rule/format.h"
#include "rules/output_rule.h"
#include "rules/verdict.h"

/* The rules to be asked, and where they come from. */
struct test {
	struct kap_source source;
	struct kap_rules rules;
	unsigned long long enabled;
};

static int read_rules(struct test *t, const struct kap_args *args)
{
	int ret;

	t->enabled = 1;
	if (args->options & KAP_ARG_FILE) {
		if (!kap_source_read(&t->source, args->file))
			return KAP_EXIT_FAILED;
	} else {
		ret = kap_sysfs_require();
		if (ret != KAP_EXIT_OK)
			return ret;
		if (!kap_sysfs_number("enabled", &t->enabled) ||
		    !kap_sysfs_source(&t->source, "rules"))
			return KAP_EXIT_FAILED;
	}
	return kap_rules_parse(&t->rules, &t->source) ? KAP_EXIT_OK :
							KAP_EXIT_FAILED;
}

/* "cgroup, uid" */
static void print_fields(unsigned int fields)
{
	const char *gap = "";
	enum kap_field f;

	for (f = 0; f < KAP_FIELDS; f++) {
		if (!(fields & BIT(f)))
			continue;
		printf("%s%s", gap, kap_verdict_field(f));
		gap = ", ";
	}
}

static void print_values(const char *label, const struct kap_values *v,
			 unsigned int opts)
{
	char text[256];

	if (!opts)
		return;
	kap_format_values(v, opts, text, sizeof(text));
	printf("%-7s %s\n", label, text);
}

static void print_text(const struct test *t, const struct kap_verdict *v)
{
	char text[KAP_FORMAT_MAX], *name;
	unsigned int i;

	if (!v->winner) {
		printf("no rule matches\n");
	} else {
		kap_format_rule(v->winner->rule, text, sizeof(text));
		name = kap_entry_name(v->winner, &t->source);
		printf("winner  %s\n", name);
		free(name);
		printf("rule    %s\n", text);
		if (!v->winner->rule->opts)
			printf("skip    the connection is left alone\n");
		else if (!v->change)
			printf("sets    nothing\n");
		print_values("sets", &v->to, v->change);
		print_values("keeps", &v->to, v->keep);
	}
	for (i = 0; i < v->n_nearly; i++) {
		const struct kap_nearly *n = &v->nearly[i];

		name = kap_entry_name(n->entry, &t->source);
		printf("nearly  %s: ", name);
		free(name);
		print_fields(n->fields);
		printf(n->differs ? " does not match\n" : " not given\n");
	}
	if (!t->enabled)
		printf("but kapolicy is disabled: nothing is set\n");
}

/* Warn if the application has set only some of the times. */
static void warn_of_mixture(const struct kap_verdict *v)
{
	const struct kap_values *to = &v->to;
	u64 first = (to->idle + to->intvl) * 1000ULL;

	if (v->winner && to->keepalive && to->idle && to->intvl &&
	    (v->keep & (KAP_OPT_IDLE | KAP_OPT_INTVL | KAP_OPT_USER_TIMEOUT)) &&
	    to->user_timeout && to->user_timeout <= first)
		kap_source_report(KAP_WARNING, v->winner->source,
				  &v->winner->line, v->winner->where,
				  "with what the application set, user_timeout is not above idle+intvl (%llus): one lost probe kills a healthy connection",
				  first / 1000);
}

static json_t *entry_json(const struct kap_entry *e)
{
	json_t *o = kap_output_rule(e->rule);

	if (!e->source->in_force) {
		json_object_set_new(o, "file",
				    kap_json_string(e->source->name));
		json_object_set_new(o, "line", json_integer(e->line.number));
	}
	return o;
}

static json_t *nearly_json(const struct kap_nearly *n)
{
	json_t *o = json_object(), *fields = json_array();
	enum kap_field f;

	for (f = 0; f < KAP_FIELDS; f++) {
		const char *name = kap_verdict_field(f);

		if (n->fields & BIT(f))
			json_array_append_new(fields, json_string(name));
	}
	json_object_set_new(o, "rule", entry_json(n->entry));
	json_object_set_new(o, n->differs ? "differs" : "not_given", fields);
	return o;
}

static void print_json(const struct test *t, const struct kap_verdict *v)
{
	json_t *doc = json_object(), *nearly = json_array();
	unsigned int i;

	for (i = 0; i < v->n_nearly; i++)
		json_array_append_new(nearly, nearly_json(&v->nearly[i]));
	json_object_set_new(doc, "enabled", json_boolean(t->enabled));
	json_object_set_new(doc, "winner", v->winner ? entry_json(v->winner) :
						       json_null());
	json_object_set_new(doc, "sets", kap_output_values(&v->to, v->change));
	json_object_set_new(doc, "keeps", kap_output_values(&v->to, v->keep));
	json_object_set_new(doc, "nearly", nearly);
	kap_output_json(doc);
}

static int run(const struct kap_args *args)
{
	struct test t = { 0 };
	struct kap_connection c;
	struct kap_verdict v;
	struct kap_source words;
	int ret = KAP_EXIT_FAILED;

	kap_source_words(&words, kap_args_join(args, ""), 0);
	if (kap_connection_parse(&c, &words))
		ret = read_rules(&t, args);
	if (ret == KAP_EXIT_OK) {
		kap_verdict_find(&v, &t.rules, &c);
		if (args->options & KAP_ARG_JSON)
			print_json(&t, &v);
		else
			print_text(&t, &v);
		warn_of_mixture(&v);
	}
	kap_rules_free(&t.rules);
	kap_source_free(&t.source);
	kap_connection_free(&c);
	kap_source_free(&words);
	return ret;
}

const struct kap_command cmd_test = {
	.name = "test",
	.operands = "KEY=VALUE...",
	.summary = "say which rule wins a connection, and what it sets",
	.help = "Describe the connection by cgroup or unit, dir, port, lport, rport, laddr, raddr\n"
		"and uid, and what its application sets itself by keepalive, idle, intvl, cnt\n"
		"and user_timeout. A rule with a match key that was not given does not match.\n"
		"Rules before the winner that fail only because of keys not given, or because\n"
		"exactly one given key differs, are listed as nearly.\n",
	.options = KAP_ARG_FILE | KAP_ARG_STRICT,
	.min = 1,
	.max = -1,
	.run = run,
};

// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/output.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "host/apply.h"
#include "host/live.h"
#include "rules/difference.h"
#include "rules/lint.h"

/* In front of the words of the user, so that "kapctl add flush" is an error. */
#define ADD	"add "

/*
 * The rules to be added, and what is in force before. Of @live, only the rules
 * are read, for warnings and to tell what was replaced.
 */
struct addition {
	struct kap_source source;
	struct kap_rules rules;
	struct kap_live live;
};

static const char *file_of(const struct kap_args *args)
{
	if (args->options & KAP_ARG_FILE)
		return args->n ? NULL : args->file;
	return args->n == 1 && !strcmp(args->words[0], "-") ? "-" : NULL;
}

/* Read the rules of a file, or the rule of the command line. */
static int read_rules(struct addition *a, const struct kap_args *args)
{
	const char *file = file_of(args);

	if (!file && (!args->n || (args->options & KAP_ARG_FILE))) {
		kap_diag_error(args->n ? "either --file or a rule" :
					 "a rule is missing, or - for stdin");
		return KAP_EXIT_USAGE;
	}
	if (!file)
		kap_source_words(&a->source, kap_args_join(args, ADD),
				 strlen(ADD));
	else if (!kap_source_read(&a->source, file))
		return KAP_EXIT_FAILED;
	/* report errors of rules even if the module is not loaded */
	if (!kap_rules_parse(&a->rules, &a->source))
		return KAP_EXIT_FAILED;
	if (!a->rules.n) {
		kap_diag_error("no rule in %s: nothing was changed",
			       a->source.name);
		return KAP_EXIT_FAILED;
	}
	return KAP_EXIT_OK;
}

/* Does one of the rules that are to be added take the place of this one? */
static bool is_replaced(const struct addition *a, const struct kap_rule *rule)
{
	return kap_rules_namesake(&a->rules, rule);
}

/*
 * Only the module knows whether a name is taken when the rules arrive. Of one
 * that is taken already, kapctl can say by which rule, and what to do instead.
 */
static bool names_are_free(const struct addition *a)
{
	bool ok = true;
	size_t i;

	for (i = 0; i < a->rules.n; i++) {
		const struct kap_entry *e = &a->rules.v[i];
		const struct kap_rule *old = kap_rules_namesake(&a->live.rules,
								e->rule);

		if (!old)
			continue;
		kap_source_report(KAP_ERROR, e->source, &e->line,
				  kap_source_value(&e->line,
						   e->key[KAP_KEY_NAME]),
				  "%s (id=%llu)",
				  kap_error_text(KAP_E_EXISTS), old->id);
		kap_diag_advise("hint", "to put this rule in its place: kapctl replace");
		ok = false;
	}
	return ok;
}

/* Warn about the new rules, together with those in force that stay. */
static bool lint(const struct addition *a, bool replace)
{
	struct kap_rules rules = { 0 };
	bool ok = true;
	size_t i;

	for (i = 0; i < a->live.rules.n; i++) {
		const struct kap_entry *e = &a->live.rules.v[i];

		if (!replace || !is_replaced(a, e->rule))
			kap_rules_append(&rules, e);
	}
	for (i = 0; i < a->rules.n; i++)
		kap_rules_append(&rules, &a->rules.v[i]);
	ok = kap_lint_rules(&rules);
	kap_rules_free(&rules);
	return ok;
}

/* Return "destroy name=X" for each rule; goes in front of the rules. */
static char *destroy_all(const struct addition *a)
{
	char *text = NULL;
	size_t size, i;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		abort();
	for (i = 0; i < a->rules.n; i++)
		fprintf(out, "destroy name=%s\n", a->rules.v[i].rule->name);
	fclose(out);
	return text;
}

static bool all_have_names(const struct addition *a)
{
	size_t i;

	for (i = 0; i < a->rules.n; i++) {
		const struct kap_entry *e = &a->rules.v[i];

		if (e->rule->name)
			continue;
		kap_source_report(KAP_ERROR, a->rules.v[i].source, &e->line,
				  e->where, "replace needs name=");
		return false;
	}
	return true;
}

/* " (id=12, name=web)", of a single rule, as far as it is known. */
static void print_identity(const struct kap_rule *rule)
{
	u64 id = kap_live_id(rule);

	if (id)
		printf(" (id=%llu%s%s)", (unsigned long long)id,
		       rule->name ? ", name=" : "", rule->name ? rule->name : "");
	else if (rule->name)
		printf(" (name=%s)", rule->name);
}

static void say_added(const struct addition *a, bool replace)
{
	size_t n = a->rules.n, i, replaced = 0;

	if (!kap_output_is_wanted())
		return;
	for (i = 0; replace && i < a->live.rules.n; i++)
		replaced += is_replaced(a, a->live.rules.v[i].rule);
	if (replaced < n)
		printf("%zu rule%s added", n - replaced,
		       n - replaced == 1 ? "" : "s");
	if (replaced)
		printf("%s%zu rule%s replaced", replaced < n ? ", " : "",
		       replaced, replaced == 1 ? "" : "s");
	if (n == 1)
		print_identity(a->rules.v[0].rule);
	putchar('\n');
	kap_live_note_disabled();
}

static int add(const struct kap_args *args, bool replace)
{
	struct addition a = { 0 };
	int ret = read_rules(&a, args);
	char *front = NULL;

	if (ret == KAP_EXIT_OK && replace && !all_have_names(&a))
		ret = KAP_EXIT_FAILED;
	if (ret == KAP_EXIT_OK)
		ret = kap_sysfs_require();
	if (ret == KAP_EXIT_OK &&
	    (!kap_live_read_rules(&a.live) ||
	     (!replace && !names_are_free(&a)) || !lint(&a, replace)))
		ret = KAP_EXIT_FAILED;
	if (ret == KAP_EXIT_OK) {
		front = replace ? destroy_all(&a) : NULL;
		ret = kap_apply_behind(front, &a.source);
	}
	if (ret == KAP_EXIT_OK)
		say_added(&a, replace);
	free(front);
	kap_rules_free(&a.rules);
	kap_live_free(&a.live);
	kap_source_free(&a.source);
	return ret;
}

static int run_add(const struct kap_args *args)
{
	return add(args, false);
}

static int run_replace(const struct kap_args *args)
{
	return add(args, true);
}

const struct kap_command cmd_add = {
	.name = "add",
	.operands = "RULE... | -",
	.summary = "add rules to those in force",
	.help = "RULE is KEY=VALUE ..., such as: name=pg port=5432 detect=30s\n"
		"With -, or --file, rules one a line: all are added, or none.\n"
		"Match: cgroup unit dir port lport rport laddr raddr uid\n"
		"Set:   keepalive idle intvl cnt user_timeout detect mode, or action=skip\n"
		"Other: name prio\n"
		"unit=NAME is the cgroup of a systemd unit. Ports and uids may be names, and\n"
		"raddr=@FILE is a list of addresses.\n",
	.options = KAP_ARG_FILE | KAP_ARG_STRICT | KAP_ARG_QUIET,
	.max = -1,
	.run = run_add,
};

const struct kap_command cmd_replace = {
	.name = "replace",
	.operands = "name=X RULE... | -",
	.summary = "make the rule called X be this, whether it is there or not",
	.help = "RULE is as for add. With -, or --file, several: each must have a name.\n",
	.options = KAP_ARG_FILE | KAP_ARG_STRICT | KAP_ARG_QUIET,
	.max = -1,
	.run = run_replace,
};

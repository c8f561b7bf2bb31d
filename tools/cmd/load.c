// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>

#include "base/output.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "host/apply.h"
#include "host/live.h"
#include "host/swept.h"
#include "rules/config.h"
#include "rules/difference.h"
#include "rules/lint.h"

/* If the first command of a pipe fails, its text is empty. */
static bool refuse_empty(const struct kap_config *config,
			 const struct kap_args *args)
{
	if (config->rules.n || (args->options & KAP_ARG_EMPTY))
		return false;
	kap_diag_error("no rule in %s%s: nothing was changed",
		       config->source[0].name,
		       config->n > 1 ? ", nor in the other files" : "");
	kap_diag_hint("To delete all rules, say \"kapctl flush\" or \"kapctl load --empty\".");
	return true;
}

static void print_part(size_t n, const char *what)
{
	if (n)
		printf(", %zu %s", n, what);
}

/*
 * @d is NULL when the rules in force before are not known, @swept when the
 * rules were not applied to connections that exist.
 */
static void say(const struct kap_args *args, size_t n,
		const struct kap_difference *d, const struct kap_swept *swept)
{
	bool dry_run = args->options & KAP_ARG_DRY_RUN;
	json_t *doc = json_pack("{sI}", "rules", (json_int_t)n);

	if (d) {
		json_object_set_new(doc, "unchanged", json_integer(d->same));
		json_object_set_new(doc, "new", json_integer(d->added));
		json_object_set_new(doc, "gone", json_integer(d->gone));
	}
	if (swept)
		json_object_set_new(doc, "apply", kap_swept_json(swept));
	kap_output_json(doc);
	if (!kap_output_is_wanted())
		return;
	printf("%zu rule%s %s", n, n == 1 ? "" : "s",
	       dry_run ? "checked, not loaded" : "loaded");
	if (d) {
		print_part(d->same, "unchanged");
		print_part(d->added, "new");
		print_part(d->gone, "gone");
	}
	putchar('\n');
	if (swept)
		kap_swept_print(swept);
	if (!dry_run)
		kap_live_note_disabled();
}

static int replace_all(const struct kap_config *config,
		       const struct kap_args *args)
{
	int ret = kap_sysfs_require();
	struct kap_difference d;
	struct kap_swept swept, *done = NULL;
	struct kap_live live;
	bool known;

	if (ret != KAP_EXIT_OK)
		return ret;
	known = kap_live_peek(&live);
	if (known)
		d = kap_difference_find(&live.rules, &config->rules);
	kap_live_free(&live);
	ret = kap_apply(KAP_CHANGE_ALL, config->source, config->n);
	if (ret != KAP_EXIT_OK)
		return ret;
	if (args->options & KAP_ARG_APPLY) {
		if (kap_swept_apply("all", &swept))
			done = &swept;
		else
			ret = KAP_EXIT_FAILED;
	}
	say(args, config->rules.n, known ? &d : NULL, done);
	return ret;
}

static int run(const struct kap_args *args)
{
	struct kap_config config;
	int ret = KAP_EXIT_FAILED;

	if (kap_config_read(&config, args->words, args->n) &&
	    kap_config_parse(&config) && !refuse_empty(&config, args) &&
	    kap_lint_rules(&config.rules)) {
		if (args->options & KAP_ARG_DRY_RUN) {
			say(args, config.rules.n, NULL, NULL);
			ret = KAP_EXIT_OK;
		} else {
			ret = replace_all(&config, args);
		}
	}
	kap_config_free(&config);
	return ret;
}

const struct kap_command cmd_load = {
	.name = "load",
	.operands = "[FILE]...",
	.summary = "replace all rules by those of files, at once or not at all",
	.help = "A FILE has one rule a line, with or without the word add; - is stdin. Several\n"
		"make one set, in their order. Without FILE: " KAP_CONFIG_FILE ", then\n"
		KAP_CONFIG_MORE "/*.conf in the order of their names.\n"
		"To add rules to those in force: kapctl add -\n",
	.options = KAP_ARG_DRY_RUN | KAP_ARG_STRICT | KAP_ARG_EMPTY |
		   KAP_ARG_APPLY | KAP_ARG_QUIET,
	.max = -1,
	.run = run,
};

// SPDX-License-Identifier: GPL-2.0
#include "apply.h"
#include "args.h"
#include "cmd.h"
#include "lint.h"
#include "output.h"
#include "rules.h"

static bool check(const struct kap_source *source)
{
	struct kap_rules rules = { 0 };
	bool ok = kap_rules_parse(&rules, source) && kap_lint_rules(&rules);

	if (ok)
		kap_output_json(json_pack("{sI}", "rules",
					  (json_int_t)rules.n));
	kap_rules_free(&rules);
	return ok;
}

static int run(const struct kap_args *args)
{
	bool dry_run = args->options & KAP_ARG_DRY_RUN;
	struct kap_source source;
	int ret = KAP_EXIT_FAILED;

	if (!kap_source_read(&source, args->words[0]))
		return ret;
	if (check(&source))
		ret = dry_run ? KAP_EXIT_OK : kap_sysfs_require();
	if (ret == KAP_EXIT_OK && !dry_run)
		ret = kap_apply(KAP_CHANGE_ALL, &source);
	kap_source_free(&source);
	return ret;
}

const struct kap_command cmd_load = {
	.name = "load",
	.operands = "FILE",
	.summary = "replace all rules by those of a file, at once or not at all",
	.help = "FILE has one rule a line, with or without the word add; - is stdin.\n",
	.options = KAP_ARG_DRY_RUN | KAP_ARG_STRICT,
	.min = 1,
	.max = 1,
	.run = run,
};

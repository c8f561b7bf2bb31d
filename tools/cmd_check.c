// SPDX-License-Identifier: GPL-2.0
#include "args.h"
#include "cmd.h"
#include "diag.h"
#include "lint.h"
#include "output.h"
#include "rules.h"

static bool check(const char *path, json_t *files)
{
	struct kap_rules rules = { 0 };
	struct kap_source source;
	bool ok;

	if (!kap_source_read(&source, path))
		return false;
	ok = kap_rules_parse(&rules, &source);
	/* of the lines that are rules; those that are not may cover nothing */
	ok &= kap_lint_rules(&rules);
	json_array_append_new(files, json_pack("{sosI}", "file",
					       kap_output_string(source.name),
					       "rules", (json_int_t)rules.n));
	kap_rules_free(&rules);
	kap_source_free(&source);
	return ok;
}

static int run(const struct kap_args *args)
{
	json_t *files = json_array();
	bool ok = true;
	int i;

	if (!args->n)
		ok = check("-", files);
	for (i = 0; i < args->n; i++)
		ok &= check(args->words[i], files);
	kap_output_json(json_pack("{so}", "files", files));
	return ok ? KAP_EXIT_OK : KAP_EXIT_FAILED;
}

const struct kap_command cmd_check = {
	.name = "check",
	.operands = "[FILE]...",
	.summary = "check files of rules; needs neither root nor the module",
	.help = "Without FILE, or when FILE is -, reads stdin. Each file is a set of its own.\n",
	.options = KAP_ARG_STRICT,
	.max = -1,
	.run = run,
};

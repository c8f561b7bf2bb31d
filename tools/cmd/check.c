// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>

#include "base/json.h"
#include "base/output.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "rules/config.h"
#include "rules/lint.h"

static json_t *file_json(const struct kap_config *config, size_t i)
{
	return json_pack("{sosI}", "file",
			 kap_json_string(config->source[i].name), "rules",
			 (json_int_t)config->count[i]);
}

/* "2 files, 3 rules, 1 warning" */
static void say(const struct kap_config *config)
{
	unsigned int warnings = kap_diag_warnings();
	size_t n = config->rules.n;

	if (!kap_output_is_wanted())
		return;
	if (config->n == 1)
		printf("%s: ", config->source[0].name);
	else
		printf("%zu files: ", config->n);
	printf("%zu rule%s, ", n, n == 1 ? "" : "s");
	if (!n)
		printf("which load refuses without --empty\n");
	else if (warnings)
		printf("%u warning%s\n", warnings, warnings == 1 ? "" : "s");
	else
		printf("nothing wrong\n");
}

static int run(const struct kap_args *args)
{
	json_t *files = json_array();
	struct kap_config config;
	bool ok = kap_config_read(&config, args->words, args->n);
	size_t i;

	if (ok) {
		ok = kap_config_parse(&config);
		/* warn about the lines that are rules, even if others are errors */
		ok &= kap_lint_rules(&config.rules);
		for (i = 0; i < config.n; i++)
			json_array_append_new(files, file_json(&config, i));
	}
	if (ok)
		say(&config);
	kap_config_free(&config);
	kap_output_json(json_pack("{so}", "files", files));
	return ok ? KAP_EXIT_OK : KAP_EXIT_FAILED;
}

const struct kap_command cmd_check = {
	.name = "check",
	.operands = "[FILE]...",
	.summary = "check files of rules; needs neither root nor the module",
	.help = "Reads its operands as load would: several FILEs are one set, and - is stdin.\n"
		"Without FILE: " KAP_CONFIG_FILE ", then\n"
		KAP_CONFIG_MORE "/*.conf in the order of their names.\n",
	.options = KAP_ARG_STRICT | KAP_ARG_QUIET,
	.max = -1,
	.run = run,
};

// SPDX-License-Identifier: GPL-2.0
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

/* @n files that are one set. */
static bool check(char *const *path, size_t n, json_t *files)
{
	struct kap_config config;
	bool ok = kap_config_read(&config, path, n);
	size_t i;

	if (ok) {
		ok = kap_config_parse(&config);
		/* of the lines that are rules; others may cover nothing */
		ok &= kap_lint_rules(&config.rules);
		for (i = 0; i < config.n; i++)
			json_array_append_new(files, file_json(&config, i));
	}
	kap_config_free(&config);
	return ok;
}

static int run(const struct kap_args *args)
{
	json_t *files = json_array();
	bool ok = true;
	int i;

	if (!args->n)
		ok = check(NULL, 0, files);
	for (i = 0; i < args->n; i++)
		ok &= check(&args->words[i], 1, files);
	kap_output_json(json_pack("{so}", "files", files));
	return ok ? KAP_EXIT_OK : KAP_EXIT_FAILED;
}

const struct kap_command cmd_check = {
	.name = "check",
	.operands = "[FILE]...",
	.summary = "check files of rules; needs neither root nor the module",
	.help = "Each FILE is a set of its own; - is stdin. Without FILE, checks what load\n"
		"without FILE would load: " KAP_CONFIG_FILE " and\n"
		KAP_CONFIG_MORE "/*.conf as one set.\n",
	.options = KAP_ARG_STRICT,
	.max = -1,
	.run = run,
};

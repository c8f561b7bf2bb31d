// SPDX-License-Identifier: GPL-2.0
#include "base/output.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "host/apply.h"
#include "rules/config.h"
#include "rules/lint.h"

static bool check(struct kap_config *config)
{
	if (!kap_config_parse(config) || !kap_lint_rules(&config->rules))
		return false;
	kap_output_json(json_pack("{sI}", "rules",
				  (json_int_t)config->rules.n));
	return true;
}

static int run(const struct kap_args *args)
{
	bool dry_run = args->options & KAP_ARG_DRY_RUN;
	struct kap_config config;
	int ret = KAP_EXIT_FAILED;

	if (kap_config_read(&config, args->words, args->n) && check(&config))
		ret = dry_run ? KAP_EXIT_OK : kap_sysfs_require();
	if (ret == KAP_EXIT_OK && !dry_run)
		ret = kap_apply(KAP_CHANGE_ALL, config.source, config.n);
	kap_config_free(&config);
	return ret;
}

const struct kap_command cmd_load = {
	.name = "load",
	.operands = "[FILE]...",
	.summary = "replace all rules by those of files, at once or not at all",
	.help = "A FILE has one rule a line, with or without the word add; - is stdin. Several\n"
		"make one set, in their order. Without FILE: " KAP_CONFIG_FILE ", then\n"
		KAP_CONFIG_MORE "/*.conf in the order of their names.\n",
	.options = KAP_ARG_DRY_RUN | KAP_ARG_STRICT,
	.max = -1,
	.run = run,
};

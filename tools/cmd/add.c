// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "cmd/args.h"
#include "cmd/cmd.h"
#include "host/apply.h"
#include "rules/lint.h"
#include "rules/rules.h"

/* "kapctl add flush" is no rule either: the module is told to add. */
#define ADD	"add "

/* Warn of the new rule as one among those in force. */
static int lint_with_live(const struct kap_source *source)
{
	struct kap_rules rules = { 0 };
	struct kap_source live;
	int ret = KAP_EXIT_FAILED;

	if (!kap_sysfs_source(&live, "rules"))
		return ret;
	if (kap_rules_parse(&rules, &live) && kap_rules_parse(&rules, source) &&
	    kap_lint_rules(&rules))
		ret = KAP_EXIT_OK;
	kap_rules_free(&rules);
	kap_source_free(&live);
	return ret;
}

static int run(const struct kap_args *args)
{
	struct kap_rules rules = { 0 };
	struct kap_source source;
	int ret = KAP_EXIT_FAILED;

	kap_source_words(&source, kap_args_join(args, ADD), strlen(ADD));
	/* what is wrong with the rule can be said without the module */
	if (kap_rules_parse(&rules, &source))
		ret = kap_sysfs_require();
	kap_rules_free(&rules);
	if (ret == KAP_EXIT_OK)
		ret = lint_with_live(&source);
	if (ret == KAP_EXIT_OK)
		ret = kap_apply(KAP_CHANGE_SOME, &source, 1);
	kap_source_free(&source);
	return ret;
}

const struct kap_command cmd_add = {
	.name = "add",
	.operands = "RULE...",
	.summary = "add a rule",
	.help = "RULE is KEY=VALUE ..., such as: name=pg port=5432 detect=30s\n"
		"Match: cgroup dir port lport rport laddr raddr uid\n"
		"Set:   keepalive idle intvl cnt user_timeout detect mode, or action=skip\n"
		"Other: name prio\n",
	.options = KAP_ARG_STRICT,
	.min = 1,
	.max = -1,
	.run = run,
};

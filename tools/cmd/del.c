// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/output.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "host/apply.h"
#include "host/live.h"
#include "rule/parse.h"
#include "rules/difference.h"

#define DEL	"del "

/* Read the operand with the module's own parser. */
static bool check(const struct kap_source *source, struct kap_cmd *cmd)
{
	struct kap_parser *parser = kap_parser_alloc();
	struct kap_line line = { source->text, source->len, 1 };
	bool ok;

	if (!parser) {
		kap_diag_error("%s", kap_error_text(KAP_E_MEMORY));
		return false;
	}
	ok = !kap_source_parse(source, &line, parser, cmd);
	kap_parser_free(parser);
	return ok;
}

static bool is_meant(const struct kap_rule *rule, const struct kap_cmd *cmd)
{
	if (cmd->op == KAP_OP_DEL_ID)
		return rule->id == cmd->id;
	return rule->name && !strcmp(rule->name, cmd->name);
}

/* Print the deleted rule, so that it can be added again. */
static void say(const struct kap_live *before, const struct kap_cmd *cmd)
{
	size_t i;

	if (!kap_output_is_wanted())
		return;
	for (i = 0; i < before->rules.n; i++) {
		const struct kap_rule *rule = before->rules.v[i].rule;
		char *text;

		if (!is_meant(rule, cmd))
			continue;
		text = kap_rule_text(rule);
		printf("deleted: %s\n", text);
		free(text);
		return;
	}
	printf("deleted\n");
}

static int delete(const struct kap_source *source, const struct kap_cmd *cmd)
{
	struct kap_live before;
	int ret;

	kap_live_peek(&before);
	ret = kap_apply(KAP_CHANGE_SOME, source, 1);
	if (ret == KAP_EXIT_OK)
		say(&before, cmd);
	kap_live_free(&before);
	return ret;
}

static int run(const struct kap_args *args)
{
	struct kap_source source;
	int ret = KAP_EXIT_FAILED;
	struct kap_cmd cmd;

	kap_source_words(&source, kap_args_join(args, DEL), strlen(DEL));
	if (check(&source, &cmd))
		ret = kap_sysfs_require();
	if (ret == KAP_EXIT_OK)
		ret = delete(&source, &cmd);
	kap_source_free(&source);
	return ret;
}

const struct kap_command cmd_del = {
	.name = "del",
	.operands = "id=N | name=X",
	.summary = "delete a rule",
	.options = KAP_ARG_QUIET,
	.min = 1,
	.max = -1,
	.run = run,
};

// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "cmd/args.h"
#include "cmd/cmd.h"
#include "host/apply.h"
#include "rule/parse.h"

#define DEL	"del "

/* The parser of the module knows what can be deleted. */
static bool check(const struct kap_source *source)
{
	struct kap_parser *parser = kap_parser_alloc();
	struct kap_line line;
	struct kap_diag diag;
	struct kap_cmd cmd;
	bool ok;

	if (!parser) {
		kap_diag_error("%s", kap_error_text(KAP_E_MEMORY));
		return false;
	}
	line = (struct kap_line){ source->text, source->len, 1 };
	ok = !kap_parse_line(parser, line.s, line.len, &cmd, &diag);
	if (!ok) {
		struct kap_span at = { diag.col, diag.end };

		kap_source_report(KAP_ERROR, source, &line, at, "%s",
				  kap_error_text(diag.error));
	}
	kap_parser_free(parser);
	return ok;
}

static int run(const struct kap_args *args)
{
	struct kap_source source;
	int ret = KAP_EXIT_FAILED;

	kap_source_words(&source, kap_args_join(args, DEL), strlen(DEL));
	if (check(&source))
		ret = kap_sysfs_require();
	if (ret == KAP_EXIT_OK)
		ret = kap_apply(KAP_CHANGE_SOME, &source, 1);
	kap_source_free(&source);
	return ret;
}

const struct kap_command cmd_del = {
	.name = "del",
	.operands = "id=N | name=X",
	.summary = "delete a rule",
	.min = 1,
	.max = -1,
	.run = run,
};

// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>

#include "base/output.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "host/apply.h"
#include "host/live.h"

static int run(const struct kap_args *args)
{
	struct kap_source source;
	struct kap_live before;
	int ret = kap_sysfs_require();

	if (ret != KAP_EXIT_OK)
		return ret;
	kap_source_words(&source, kap_args_join(args, "flush"), 0);
	kap_live_peek(&before);
	ret = kap_apply(KAP_CHANGE_SOME, &source, 1);
	if (ret == KAP_EXIT_OK && kap_output_is_wanted())
		printf("%zu rule%s deleted\n", before.rules.n,
		       before.rules.n == 1 ? "" : "s");
	kap_live_free(&before);
	kap_source_free(&source);
	return ret;
}

const struct kap_command cmd_flush = {
	.name = "flush",
	.operands = "",
	.summary = "delete all rules",
	.instead = "To delete one rule: kapctl del name=",
	.options = KAP_ARG_QUIET,
	.run = run,
};

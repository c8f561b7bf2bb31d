// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "cmd/args.h"
#include "cmd/cmd.h"
#include "host/apply.h"

static int run(const struct kap_args *args)
{
	struct kap_source source;
	int ret = kap_sysfs_require();

	if (ret != KAP_EXIT_OK)
		return ret;
	kap_source_words(&source, kap_args_join(args, "flush"), 0);
	ret = kap_apply(KAP_CHANGE_SOME, &source, 1);
	kap_source_free(&source);
	return ret;
}

const struct kap_command cmd_flush = {
	.name = "flush",
	.operands = "",
	.summary = "delete all rules",
	.run = run,
};

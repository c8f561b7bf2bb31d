// SPDX-License-Identifier: GPL-2.0
#include "base/output.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "host/live.h"
#include "host/swept.h"
#include "host/sysfs.h"

static int run(const struct kap_args *args)
{
	struct kap_swept swept;
	int ret = kap_sysfs_require();

	if (ret != KAP_EXIT_OK)
		return ret;
	if (!kap_swept_apply(args->n ? args->words[0] : "all", &swept))
		return KAP_EXIT_FAILED;
	kap_output_json(kap_swept_json(&swept));
	if (kap_output_is_wanted()) {
		kap_swept_print(&swept);
		kap_live_note_disabled();
	}
	return KAP_EXIT_OK;
}

const struct kap_command cmd_apply = {
	.name = "apply",
	.operands = "[all | id=N | name=X]",
	.summary = "apply the rules to connections that exist",
	.help = "They get what they would get if they were opened now. With id= or name=, only\n"
		"those get it that this rule wins. Values that an earlier rule has set look like\n"
		"the program's own: mode=default leaves them.\n",
	.options = KAP_ARG_QUIET,
	.max = 1,
	.run = run,
};

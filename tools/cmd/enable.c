// SPDX-License-Identifier: GPL-2.0
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "host/sysfs.h"

static int set(const char *value)
{
	int ret = kap_sysfs_require();

	if (ret == KAP_EXIT_OK && !kap_sysfs_set("enabled", value))
		ret = KAP_EXIT_FAILED;
	return ret;
}

static int enable(const struct kap_args *args)
{
	(void)args;
	return set("1\n");
}

static int disable(const struct kap_args *args)
{
	(void)args;
	return set("0\n");
}

const struct kap_command cmd_enable = {
	.name = "enable",
	.operands = "",
	.summary = "apply the rules to new connections",
	.run = enable,
};

const struct kap_command cmd_disable = {
	.name = "disable",
	.operands = "",
	.summary = "leave connections alone, but keep the rules",
	.run = disable,
};

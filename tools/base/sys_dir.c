// SPDX-License-Identifier: GPL-2.0
/* KAPCTL_SYS is a directory to use in place of /sys. */
#include "base/sys_dir.h"

#include <stdlib.h>

/**
 * kap_sys_dir - where sysfs is
 *
 * Return: a path without a slash at its end.
 */
const char *kap_sys_dir(void)
{
	const char *dir = getenv("KAPCTL_SYS");

	return dir && *dir ? dir : "/sys";
}

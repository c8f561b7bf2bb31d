// SPDX-License-Identifier: GPL-2.0
/* One-way changes of what the prober may do: user, user namespace, capability. */
#define _GNU_SOURCE
#include "prober.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* become N: real, effective and saved uid and gid N, no groups, for good */
static int cmd_become(int argc, char **argv, char *reply)
{
	long id;

	if (parse_long(argv[1], 0, UINT_MAX - 1L, &id))
		return -EINVAL;
	if (setgroups(0, NULL) || setresgid(id, id, id) || setresuid(id, id, id))
		return -errno;
	/* or /proc/self would belong to root, and userns could not write there */
	return prctl(PR_SET_DUMPABLE, 1) ? -errno : 0;
}

static int write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}

/* userns: a new user namespace in which this user is root, all capabilities */
static int cmd_userns(int argc, char **argv, char *reply)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();
	char map[32];
	int err;

	if (unshare(CLONE_NEWUSER))
		return -errno;
	err = write_text("/proc/self/setgroups", "deny");
	if (err)
		return err;
	snprintf(map, sizeof(map), "0 %u 1", uid);
	err = write_text("/proc/self/uid_map", map);
	if (err)
		return err;
	snprintf(map, sizeof(map), "0 %u 1", gid);
	return write_text("/proc/self/gid_map", map);
}

/* dropcap N: gives capability number N up, for good */
static int cmd_dropcap(int argc, char **argv, char *reply)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
	long cap;

	if (parse_long(argv[1], 0, 63, &cap))
		return -EINVAL;
	if (syscall(SYS_capget, &head, data))
		return -errno;
	data[CAP_TO_INDEX(cap)].effective &= ~CAP_TO_MASK(cap);
	data[CAP_TO_INDEX(cap)].permitted &= ~CAP_TO_MASK(cap);
	data[CAP_TO_INDEX(cap)].inheritable &= ~CAP_TO_MASK(cap);
	return syscall(SYS_capset, &head, data) ? -errno : 0;
}

const struct command creds_commands[] = {
	{ "become", 1, 1, cmd_become, false },
	{ "userns", 0, 0, cmd_userns, false },
	{ "dropcap", 1, 1, cmd_dropcap, false },
	{ NULL, 0, 0, NULL, false },
};

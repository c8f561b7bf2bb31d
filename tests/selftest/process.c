// SPDX-License-Identifier: GPL-2.0
/* What the prober itself is: its user, cgroup, network namespace, children. */
#define _GNU_SOURCE
#include "prober.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static uid_t owner;
static int first_netns = -1;

uid_t socket_owner(void)
{
	return owner;
}

static int cmd_uid(int argc, char **argv, char *reply)
{
	long number;

	if (parse_long(argv[1], 0, UINT_MAX - 1L, &number))
		return -EINVAL;
	owner = (uid_t)number;
	return 0;
}

static int cmd_cgroup(int argc, char **argv, char *reply)
{
	char path[PATH_MAX], pid[16];
	int fd, err = 0, len;

	if (argv[1][0] != '/')
		return -EINVAL;
	snprintf(path, sizeof(path), "/sys/fs/cgroup%s/cgroup.procs", argv[1]);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	len = snprintf(pid, sizeof(pid), "%d", getpid());
	if (write(fd, pid, len) < 0)
		err = -errno;
	close(fd);
	return err;
}

static int cmd_netns(int argc, char **argv, char *reply)
{
	char path[PATH_MAX];
	int fd, err = 0;

	if (first_netns < 0) {
		first_netns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
		if (first_netns < 0)
			return -errno;
	}
	if (!strcmp(argv[1], "-"))
		return setns(first_netns, CLONE_NEWNET) ? -errno : 0;
	snprintf(path, sizeof(path), "/run/netns/%s", argv[1]);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (setns(fd, CLONE_NEWNET))
		err = -errno;
	close(fd);
	return err;
}

static int cmd_say(int argc, char **argv, char *reply)
{
	if (argc > 1)
		snprintf(reply, PROBER_REPLY_LEN, "%s", argv[1]);
	return 0;
}

/* The child must neither eat the script nor write between the answers. */
static int cmd_system(int argc, char **argv, char *reply)
{
	int status;
	pid_t pid;

	pid = fork();
	if (pid < 0)
		return -errno;
	if (!pid) {
		int null = open("/dev/null", O_RDONLY);

		dup2(null, STDIN_FILENO);
		dup2(STDERR_FILENO, STDOUT_FILENO);
		if (null > STDERR_FILENO)
			close(null);
		execl("/bin/sh", "sh", "-c", argv[1], (char *)NULL);
		_exit(127);
	}
	if (waitpid(pid, &status, 0) < 0)
		return -errno;
	snprintf(reply, PROBER_REPLY_LEN, "%d",
		 WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	return 0;
}

static int cmd_pid(int argc, char **argv, char *reply)
{
	snprintf(reply, PROBER_REPLY_LEN, "%d", getpid());
	return 0;
}

/* nofile N: no descriptor of N or above can be had (soft limit) */
static int cmd_nofile(int argc, char **argv, char *reply)
{
	struct rlimit limit;
	long number;

	if (parse_long(argv[1], 0, INT_MAX, &number))
		return -EINVAL;
	if (getrlimit(RLIMIT_NOFILE, &limit))
		return -errno;
	limit.rlim_cur = number;
	return setrlimit(RLIMIT_NOFILE, &limit) ? -errno : 0;
}

/* export C N: descriptor N of the programs that "system" starts */
static int cmd_export(int argc, char **argv, char *reply)
{
	int fd = name_to_fd(argv[1]);
	long number;

	if (fd < 0)
		return fd;
	if (parse_long(argv[2], STDERR_FILENO + 1, 1023, &number))
		return -EINVAL;
	if (number == fd)
		return fcntl(fd, F_SETFD, 0) ? -errno : 0;
	if (fcntl((int)number, F_GETFD) >= 0)
		return -EBUSY;
	return dup2(fd, (int)number) < 0 ? -errno : 0;
}

/* import C N: descriptor N as it was inherited */
static int cmd_import(int argc, char **argv, char *reply)
{
	long number;
	int fd;

	if (parse_long(argv[2], STDERR_FILENO + 1, 1023, &number))
		return -EINVAL;
	fd = fcntl((int)number, F_DUPFD_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	close((int)number);
	return name_add(argv[1], fd);
}

const struct command process_commands[] = {
	{ "uid", 1, 1, cmd_uid, false },
	{ "cgroup", 1, 1, cmd_cgroup, false },
	{ "netns", 1, 1, cmd_netns, false },
	{ "say", 0, 1, cmd_say, true },
	{ "system", 1, 1, cmd_system, true },
	{ "pid", 0, 0, cmd_pid, false },
	{ "nofile", 1, 1, cmd_nofile, false },
	{ "export", 2, 2, cmd_export, false },
	{ "import", 2, 2, cmd_import, false },
	{ NULL, 0, 0, NULL, false },
};

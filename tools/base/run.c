// SPDX-License-Identifier: GPL-2.0
#include "base/run.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Not PATH: a user's may lack sbin, or name programs that root must not run. */
static bool spawn(pid_t *pid, char *const argv[], int out)
{
	static const char * const dirs[] = {
		"/usr/sbin", "/usr/bin", "/sbin", "/bin",
	};
	static char * const env[] = { "LC_ALL=C", "PATH=/usr/sbin:/usr/bin", NULL };
	posix_spawn_file_actions_t actions;
	char path[64];
	size_t i;
	int err = ENOENT;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null",
					 O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null",
					 O_WRONLY, 0);
	for (i = 0; err && i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", dirs[i], argv[0]);
		if (!access(path, X_OK))
			err = posix_spawn(pid, path, &actions, NULL, argv, env);
	}
	posix_spawn_file_actions_destroy(&actions);
	return !err;
}

/* Read all, keep what fits: a full pipe would stop the program. */
static void read_all(int fd, char *out, size_t size)
{
	char rest[512];
	size_t len = 0;
	ssize_t n;

	do {
		bool full = len == size - 1;

		n = read(fd, full ? rest : out + len,
			 full ? sizeof(rest) : size - 1 - len);
		if (n > 0 && !full)
			len += n;
	} while (n > 0 || (n < 0 && errno == EINTR));
	out[len] = '\0';
}

/**
 * kap_run - run a program
 * @argv: its name, without a folder, and arguments
 * @out: gets what it prints, terminated
 * @size: bytes of @out
 *
 * Return: its exit status, or -1 when there is none, or no such program.
 */
int kap_run(char *const argv[], char *out, size_t size)
{
	int fds[2], status;
	pid_t pid;
	bool ok;

	*out = '\0';
	if (pipe2(fds, O_CLOEXEC))
		return -1;
	ok = spawn(&pid, argv, fds[1]);
	close(fds[1]);
	if (ok)
		read_all(fds[0], out, size);
	close(fds[0]);
	if (!ok)
		return -1;
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -1;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Preloaded into kapctl: write(2) to a file called "rules" fails as the module
 * would let it fail.
 *
 * REFUSE_ERRNO is the errno value, REFUSE_TEXT becomes last_error, REFUSE_FROM
 * is how many writes are accepted before.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The path of @fd in @path; whether it ends in "/rules". */
static int is_rules(int fd, char *path, size_t size)
{
	char link[64];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, size - 1);
	if (n < 6)
		return 0;
	path[n] = '\0';
	return !strcmp(path + n - 6, "/rules");
}

static void leave_reason(char *path)
{
	const char *text = getenv("REFUSE_TEXT");
	FILE *f;

	strcpy(strrchr(path, '/'), "/last_error");
	f = fopen(path, "w");
	if (!f)
		abort();
	fprintf(f, "%s\n", text ? text : "");
	fclose(f);
}

ssize_t write(int fd, const void *buf, size_t len)
{
	static ssize_t (*next)(int, const void *, size_t);
	static int accepted;
	const char *err = getenv("REFUSE_ERRNO"), *from = getenv("REFUSE_FROM");
	char path[PATH_MAX];

	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "write");
	if (!err || !is_rules(fd, path, sizeof(path)) ||
	    accepted++ < (from ? atoi(from) : 0))
		return next(fd, buf, len);
	leave_reason(path);
	errno = atoi(err);
	return -1;
}

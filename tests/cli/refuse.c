// SPDX-License-Identifier: GPL-2.0
/*
 * Preloaded into kapctl: write(2) to a file called "rules" fails as the module
 * would let it fail.
 *
 * REFUSE_ERRNO is the errno value, REFUSE_TEXT is what the file then says of it,
 * REFUSE_FROM is how many writes are accepted before. last_error is that of
 * another writer.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rule/limits.h"

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

static void leave_another_reason(char *path)
{
	FILE *f;

	strcpy(strrchr(path, '/'), "/last_error");
	f = fopen(path, "w");
	if (!f)
		abort();
	fputs("1:1-1: of another writer\n", f);
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
	leave_another_reason(path);
	errno = atoi(err);
	return -1;
}

ssize_t pread(int fd, void *buf, size_t len, off_t off)
{
	static ssize_t (*next)(int, void *, size_t, off_t);
	const char *text = getenv("REFUSE_TEXT");
	char path[PATH_MAX];
	int n;

	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "pread");
	if (off < KAP_ERROR_OFFSET || !is_rules(fd, path, sizeof(path)))
		return next(fd, buf, len, off);
	n = snprintf(buf, len, "%s\n", text ? text : "");
	return n < (int)len ? n : (int)len;
}

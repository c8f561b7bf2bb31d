// SPDX-License-Identifier: GPL-2.0
/* Files: exact write(2) calls on one open file, with their errno. */
#define _GNU_SOURCE
#include "prober.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int cmd_open(int argc, char **argv, char *reply)
{
	int flags, fd;

	if (!strcmp(argv[3], "r"))
		flags = O_RDONLY;
	else if (!strcmp(argv[3], "w"))
		flags = O_WRONLY;
	else if (!strcmp(argv[3], "rw"))
		flags = O_RDWR;
	else
		return -EINVAL;
	fd = open(argv[2], flags | O_CLOEXEC);
	return fd < 0 ? -errno : name_add(argv[1], fd);
}

/* Replaces \n, \t, \\ and \xHH in place; returns the length or -EINVAL. */
static ssize_t unescape(char *text)
{
	char *from = text, *to = text;

	while (*from) {
		if (*from != '\\') {
			*to++ = *from++;
			continue;
		}
		switch (from[1]) {
		case 'n':
			*to++ = '\n';
			from += 2;
			break;
		case 't':
			*to++ = '\t';
			from += 2;
			break;
		case '\\':
			*to++ = '\\';
			from += 2;
			break;
		case 'x': {
			char digits[3] = { 0 };

			if (!isxdigit((unsigned char)from[2]) || !isxdigit((unsigned char)from[3]))
				return -EINVAL;
			memcpy(digits, from + 2, 2);
			*to++ = (char)strtol(digits, NULL, 16);
			from += 4;
			break;
		}
		default:
			return -EINVAL;
		}
	}
	return to - text;
}

static int cmd_write(int argc, char **argv, char *reply)
{
	int fd = name_to_fd(argv[1]);
	ssize_t len, n;

	if (fd < 0)
		return fd;
	len = unescape(argv[2]);
	if (len < 0)
		return (int)len;
	n = write(fd, argv[2], (size_t)len);
	if (n < 0)
		return -errno;
	snprintf(reply, PROBER_REPLY_LEN, "%zd", n);
	return 0;
}

static int cmd_seek(int argc, char **argv, char *reply)
{
	int fd = name_to_fd(argv[1]);
	long offset;

	if (fd < 0)
		return fd;
	if (parse_long(argv[2], 0, 1 << 30, &offset))
		return -EINVAL;
	return lseek(fd, offset, SEEK_SET) < 0 ? -errno : 0;
}

const struct command file_commands[] = {
	{ "open", 3, 3, cmd_open, false },
	{ "write", 2, 2, cmd_write, true },
	{ "seek", 2, 2, cmd_seek, false },
	{ NULL, 0, 0, NULL, false },
};

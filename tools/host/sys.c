// SPDX-License-Identifier: GPL-2.0
#include "host/sys.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/sys_dir.h"

/**
 * kap_sys_peek - read the start of a file that may not be there
 * @path: the file; below /sys unless it starts with a slash
 * @buf: where to; terminated
 * @size: bytes of @buf
 *
 * Return: bytes read, or -1.
 */
int kap_sys_peek(const char *path, char *buf, size_t size)
{
	char *full;
	ssize_t n;
	int fd;

	if (asprintf(&full, "%s%s%s", *path == '/' ? "" : kap_sys_dir(),
		     *path == '/' ? "" : "/", path) < 0)
		abort();
	fd = open(full, O_RDONLY | O_CLOEXEC);
	free(full);
	if (fd < 0)
		return -1;
	n = read(fd, buf, size - 1);
	close(fd);
	if (n >= 0)
		buf[n] = '\0';
	return n;
}

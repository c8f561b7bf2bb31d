// SPDX-License-Identifier: GPL-2.0
/*
 * halfread: opens a file many times and reads the first byte each time, as
 * somebody does who wants to be in the way. Answers like prober, a line each:
 *   open FILE N   opens it N times: "ok N", or "err ERRNO N" with how many
 *   go on         reads them all to their ends: "ok whole=N other=N"
 *   quit          closes them all: "ok"
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int *fds;
static int count;

static void open_all(const char *path, int n)
{
	char c;

	fds = calloc(n, sizeof(*fds));
	for (count = 0; count < n; count++) {
		fds[count] = open(path, O_RDONLY);
		if (fds[count] < 0 || read(fds[count], &c, 1) != 1) {
			printf("err %s %d\n", strerrorname_np(errno), count);
			return;
		}
	}
	printf("ok %d\n", count);
}

static void go_on(void)
{
	int whole = 0, other = 0, i;
	static char buf[65536];
	ssize_t n;

	for (i = 0; i < count; i++) {
		do {
			n = read(fds[i], buf, sizeof(buf));
		} while (n > 0);
		if (n)
			other++;
		else
			whole++;
	}
	printf("ok whole=%d other=%d\n", whole, other);
}

int main(void)
{
	char line[256], path[256];
	int n;

	setvbuf(stdout, NULL, _IOLBF, 0);
	while (fgets(line, sizeof(line), stdin)) {
		if (sscanf(line, "open %255s %d", path, &n) == 2)
			open_all(path, n);
		else if (!strcmp(line, "go on\n"))
			go_on();
		else if (strcmp(line, "quit\n"))
			puts("err ENOSYS");
		else
			break;
	}
	while (count)
		close(fds[--count]);
	puts("ok");
	return 0;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * halfread: opens a file many times and reads the first byte each time, as
 * somebody does who wants to be in the way. Answers like prober, a line each:
 *   open FILE N   opens it N times: "ok N", or "err ERRNO N" with how many
 *   go on         reads them all to their ends: "ok whole=N stale=N other=N"
 *   spin TIMES    reads of the first, in turn, the byte at offset 1 MB and the
 *                 second: "ok"
 *   quit          closes them all: "ok"
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FAR	1048576

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
	int whole = 0, stale = 0, other = 0, i;
	static char buf[65536];
	ssize_t n;

	for (i = 0; i < count; i++) {
		do {
			n = read(fds[i], buf, sizeof(buf));
		} while (n > 0);
		if (!n)
			whole++;
		else if (errno == ESTALE)
			stale++;
		else
			other++;
	}
	printf("ok whole=%d stale=%d other=%d\n", whole, stale, other);
}

static void spin(int times)
{
	char c;

	while (times--) {
		if (pread(fds[0], &c, 1, FAR) != 1 || pread(fds[0], &c, 1, 1) != 1) {
			printf("err %s\n", strerrorname_np(errno));
			return;
		}
	}
	puts("ok");
}

int main(void)
{
	char line[256], path[256];
	int n;

	setvbuf(stdout, NULL, _IOLBF, 0);
	while (fgets(line, sizeof(line), stdin)) {
		if (sscanf(line, "open %255s %d", path, &n) == 2)
			open_all(path, n);
		else if (sscanf(line, "spin %d", &n) == 1)
			spin(n);
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

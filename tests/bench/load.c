// SPDX-License-Identifier: GPL-2.0
/*
 * Loads a rule set by one transaction on one open file, and says what that
 * takes: time a rule, and kernel memory a rule once all has settled.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "memory.h"
#include "rules.h"

static void print_last_error(void)
{
	char text[300];
	int fd = open("/sys/kernel/kapolicy/last_error", O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (n > 0)
		fprintf(stderr, "last_error: %.*s", (int)n, text);
}

static void write_rules(int fd, const char *text, size_t len)
{
	while (len) {
		/* sysfs takes a page at a time anyway */
		ssize_t n = write(fd, text, len < 4096 ? len : 4096);

		if (n <= 0) {
			int err = errno;

			print_last_error();
			errno = err;
			die_errno("%s", RULES_FILE);
		}
		text += n;
		len -= n;
	}
}

int cmd_load(int argc, char **argv)
{
	bool memory = argc == 3 && !strcmp(argv[2], "--memory");
	struct memory before = { 0 }, after = { 0 };
	struct rules *rs;
	uint64_t start, spent;
	size_t len;
	char *text;
	int fd;

	if (argc != 2 && !memory)
		die("usage: load KIND:N[:SEED] [--memory]");
	rs = rules_make(argv[1]);
	text = rules_text(rs, &len);
	if (memory)
		before = memory_settled();
	fd = open(RULES_FILE, O_WRONLY);
	if (fd < 0)
		die_errno("%s", RULES_FILE);
	start = tick(BY_MONOTONIC);
	write_rules(fd, text, len);
	spent = tick(BY_MONOTONIC) - start;
	close(fd);
	if (memory)
		after = memory_settled();
	printf("load what=%s:%u n=%u ns=%llu per_rule=%.0f text=%zu", rs->kind,
	       rs->n, rs->n, (unsigned long long)spent, (double)spent / rs->n,
	       len);
	if (memory)
		printf(" mem_kb=%ld slab_kb=%ld vmalloc_kb=%ld bytes_per_rule=%.0f",
		       before.free - after.free, after.slab - before.slab,
		       after.vmalloc - before.vmalloc,
		       (before.free - after.free) * 1024.0 / rs->n);
	putchar('\n');
	free(text);
	rules_free(rs);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * What it costs to apply a rule to connections that exist, every one of which
 * it changes; and how long that keeps everybody else off the CPU.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "clock.h"
#include "gap.h"
#include "pair.h"

#define SYSFS		"/sys/kernel/kapolicy/"
#define PORT		5432
#define PER_ADDRESS	10000	/* connections: fewer than there are local ports */

static void open_connections(uint32_t n)
{
	struct target t = { .server.byte = "\x7f\0\0\1", .port = PORT };
	struct rlimit files = { 2 * n + 100, 2 * n + 100 };
	struct pair p;
	uint32_t i;

	if (setrlimit(RLIMIT_NOFILE, &files))
		die_errno("RLIMIT_NOFILE");
	for (i = 0; i < n; i++) {
		if (i % PER_ADDRESS == 0) {
			t.server.byte[3]++;
			target_socket(&t);
			target_listen(&t);
		}
		pair_open(&p, &t);
	}
}

static void load(const char *rule)
{
	if (write_file(RULES_FILE, rule))
		die_errno("%s", rule);
}

/* Applies the rules, which change all of so many ends. */
static void apply(uint32_t ends)
{
	char done[100], want[100];

	if (write_file(SYSFS "apply", "all\n"))
		die_errno("apply");
	read_file(SYSFS "apply", done, sizeof(done));
	snprintf(want, sizeof(want), "looked=%u matched=%u applied=%u app_set=0\n",
		 ends, ends, ends);
	if (strcmp(done, want))
		die("apply: %s instead of %s", done, want);
}

int cmd_apply(int argc, char **argv)
{
	uint64_t spent;
	uint32_t n, ends;

	if (argc != 2)
		die("usage: apply CONNECTIONS");
	n = parse_number(argv[1], "connections");
	ends = 2 * n;
	open_connections(n);
	load("port=5432 idle=60s intvl=20s cnt=3\n");
	spent = tick(BY_TSC);
	apply(ends);
	spent = tick(BY_TSC) - spent;
	load("flush\nport=5432 idle=90s intvl=30s cnt=4 mode=force\n");
	gap_watch();
	apply(ends);
	printf("apply what=%u n=%u ns=%llu per_end=%.0f gap=%llu\n", ends, ends,
	       (unsigned long long)spent, (double)spent / ends,
	       (unsigned long long)gap_end());
	return 0;
}

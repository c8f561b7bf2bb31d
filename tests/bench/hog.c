// SPDX-License-Identifier: GPL-2.0
/*
 * An unprivileged program that means harm: connections to every port it may
 * listen on, or cgroups made, used for a connection and removed, as fast as
 * it can, so many times and then on until it is told to stop. It drops root
 * first. How often it did is in the file it is given.
 */
#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pair.h"

#define NOBODY	65534

static volatile sig_atomic_t stopped;
static uint64_t least;

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
}

static void drop_root(void)
{
	if (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
	    setresuid(NOBODY, NOBODY, NOBODY))
		die_errno("cannot become nobody");
}

static void connect_once(uint16_t port)
{
	struct target t = { .port = port };
	struct pair p;

	memcpy(t.server.byte, "\x7f\0\0\x42", 4);
	target_socket(&t);
	target_listen(&t);
	pair_open(&p, &t);
	pair_close(&p);
	close(t.listener);
}

static uint64_t every_port(void)
{
	uint64_t n;

	/* odd: all of them in turn; adversary.sh gives away the low ones too */
	for (n = 1; !stopped || n <= least; n++) {
		if (n * 40503 % 65536)
			connect_once(n * 40503 % 65536);
	}
	return n - 1;
}

/*
 * Makes directories inside each other, with names that rules of rules.c have
 * patterns for: the dearest to look up. The deeper, the more patterns match.
 */
static void cgroups_make(char *path, size_t size, uint64_t n, uint64_t depth)
{
	size_t len;

	while (depth--) {
		len = strlen(path);
		snprintf(path + len, size - len, "/job-%llu-x.scope",
			 (unsigned long long)(n + depth) % 40000);
		if (mkdir(path, 0755))
			die_errno("%s", path);
	}
}

static void cgroups_remove(char *path, uint64_t depth)
{
	while (depth--) {
		if (rmdir(path) && errno != EBUSY)
			die_errno("rmdir %s", path);
		*strrchr(path, '/') = '\0';
	}
}

static uint64_t cgroups(const char *dir, uint64_t depth)
{
	const size_t root = strlen(CGROUP_ROOT);
	char path[1024];
	uint64_t n;

	for (n = 0; !stopped || n < least; n++) {
		snprintf(path, sizeof(path), CGROUP_ROOT "%s", dir);
		cgroups_make(path, sizeof(path), n, depth);
		cgroup_enter(path + root);
		connect_once(20000);
		cgroup_enter(dir);
		cgroups_remove(path, depth);
	}
	return n;
}

int cmd_hog(int argc, char **argv)
{
	uint64_t n;
	FILE *f;

	if (argc != 4 && argc != 6)
		die("usage: hog COUNT-FILE N ports | COUNT-FILE N cgroups DELEGATED-CGROUP DEPTH");
	f = fopen(argv[1], "w");
	if (!f)
		die_errno("%s", argv[1]);
	least = parse_number(argv[2], "times");
	signal(SIGTERM, stop);
	if (argc == 6)
		cgroup_enter(argv[4]);
	drop_root();
	n = argc == 6 ? cgroups(argv[4], parse_number(argv[5], "directories")) :
			every_port();
	fprintf(f, "%llu\n", (unsigned long long)n);
	fclose(f);
	return 0;
}

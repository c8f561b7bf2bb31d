// SPDX-License-Identifier: GPL-2.0
/*
 * stress - connections on every processor while everything else happens.
 *
 *	stress MODULE.ko CONNECTIONS UNLOADS REPLACES SECONDS LIMIT
 *
 * Goes on until all of these minimums are reached, at most for LIMIT seconds.
 * Says every ten seconds, and at the end, what there was; exit status 1 if a
 * minimum was not reached or anything happened that must not.
 */
#define _GNU_SOURCE
#include "stress.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CHILDREN_MAX	64

struct totals *total;
const char *module_file;

static unsigned long long state = 1;
static pid_t child[CHILDREN_MAX];
static int children;

/* xorshift64 */
unsigned int rnd(unsigned int below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned int)((state >> 32) % below);
}

void complain(const char *format, ...)
{
	char text[512];
	va_list args;

	if (atomic_fetch_add(&total->wrong, 1) >= 20)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	printf("# wrong: %s\n", text);
	fflush(stdout);
}

void pause_ms(unsigned int ms)
{
	const struct timespec ts = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };

	nanosleep(&ts, NULL);
}

int open_sysfs(const char *name, int flags)
{
	char path[128];

	snprintf(path, sizeof(path), SYSFS "%s", name);
	return open(path, flags | O_CLOEXEC);
}

/* 0 or an errno. */
int put(int fd, const char *text, size_t len)
{
	while (len) {
		ssize_t r = write(fd, text, len);

		if (r <= 0)
			return r ? errno : EIO;
		text += r;
		len -= (size_t)r;
	}
	return 0;
}

/* What the others may do to an access at any time: counts it. */
bool is_expected(int err)
{
	if (err == ESTALE) {
		atomic_fetch_add(&total->stale, 1);
		return true;
	}
	if (err != ENOENT && err != ENODEV && err != ENXIO)
		return false;
	atomic_fetch_add(&total->gone, 1);
	pause_ms(2);
	return true;
}

static void start(void (*work)(int nr), int nr)
{
	fflush(stdout);
	child[children] = fork();
	if (child[children] < 0) {
		perror("fork");
		exit(1);
	}
	if (!child[children]) {
		state = (unsigned long long)(children + 1) * 0x9e3779b97f4a7c15ULL;
		/* Loading takes long: there would mostly be no module, or nobody to use it. */
		if (work == cycle_module)
			setpriority(PRIO_PROCESS, 0, -15);
		else if (work == replace_rules)
			setpriority(PRIO_PROCESS, 0, -5);
		work(nr);
		exit(0);
	}
	children++;
}

static void report(long seconds)
{
	printf("# %4ld s: connections=%lu unloads=%lu replaces=%lu ", seconds,
	       total->connections, total->unloads, total->replaces);
	printf("edits=%lu refused=%lu reads=%lu toggles=%lu ", total->edits,
	       total->refused, total->reads, total->toggles);
	printf("namespaces=%lu cgroups=%lu gone=%lu stale=%lu wrong=%lu\n", total->namespaces,
	       total->cgroups, total->gone, total->stale, total->wrong);
	fflush(stdout);
}

static long now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

/* Any that ends before its time has failed. */
static void reap(bool stopping)
{
	int status, i;
	pid_t pid;

	while ((pid = waitpid(-1, &status, stopping ? 0 : WNOHANG)) > 0) {
		for (i = 0; i < children && child[i] != pid; i++)
			;
		if (i < children && (!stopping || status))
			complain("process %d has ended with status %#x", i, status);
	}
}

int main(int argc, char **argv)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN), begun, said, t;
	unsigned long connections, unloads, replaces;
	long seconds, limit;
	bool enough = false;
	int i;

	if (argc != 7) {
		fprintf(stderr, "usage: see the head of stress.c\n");
		return 2;
	}
	module_file = argv[1];
	connections = strtoul(argv[2], NULL, 10);
	unloads = strtoul(argv[3], NULL, 10);
	replaces = strtoul(argv[4], NULL, 10);
	seconds = atol(argv[5]);
	limit = atol(argv[6]);
	total = mmap(NULL, sizeof(*total), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (total == MAP_FAILED) {
		perror("mmap");
		return 1;
	}

	start(cycle_module, 0);
	for (i = 0; i < processors; i++)
		start(open_connections, i);
	start(replace_rules, 0);
	start(replace_rules, 1);
	start(edit_rules, 0);
	start(read_files, 0);
	start(toggle, 0);

	begun = now();
	said = begun;
	do {
		pause_ms(200);
		reap(false);
		t = now();
		enough = total->connections >= connections && total->unloads >= unloads &&
			 total->replaces >= replaces && t - begun >= seconds;
		if (t - said >= 10) {
			said = t;
			report(t - begun);
		}
	} while (!enough && !total->wrong && t - begun < limit);
	total->stop = true;
	reap(true);
	report(now() - begun);
	printf("connections=%lu unloads=%lu replaces=%lu reported=%lu enough=%d wrong=%lu\n",
	       total->connections, total->unloads, total->replaces, total->reported, enough,
	       total->wrong);
	return !enough || total->wrong;
}

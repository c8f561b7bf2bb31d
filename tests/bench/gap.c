// SPDX-License-Identifier: GPL-2.0
/*
 * How long a change of the rules keeps everybody else off the CPU: a process
 * with real-time priority wants to run every half millisecond, and notes how
 * late it was at worst. On a kernel without forced preemption that is the
 * longest stretch of the change without a point where the CPU is given up.
 */
#include "gap.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "rules.h"

#define STEP_NS	500000

/* Shared with the process that watches. */
static volatile uint64_t *latest;
static pid_t watcher;

static void watch(void)
{
	struct sched_param fifo = { .sched_priority = 50 };
	struct timespec next;
	uint64_t due, now;

	if (sched_setscheduler(0, SCHED_FIFO, &fifo))
		die_errno("sched_setscheduler");
	for (;;) {
		due = now_ns(CLOCK_MONOTONIC) + STEP_NS;
		next.tv_sec = due / 1000000000;
		next.tv_nsec = due % 1000000000;
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL);
		now = now_ns(CLOCK_MONOTONIC);
		if (now - due > *latest)
			*latest = now - due;
	}
}

/* From now on, until gap_end(). */
void gap_watch(void)
{
	latest = mmap(NULL, sizeof(*latest), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (latest == MAP_FAILED)
		die_errno("mmap");
	watcher = fork();
	if (watcher < 0)
		die_errno("fork");
	if (!watcher)
		watch();
	sleep_ms(10);
	*latest = 0;
}

/* The longest time since gap_watch(), in nanoseconds. */
uint64_t gap_end(void)
{
	uint64_t longest = *latest;

	kill(watcher, SIGKILL);
	waitpid(watcher, NULL, 0);
	return longest;
}

/* Writes @text in pages; what the module frees later counts as well. */
static uint64_t gap_of(const char *text, size_t len)
{
	int fd = open(RULES_FILE, O_WRONLY);
	ssize_t n;

	if (fd < 0)
		die_errno("%s", RULES_FILE);
	*latest = 0;
	for (; len; text += n, len -= n) {
		n = write(fd, text, len < 4096 ? len : 4096);
		if (n <= 0)
			die_errno("%s", RULES_FILE);
	}
	close(fd);
	sleep_ms(300);
	return *latest;
}

static uint64_t gap_of_line(const char *line)
{
	return gap_of(line, strlen(line));
}

int cmd_gap(int argc, char **argv)
{
	struct rules *rs;
	size_t len;
	char *text;

	if (argc != 2)
		die("usage: gap KIND:N[:SEED]");
	rs = rules_make(argv[1]);
	text = rules_text(rs, &len);
	gap_watch();
	printf("gap what=%s:%u", rs->kind, rs->n);
	printf(" load=%llu", (unsigned long long)gap_of(text, len));
	printf(" add=%llu", (unsigned long long)
	       gap_of_line("add name=gap prio=2000 port=1-9 uid=7 cnt=5\n"));
	printf(" del=%llu", (unsigned long long)gap_of_line("del name=gap\n"));
	printf(" flush=%llu\n", (unsigned long long)gap_of_line("flush\n"));
	gap_end();
	free(text);
	rules_free(rs);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * late COMMAND...: runs COMMAND and prints how many microseconds late, at most,
 * a task of the highest priority got the CPU meanwhile. Where the kernel is not
 * preempted, that is its longest way without a point to reschedule at. For one
 * processor.
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TICK_NS	200000

static void die(const char *what)
{
	fprintf(stderr, "late: %s: %s\n", what, strerror(errno));
	exit(2);
}

static long long now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* Sleeps for a tick; returns how much longer that was than it should be. */
static long long tick(void)
{
	long long until = now_ns() + TICK_NS;
	struct timespec t = { until / 1000000000, until % 1000000000 };

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
	return now_ns() - until;
}

int main(int argc, char **argv)
{
	struct sched_param most = { .sched_priority = 99 };
	long long worst = 0, late;
	int status = 0;
	pid_t pid;

	if (argc < 2)
		return 2;
	pid = fork();
	if (pid < 0)
		die("fork");
	if (!pid) {
		execvp(argv[1], argv + 1);
		die(argv[1]);
	}
	if (mlockall(MCL_CURRENT) || sched_setscheduler(0, SCHED_FIFO, &most))
		die("SCHED_FIFO");
	do {
		late = tick();
		if (late > worst)
			worst = late;
	} while (!waitpid(pid, &status, WNOHANG));
	printf("%lld\n", worst / 1000);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 2;
}

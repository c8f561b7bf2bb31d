// SPDX-License-Identifier: GPL-2.0
/*
 * Connections a second in real time: one process a CPU, each with a listener
 * of its own, for a time or for a number of connections.
 */
#include <getopt.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "pair.h"

/* What a worker has done, and in what time. */
struct worker {
	uint64_t n, ns;
};

struct rate {
	const char *what;
	struct rules *rules;
	bool expect;
	uint64_t ms, count;
	long workers;
	struct worker *worker;	/* shared with them */
};

static const struct option options[] = {
	{ "what", required_argument, NULL, 'w' },
	{ "rules", required_argument, NULL, 'r' },
	{ "expect", no_argument, NULL, 'e' },
	{ "ms", required_argument, NULL, 't' },
	{ "count", required_argument, NULL, 'n' },
	{ 0 },
};

static const char usage[] =
	"usage: rate [--what LABEL] --rules port:N[:SEED] [--expect] --ms N | --count N";

static void parse(struct rate *x, int argc, char **argv)
{
	int o;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (o) {
		case 'w': x->what = optarg; break;
		case 'r': x->rules = rules_make(optarg); break;
		case 'e': x->expect = true; break;
		case 't': x->ms = parse_number(optarg, "ms"); break;
		case 'n': x->count = parse_number(optarg, "count"); break;
		default: die("%s", usage);
		}
	}
	if (optind != argc || !x->rules || !x->ms == !x->count)
		die("%s", usage);
}

static void listen_at(const struct rate *x, int cpu, struct target *t)
{
	const struct rule *rule = &x->rules->rule[cpu % x->rules->n];

	memset(t, 0, sizeof(*t));
	/* one port may be all there is: tell the listeners apart otherwise */
	t->server.byte[0] = 127;
	t->server.byte[3] = 1 + cpu;
	t->port = rule->port_lo;
	if (x->expect)
		t->out = t->in = &rule->v;
	target_socket(t);
	target_listen(t);
}

static void work(const struct rate *x, int cpu)
{
	uint64_t start, spent, n = 0;
	struct target t;
	struct pair p;
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		die_errno("sched_setaffinity");
	listen_at(x, cpu, &t);
	start = tick(BY_MONOTONIC);
	do {
		pair_open(&p, &t);
		/* now and then, at the same cost for all that are compared */
		if (n % 64 == 0)
			pair_check(&p, &t, x->what);
		pair_close(&p);
		n++;
		spent = tick(BY_MONOTONIC) - start;
	} while (x->count ? n < x->count / x->workers :
			    spent < x->ms * 1000000);
	x->worker[cpu].n = n;
	x->worker[cpu].ns = spent;
}

static void run_workers(const struct rate *x)
{
	long i;
	int status;

	for (i = 0; i < x->workers; i++) {
		pid_t pid = fork();

		if (pid < 0)
			die_errno("fork");
		if (!pid) {
			work(x, i);
			_exit(0);
		}
	}
	for (i = 0; i < x->workers; i++) {
		if (wait(&status) < 0 || status)
			die("a worker failed");
	}
}

int cmd_rate(int argc, char **argv)
{
	struct rate x = { .what = "rate" };
	double per_second = 0;
	uint64_t n = 0, ns = 0;
	long i;

	parse(&x, argc, argv);
	x.workers = sysconf(_SC_NPROCESSORS_ONLN);
	x.worker = mmap(NULL, x.workers * sizeof(*x.worker),
			PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
			0);
	if (x.worker == MAP_FAILED)
		die_errno("mmap");
	run_workers(&x);
	for (i = 0; i < x.workers; i++) {
		const struct worker *w = &x.worker[i];

		n += w->n;
		ns = w->ns > ns ? w->ns : ns;
		per_second += w->n * 1e9 / w->ns;
	}
	printf("rate what=%s workers=%ld n=%llu ms=%llu per_second=%.1f\n",
	       x.what, x.workers, (unsigned long long)n,
	       (unsigned long long)(ns / 1000000), per_second);
	return 0;
}

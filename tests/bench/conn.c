// SPDX-License-Identifier: GPL-2.0
/*
 * What one loopback connection costs: opened, accepted and reset, both ends in
 * this process. Connections go in turn to a few ports. "usual" is the median
 * over connections; a batch is a number of them, and its mean has what comes to
 * one in many as well: ticks, RCU, slabs. Of both the least counts, see HOLDS.
 * Every connection is checked for the options it must have, between the timed
 * parts.
 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "pair.h"

struct conn {
	const char *what;
	struct rules *rules;
	bool miss;
	bool set;
	const char *expect, *cgroup;
	uint32_t batches, per, listeners;
	uint64_t seed;
	enum ticker clock;
	struct target *target;
};

static const struct option options[] = {
	{ "what", required_argument, NULL, 'w' },
	{ "rules", required_argument, NULL, 'r' },
	{ "miss", no_argument, NULL, 'm' },
	{ "setsockopt", no_argument, NULL, 'o' },
	{ "expect", required_argument, NULL, 'e' },
	{ "cgroup", required_argument, NULL, 'g' },
	{ "batches", required_argument, NULL, 'b' },
	{ "per", required_argument, NULL, 'n' },
	{ "listeners", required_argument, NULL, 'l' },
	{ "seed", required_argument, NULL, 's' },
	{ "clock", required_argument, NULL, 'c' },
	{ 0 },
};

static const char usage[] =
	"usage: conn [--what LABEL] [--rules KIND:N[:SEED]] [--miss] [--setsockopt]\n"
	"            [--expect none|rules|lib] [--cgroup PATH] [--batches N] [--per N]\n"
	"            [--listeners N] [--seed N] [--clock tsc|thread|mono]";

static enum ticker parse_clock(const char *name)
{
	if (!strcmp(name, "tsc"))
		return BY_TSC;
	if (!strcmp(name, "thread"))
		return BY_THREAD;
	if (!strcmp(name, "mono"))
		return BY_MONOTONIC;
	die("no such clock: %s", name);
}

static void parse(struct conn *c, int argc, char **argv)
{
	int o;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (o) {
		case 'w': c->what = optarg; break;
		case 'r': c->rules = rules_make(optarg); break;
		case 'm': c->miss = true; break;
		case 'o': c->set = true; break;
		case 'e': c->expect = optarg; break;
		case 'g': c->cgroup = optarg; break;
		case 'b': c->batches = parse_number(optarg, "batches"); break;
		case 'n': c->per = parse_number(optarg, "per"); break;
		case 'l': c->listeners = parse_number(optarg, "ports"); break;
		case 's': c->seed = parse_number(optarg, "seed"); break;
		case 'c': c->clock = parse_clock(optarg); break;
		default: die("%s", usage);
		}
	}
	if (optind != argc || !c->batches || !c->per || !c->listeners)
		die("%s", usage);
}

static bool port_used(const struct conn *c, uint32_t n, uint16_t port)
{
	uint32_t i;

	for (i = 0; i < n; i++) {
		if (c->target[i].port == port)
			return true;
	}
	return false;
}

static const struct rule *find_rule(const struct conn *c, enum dir dir,
				    uint16_t port)
{
	struct end e = {
		.dir = dir, .port = port, .uid = getuid(), .cgroup = c->cgroup,
		.local.byte = "\x7f\0\0\1", .remote.byte = "\x7f\0\0\1",
	};

	return c->rules ? rules_find(c->rules, &e) : NULL;
}

/* A port some rule has, or, for a miss, that none has. */
static uint16_t pick_port(const struct conn *c, struct rng *r)
{
	const struct rules *rs = c->rules;
	uint16_t port;

	if (rs && !c->miss && !strcmp(rs->kind, "port"))
		return rs->rule[rng_below(r, rs->n)].port_lo;
	do
		port = 1 + rng_below(r, 65535);
	while (c->miss && find_rule(c, DIR_OUT, port));
	return port;
}

static const struct values *expected(const struct conn *c, enum dir dir,
				     uint16_t port)
{
	const struct rule *rule;

	if (!strcmp(c->expect, "none"))
		return NULL;
	if (!strcmp(c->expect, "lib"))
		return &values_libkeepalive;
	if (strcmp(c->expect, "rules") || !c->rules)
		die("--expect none, lib, or rules with --rules");
	rule = find_rule(c, dir, port);
	return rule ? &rule->v : NULL;
}

static void listen_all(struct conn *c)
{
	struct rng r = { .state = c->seed };
	uint32_t i;

	/* a rule set may have fewer ports than that */
	if (c->rules && !c->miss && !strcmp(c->rules->kind, "port") &&
	    c->rules->n < c->listeners)
		c->listeners = c->rules->n;
	c->target = xmalloc(c->listeners * sizeof(*c->target));
	for (i = 0; i < c->listeners; i++) {
		struct target *t = &c->target[i];

		do
			t->port = pick_port(c, &r);
		while (port_used(c, i, t->port));
		memcpy(t->server.byte, "\x7f\0\0\1", 4);
		t->out = expected(c, DIR_OUT, t->port);
		t->in = expected(c, DIR_IN, t->port);
		target_socket(t);
		target_listen(t);
	}
}

/* Ticks of one connection: all but the check. */
static uint64_t one(const struct conn *c, const struct target *t)
{
	/* the program's own choice, for --setsockopt */
	static const struct values own = { 1, 60, 5, 3, 75000 };
	struct target set = *t;
	struct pair p;
	uint64_t start, spent;

	start = tick(c->clock);
	pair_open(&p, t);
	if (c->set) {
		pair_set(p.out, &own);
		pair_set(p.in, &own);
		set.out = set.in = &own;
	}
	spent = tick(c->clock) - start;
	pair_check(&p, &set, c->what);
	start = tick(c->clock);
	pair_close(&p);
	return spent + tick(c->clock) - start;
}

/* The batches with so many connections held. */
static void measure(const struct conn *c, uint32_t holds, double *mean,
		    double *each)
{
	struct pair held[HOLDS];
	uint32_t b, i;

	pairs_hold(held, holds, &c->target[0]);
	/* what is not there yet, is then */
	for (i = 0; i < 2 * c->listeners; i++)
		one(c, &c->target[i % c->listeners]);
	for (b = 0; b < c->batches; b++) {
		mean[b] = 0;
		for (i = 0; i < c->per; i++, each++) {
			*each = one(c, &c->target[i % c->listeners]);
			mean[b] += *each / c->per;
		}
	}
	pairs_release(held, holds);
}

int cmd_conn(int argc, char **argv)
{
	struct conn c = {
		.what = "conn", .expect = "none", .cgroup = "/",
		.batches = 5, .per = 50, .listeners = 16, .seed = 1,
	};
	struct summary best = { 0 }, batch = { 0 }, s;
	double *mean, *each;
	uint32_t k, n;

	parse(&c, argc, argv);
	/* sockets belong where their maker is */
	cgroup_enter(c.cgroup);
	listen_all(&c);
	n = c.batches * c.per;
	mean = xmalloc(c.batches * sizeof(*mean));
	each = xmalloc(n * sizeof(*each));
	for (k = 0; k < HOLDS; k++) {
		measure(&c, k, mean, each);
		s = summarize(each, n);
		if (!k || s.median < best.median)
			best = s;
		s = summarize(mean, c.batches);
		if (!k || s.median < batch.median)
			batch = s;
	}
	printf("conn what=%s n=%u usual=%.0f p05=%.0f p95=%.0f batch_median=%.0f batch_p25=%.0f batch_p75=%.0f mean=%.0f\n",
	       c.what, HOLDS * n, best.median, best.p05, best.p95,
	       batch.median, batch.p25, batch.p75, batch.mean);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * What random connections cost under a set of mixed rules. Half of them are
 * aimed at a random rule, half at nothing.
 *
 * "plan" makes them up and finds, rule by rule, what each end must get; it
 * runs on the host, where that is quick. "random" opens each of them some
 * times while "enabled" is 0, which costs nothing (a row of its own shows that),
 * and then some times with the rules. All connections are opened with one
 * setting before the other: changing it attaches or detaches the hooks, which
 * takes long under emulation. What a rule set adds to one
 * and the same connection does not vary, so the cheapest opening of each sort
 * counts, without ticks and refilled slabs. The first opening is kept apart: a
 * cgroup's first connection costs more.
 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "pair.h"

/* One connection: the addresses and port of t, who and where of each end. */
struct candidate {
	struct target t;
	uint32_t uid[2];
	char cgroup[2][96];
	bool found[2];			/* does a rule match */
	struct values values[2];	/* what it sets */
	char rule[2][256];		/* its text, for messages */
};

/* What the rules add to the first opening, and to any other; of those, least. */
struct cost {
	double first, usual;
	double on, off;
};

/*
 * The dearest of all are measured again, and more often: what disturbs a
 * measurement only ever adds to it, and collects in the dearest.
 */
#define DEAREST		50
#define DEAREST_REPEAT	3

struct random {
	const char *what, *plan;
	struct candidate *c;
	uint32_t n, repeat;
};

enum { OUT, IN };

static const struct option options[] = {
	{ "what", required_argument, NULL, 'w' },
	{ "plan", required_argument, NULL, 'p' },
	{ "repeat", required_argument, NULL, 'k' },
	{ 0 },
};

static const char usage[] =
	"usage: random [--what LABEL] [--repeat N] --plan FILE";

static void parse(struct random *x, int argc, char **argv)
{
	int o;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (o) {
		case 'w': x->what = optarg; break;
		case 'p': x->plan = optarg; break;
		case 'k': x->repeat = parse_number(optarg, "repeat"); break;
		default: die("%s", usage);
		}
	}
	if (optind != argc || !x->plan || !x->repeat)
		die("%s", usage);
}

/* A cgroup that a pattern of rules.c matches. */
static void fill_pattern(struct rng *r, const char *pattern, char *buf,
			 size_t size)
{
	size_t n = 0;

	for (; *pattern && n + 24 < size; pattern++) {
		if (!strncmp(pattern, "**", 2)) {
			n += sprintf(buf + n, "t%u.slice", rng_below(r, 100));
			pattern++;
		} else if (*pattern == '*') {
			n += sprintf(buf + n, "%u", rng_below(r, 100));
		} else {
			buf[n++] = *pattern;
		}
	}
	buf[n] = '\0';
}

static uint32_t between(struct rng *r, uint32_t lo, uint32_t hi)
{
	return lo + rng_below(r, hi - lo + 1);
}

/* Makes one end of @c one that @rule matches. */
static void aim(struct rng *r, const struct rule *rule, struct candidate *c)
{
	int end = rule->dir ? rule->dir - DIR_OUT : (int)rng_below(r, 2);
	struct addr *a;
	uint32_t i;

	if (rule->port_lo)
		c->t.port = between(r, rule->port_lo, rule->port_hi);
	if (rule->uid_lo)
		c->uid[end] = between(r, rule->uid_lo, rule->uid_hi);
	if (rule->cgroup)
		fill_pattern(r, rule->cgroup, c->cgroup[end],
			     sizeof(c->cgroup[end]));
	if (!rule->side)
		return;
	random_addr(r, rule->prefix.v6, &c->t.server);
	random_addr(r, rule->prefix.v6, &c->t.client);
	a = (rule->side == 'r') == (end == OUT) ? &c->t.server : &c->t.client;
	for (i = 0; i < rule->len; i++) {
		a->byte[i / 8] &= ~(0x80 >> i % 8);
		a->byte[i / 8] |= rule->prefix.byte[i / 8] & (0x80 >> i % 8);
	}
}

static void find_rule(const struct rules *rs, struct candidate *c, int end)
{
	struct end e = {
		.dir = DIR_OUT + end,
		.port = c->t.port,
		.local = end == OUT ? c->t.client : c->t.server,
		.remote = end == OUT ? c->t.server : c->t.client,
		.uid = c->uid[end],
		.cgroup = c->cgroup[end],
	};
	const struct rule *rule = rules_find(rs, &e);

	if (!rule)
		return;
	c->found[end] = true;
	c->values[end] = rule->v;
	rule_text(rule, c->rule[end], sizeof(c->rule[end]));
	c->rule[end][strcspn(c->rule[end], "\n")] = '\0';
}

static void make_candidate(const struct rules *rs, struct rng *r,
			   struct candidate *c)
{
	bool v6 = !rng_below(r, 4);
	int end;

	c->t.port = between(r, 1, 65535);
	c->t.bind_client = true;
	random_addr(r, v6, &c->t.server);
	random_addr(r, v6, &c->t.client);
	for (end = OUT; end <= IN; end++) {
		c->uid[end] = between(r, 1000, 110000);
		random_cgroup(r, rs->n, c->cgroup[end], sizeof(c->cgroup[end]));
	}
	if (rng_below(r, 2))
		aim(r, &rs->rule[rng_below(r, rs->n)], c);
	find_rule(rs, c, OUT);
	find_rule(rs, c, IN);
}

int cmd_plan(int argc, char **argv)
{
	struct candidate *c;
	struct rules *rs;
	struct rng r;
	uint32_t n, i;
	FILE *f;

	if (argc != 5)
		die("usage: plan KIND:N[:SEED] CONNECTIONS SEED FILE");
	rs = rules_make(argv[1]);
	n = parse_number(argv[2], "connections");
	r.state = parse_number(argv[3], "seed");
	c = xmalloc(n * sizeof(*c));
	for (i = 0; i < n; i++)
		make_candidate(rs, &r, &c[i]);
	f = fopen(argv[4], "w");
	if (!f || fwrite(c, sizeof(*c), n, f) != n || fclose(f))
		die_errno("%s", argv[4]);
	free(c);
	rules_free(rs);
	return 0;
}

static void read_plan(struct random *x)
{
	FILE *f = fopen(x->plan, "r");
	uint32_t i;
	int end;

	if (!f)
		die_errno("%s", x->plan);
	fseek(f, 0, SEEK_END);
	x->n = ftell(f) / sizeof(*x->c);
	rewind(f);
	x->c = xmalloc(x->n * sizeof(*x->c));
	if (!x->n || fread(x->c, sizeof(*x->c), x->n, f) != x->n)
		die("%s: cannot be read", x->plan);
	fclose(f);
	for (i = 0; i < x->n; i++) {
		for (end = OUT; end <= IN; end++)
			cgroup_make(x->c[i].cgroup[end]);
	}
}

static void enable(bool on)
{
	if (write_file("/sys/kernel/kapolicy/enabled", on ? "1" : "0"))
		die_errno("enabled");
}

/* What the ends must get with the rules on or off. */
static void expect(struct candidate *c, bool on)
{
	c->t.out = on && c->found[OUT] ? &c->values[OUT] : NULL;
	c->t.in = on && c->found[IN] ? &c->values[IN] : NULL;
}

static uint64_t one(const struct random *x, const struct target *t)
{
	uint64_t start, spent;
	struct pair p;

	start = tick(BY_TSC);
	pair_open(&p, t);
	spent = tick(BY_TSC) - start;
	pair_check(&p, t, x->what);
	start = tick(BY_TSC);
	pair_close(&p);
	return spent + tick(BY_TSC) - start;
}

/* Makes the sockets of one end, from now on: who and where. */
static void be(const struct candidate *c, int end)
{
	if (seteuid(0))
		die_errno("seteuid");
	cgroup_enter(c->cgroup[end]);
	if (seteuid(c->uid[end]))
		die_errno("seteuid %u", c->uid[end]);
}

static void be_root(void)
{
	if (seteuid(0))
		die_errno("seteuid");
}

static double least(double a, double b)
{
	return a < b ? a : b;
}

static void measure(const struct random *x, struct candidate *c, uint32_t n,
		    struct cost *cost, bool on)
{
	double *v = on ? &cost->on : &cost->off, now;
	struct pair held[HOLDS];
	uint32_t i;

	be(c, IN);
	target_socket(&c->t);
	be_root();
	target_listen(&c->t);
	expect(c, on);
	be(c, OUT);
	for (i = 0; i < n; i++) {
		pairs_hold(held, i % HOLDS, &c->t);
		now = one(x, &c->t);
		pairs_release(held, i % HOLDS);
		if (on && !*v)
			cost->first = now - cost->off;
		*v = *v ? least(*v, now) : now;
	}
	be_root();
	close(c->t.listener);
}

/* The connections of @order, without the rules and with them. */
static void measure_each(const struct random *x, struct cost *cost,
			 struct cost *const *order, uint32_t n, uint32_t repeat)
{
	uint32_t i;
	int on;

	for (on = 0; on < 2; on++) {
		enable(on);
		for (i = 0; i < n; i++)
			measure(x, &x->c[order[i] - cost], repeat, order[i], on);
	}
	for (i = 0; i < n; i++)
		order[i]->usual = order[i]->on - order[i]->off;
}

static int by_cost(const void *a, const void *b)
{
	const struct cost *x = *(struct cost *const *)a;
	const struct cost *y = *(struct cost *const *)b;

	return x->usual > y->usual ? -1 : x->usual < y->usual;
}

static void measure_all(const struct random *x, struct cost *cost)
{
	struct cost **order = xmalloc(x->n * sizeof(*order));
	uint32_t i;

	for (i = 0; i < x->n; i++)
		order[i] = &cost[i];
	measure_each(x, cost, order, x->n, x->repeat);
	qsort(order, x->n, sizeof(*order), by_cost);
	measure_each(x, cost, order, x->n < DEAREST ? x->n : DEAREST,
		     DEAREST_REPEAT * x->repeat);
	free(order);
}

static void print_added(const char *what, const char *which, double *v,
			uint32_t n)
{
	struct summary s = summarize(v, n);

	printf("random what=%s which=%s n=%u median=%.0f mean=%.0f p25=%.0f p75=%.0f p95=%.0f max=%.0f\n",
	       what, which, n, s.median, s.mean, s.p25, s.p75, s.p95, s.max);
}

/* Those of which so many ends found a rule: 0, 1, 2; or, negative, all. */
static void print_ends(const struct random *x, const struct cost *cost,
		       int ends, const char *which)
{
	double *v = xmalloc(x->n * sizeof(*v));
	uint32_t i, n = 0;

	for (i = 0; i < x->n; i++) {
		if (ends < 0 || x->c[i].found[OUT] + x->c[i].found[IN] == ends)
			v[n++] = cost[i].usual;
	}
	if (n)
		print_added(x->what, which, v, n);
	free(v);
}

static void print_first(const struct random *x, const struct cost *cost)
{
	double *v = xmalloc(x->n * sizeof(*v));
	uint32_t i;

	for (i = 0; i < x->n; i++)
		v[i] = cost[i].first;
	print_added(x->what, "first", v, x->n);
	free(v);
}

static void print_end(const struct random *x, const struct candidate *c,
		      int end)
{
	printf("worst what=%s end=%s port=%u v6=%d uid=%u cgroup=%s rule: %s\n",
	       x->what, end == OUT ? "out" : "in", c->t.port, c->t.server.v6,
	       c->uid[end], c->cgroup[end],
	       c->found[end] ? c->rule[end] : "none");
}

static void print_worst(const struct random *x, const struct cost *cost)
{
	uint32_t i, at = 0;

	for (i = 1; i < x->n; i++) {
		if (cost[i].usual > cost[at].usual)
			at = i;
	}
	print_end(x, &x->c[at], OUT);
	print_end(x, &x->c[at], IN);
}

int cmd_random(int argc, char **argv)
{
	struct random x = { .what = "random", .repeat = 8 };
	struct cost *cost;

	parse(&x, argc, argv);
	read_plan(&x);
	cost = calloc(x.n, sizeof(*cost));
	if (!cost)
		die_errno("out of memory");
	measure_all(&x, cost);
	cgroup_enter("/");
	print_ends(&x, cost, -1, "all");
	print_ends(&x, cost, 0, "ends0");
	print_ends(&x, cost, 1, "ends1");
	print_ends(&x, cost, 2, "ends2");
	print_first(&x, cost);
	print_worst(&x, cost);
	return 0;
}

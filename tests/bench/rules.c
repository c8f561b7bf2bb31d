// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "rules.h"

#define RULE_TEXT_MAX	400

/* Values that tell which rule a socket got them from, nearly always. */
static void set_values(struct values *v, uint32_t i)
{
	v->keepalive = 1;
	v->idle = 60 + i % 1000;
	v->intvl = 5 + i % 47;
	v->cnt = 3 + i % 7;
	v->user_timeout = 100000 + i;
}

/* All 127.0.0.0/8 and ::1 apart, these are what the guest routes to itself. */
void random_addr(struct rng *r, bool v6, struct addr *a)
{
	uint64_t x = rng_next(r), y = rng_next(r);

	memset(a, 0, sizeof(*a));
	a->v6 = v6;
	memcpy(a->byte, &x, 8);
	if (v6)
		memcpy(a->byte + 8, &y, 8);
	else
		memset(a->byte + 4, 0, 12);
	a->byte[0] = v6 ? 0xfd : 10;
}

static void mask_addr(struct addr *a, unsigned int len)
{
	unsigned int i;

	for (i = len; i < 128; i++)
		a->byte[i / 8] &= ~(0x80 >> i % 8);
}

/* Tenants of a platform: there are rules for each, and cgroups of each. */
static uint32_t tenants(uint32_t n_rules)
{
	return n_rules / 16 + 1;
}

void random_cgroup(struct rng *r, uint32_t n_rules, char *buf, size_t size)
{
	uint32_t t = rng_below(r, tenants(n_rules));

	if (rng_below(r, 4))
		snprintf(buf, size, "/user.slice/user-%u.slice/session-%u.scope",
			 1000 + rng_below(r, 1000), rng_below(r, 10));
	else if (rng_below(r, 2))
		snprintf(buf, size, "/tenants.slice/t%u.slice/app-%u.scope", t,
			 rng_below(r, 100));
	else
		snprintf(buf, size, "/tenants.slice/t%u.slice/job-%u-x.scope",
			 t, rng_below(r, 4));
}

static char *random_pattern(struct rng *r, uint32_t n_rules)
{
	uint32_t t = rng_below(r, tenants(n_rules));
	char buf[128];

	switch (rng_below(r, 16)) {
	case 0 ... 5:
		snprintf(buf, sizeof(buf), "/tenants.slice/t%u.slice", t);
		break;
	case 6 ... 9:
		snprintf(buf, sizeof(buf),
			 "/tenants.slice/t%u.slice/app-*.scope", t);
		break;
	case 10 ... 14:
		snprintf(buf, sizeof(buf),
			 "/tenants.slice/t%u.slice/job-%u-*.scope", t,
			 rng_below(r, 4));
		break;
	default:
		snprintf(buf, sizeof(buf), "/tenants.slice/**/job-%u-*.scope",
			 t);
	}
	return strdup(buf);
}

static void random_range(struct rng *r, uint32_t most, struct rule *rule)
{
	uint32_t width = rng_below(r, 1 << rng_below(r, most + 1)) + 1;

	rule->port_lo = 1 + rng_below(r, 65535);
	rule->port_hi = rule->port_lo + width > 65535 ? 65535 :
							rule->port_lo + width;
}

static void one_port(struct rng *r, struct rule *rule)
{
	rule->port_lo = 1 + rng_below(r, 65535);
	rule->port_hi = rule->port_lo;
}

static void random_prefix(struct rng *r, bool v6, uint32_t lo, uint32_t hi,
			  struct rule *rule)
{
	rule->side = "lr"[rng_below(r, 4) > 0];
	rule->len = lo + rng_below(r, hi - lo + 1);
	random_addr(r, v6, &rule->prefix);
	mask_addr(&rule->prefix, rule->len);
}

/*
 * What a platform might have: exceptions and services by port, tenants by
 * cgroup, networks by prefix, and combinations. Narrow enough that about half
 * of random connections find a rule, each kind of rule some.
 */
static void mixed_rule(struct rng *r, uint32_t n, struct rule *rule)
{
	switch (rng_below(r, 16)) {
	case 0 ... 3:
		one_port(r, rule);
		rule->dir = 1 + rng_below(r, 2);
		break;
	case 4 ... 5:
		random_range(r, 4, rule);
		rule->dir = 1 + rng_below(r, 2);
		break;
	case 6 ... 8:
		random_range(r, 12, rule);
		random_prefix(r, false, 14, 28, rule);
		break;
	case 9 ... 10:
		rule->cgroup = random_pattern(r, n);
		break;
	case 11 ... 12:
		rule->cgroup = random_pattern(r, n);
		random_range(r, 14, rule);
		break;
	case 13 ... 14:
		random_prefix(r, false, 22, 32, rule);
		break;
	default:
		random_prefix(r, true, 20, 64, rule);
	}
}

/* The same, and users of their own: in a quarter of the rules, a uid or some. */
static void owned_rule(struct rng *r, uint32_t n, struct rule *rule)
{
	switch (rng_below(r, 16)) {
	case 0 ... 1:
		one_port(r, rule);
		rule->dir = 1 + rng_below(r, 2);
		rule->uid_lo = rule->uid_hi = 1000 + rng_below(r, 5000);
		break;
	case 2:
		rule->uid_lo = 1000 + rng_below(r, 100000);
		rule->uid_hi = rule->uid_lo + rng_below(r, 3);
		break;
	case 3:
		rule->uid_lo = 1000 + rng_below(r, 100000);
		rule->uid_hi = rule->uid_lo + rng_below(r, 2000);
		random_range(r, 10, rule);
		break;
	default:
		mixed_rule(r, n, rule);
	}
}

/*
 * What is hardest to tell apart: ranges, prefixes and uid ranges that overlap
 * in every field at once, with no order among them.
 */
static void hostile_rule(struct rng *r, struct rule *rule)
{
	rule->port_lo = 1 + rng_below(r, 32767);
	rule->port_hi = 32768 + rng_below(r, 32767);
	random_prefix(r, rng_below(r, 2), 8, 28, rule);
	rule->uid_lo = 1000 + rng_below(r, 50000);
	rule->uid_hi = 60000 + rng_below(r, 50000);
}

/* One for each directory that may be nested, and no other condition alike. */
static void nested_rule(struct rng *r, uint32_t i, struct rule *rule)
{
	char buf[64];

	snprintf(buf, sizeof(buf), "/t.slice/**/job-%u-*.scope", i);
	rule->cgroup = strdup(buf);
	random_range(r, 14, rule);
}

/* Patterns that differ behind a wildcard only. */
static void tails_rule(uint32_t i, struct rule *rule)
{
	char buf[64];

	snprintf(buf, sizeof(buf), "/*-t%u.slice", i);
	rule->cgroup = strdup(buf);
}

/* 200 networks, each with the same 200 ports: no field tells much alone. */
static void squares_rule(uint32_t i, struct rule *rule)
{
	rule->side = 'r';
	rule->len = 24;
	rule->prefix.byte[0] = 10;
	rule->prefix.byte[1] = 1;
	rule->prefix.byte[2] = i / 200;
	rule->port_lo = rule->port_hi = 1000 + 7 * (i % 200);
}

/* Distinct ports in random order; the 65,536th has none left and repeats. */
static void port_rules(struct rng *r, struct rules *rs)
{
	uint16_t *port = xmalloc(65536 * sizeof(*port));
	uint32_t i, k;

	for (i = 0; i < 65535; i++) {
		k = rng_below(r, i + 1);
		port[i] = port[k];
		port[k] = i + 1;
	}
	for (i = 0; i < rs->n; i++)
		rs->rule[i].port_lo = rs->rule[i].port_hi = port[i % 65535];
	free(port);
}

/* KIND:N[:SEED] */
struct rules *rules_make(const char *spec)
{
	struct rules *rs = xmalloc(sizeof(*rs));
	char *copy = strdup(spec), *p = copy;
	const char *kind = strsep(&p, ":"), *n = strsep(&p, ":");
	struct rng r;
	uint32_t i;

	if (!n)
		die("rules: KIND:N[:SEED], not %s", spec);
	snprintf(rs->kind, sizeof(rs->kind), "%s", kind);
	rs->n = parse_number(n, "rules");
	rs->seed = p ? parse_number(p, "seed") : 1;
	rs->rule = xmalloc((rs->n + 1) * sizeof(*rs->rule));
	r.state = rs->seed * 1000003 + rs->n;
	for (i = 0; i < rs->n; i++) {
		set_values(&rs->rule[i].v, i);
		if (!strcmp(kind, "mixed"))
			mixed_rule(&r, rs->n, &rs->rule[i]);
		else if (!strcmp(kind, "owned"))
			owned_rule(&r, rs->n, &rs->rule[i]);
		else if (!strcmp(kind, "hostile"))
			hostile_rule(&r, &rs->rule[i]);
		else if (!strcmp(kind, "nested"))
			nested_rule(&r, i, &rs->rule[i]);
		else if (!strcmp(kind, "tails"))
			tails_rule(i, &rs->rule[i]);
		else if (!strcmp(kind, "squares"))
			squares_rule(i, &rs->rule[i]);
		else if (strcmp(kind, "port"))
			die("rules: port, mixed, owned, hostile, nested, tails or squares, not %s",
			    kind);
	}
	if (!strcmp(kind, "port"))
		port_rules(&r, rs);
	free(copy);
	return rs;
}

void rules_free(struct rules *rs)
{
	uint32_t i;

	for (i = 0; i < rs->n; i++)
		free(rs->rule[i].cgroup);
	free(rs->rule);
	free(rs);
}

/* One component against "*" and "?". */
static bool component_matches(const char *p, size_t n, const char *s, size_t m)
{
	if (!n)
		return !m;
	if (*p == '*')
		return component_matches(p + 1, n - 1, s, m) ||
		       (m && component_matches(p, n, s + 1, m - 1));
	return m && (*p == '?' || *p == *s) &&
	       component_matches(p + 1, n - 1, s + 1, m - 1);
}

/* Both start with a slash. What lies below a match matches. */
bool cgroup_matches(const char *pattern, const char *path)
{
	size_t n, m;

	if (!*pattern || !strcmp(pattern, "/"))
		return true;
	n = strcspn(pattern + 1, "/");
	if (n == 2 && !strncmp(pattern, "/**", 3)) {
		for (; *path == '/'; path += 1 + strcspn(path + 1, "/")) {
			if (cgroup_matches(pattern + 3, path))
				return true;
		}
		return cgroup_matches(pattern + 3, path);
	}
	if (*path != '/')
		return false;
	m = strcspn(path + 1, "/");
	return component_matches(pattern + 1, n, path + 1, m) &&
	       cgroup_matches(pattern + 1 + n, path + 1 + m);
}

static bool prefix_matches(const struct rule *rule, const struct end *e)
{
	struct addr a = rule->side == 'l' ? e->local : e->remote;

	if (a.v6 != rule->prefix.v6)
		return false;
	mask_addr(&a, rule->len);
	return !memcmp(a.byte, rule->prefix.byte, sizeof(a.byte));
}

/* First match, one rule after the other. */
const struct rule *rules_find(const struct rules *rs, const struct end *e)
{
	uint32_t i;

	for (i = 0; i < rs->n; i++) {
		const struct rule *r = &rs->rule[i];

		if (r->port_lo &&
		    (e->port < r->port_lo || e->port > r->port_hi))
			continue;
		if (r->dir && r->dir != e->dir)
			continue;
		if (r->uid_lo && (e->uid < r->uid_lo || e->uid > r->uid_hi))
			continue;
		if (r->side && !prefix_matches(r, e))
			continue;
		if (r->cgroup && !cgroup_matches(r->cgroup, e->cgroup))
			continue;
		return r;
	}
	return NULL;
}

int rule_text(const struct rule *r, char *buf, size_t size)
{
	char addr[INET6_ADDRSTRLEN];
	int n = 0;

#define PUT(...) (n += snprintf(buf + n, size - n, __VA_ARGS__))
	if (r->cgroup)
		PUT("cgroup=%s ", r->cgroup);
	if (r->dir)
		PUT("dir=%s ", r->dir == DIR_OUT ? "out" : "in");
	if (r->port_lo)
		PUT(r->port_lo == r->port_hi ? "port=%u " : "port=%u-%u ",
		    r->port_lo, r->port_hi);
	if (r->side)
		PUT("%caddr=%s/%u ", r->side,
		    inet_ntop(r->prefix.v6 ? AF_INET6 : AF_INET, r->prefix.byte,
			      addr, sizeof(addr)),
		    r->len);
	if (r->uid_lo)
		PUT(r->uid_lo == r->uid_hi ? "uid=%u " : "uid=%u-%u ",
		    r->uid_lo, r->uid_hi);
	PUT("idle=%u intvl=%u cnt=%u user_timeout=%ums\n", r->v.idle,
	    r->v.intvl, r->v.cnt, r->v.user_timeout);
#undef PUT
	return n;
}

/* One transaction that replaces all. */
char *rules_text(const struct rules *rs, size_t *len)
{
	char *text = xmalloc((size_t)rs->n * RULE_TEXT_MAX + 64);
	uint32_t i;

	*len = sprintf(text, "begin\nflush\n");
	for (i = 0; i < rs->n; i++)
		*len += rule_text(&rs->rule[i], text + *len, RULE_TEXT_MAX);
	*len += sprintf(text + *len, "commit\n");
	return text;
}

int cmd_rules(int argc, char **argv)
{
	struct rules *rs;
	size_t len;
	char *text;

	if (argc != 2)
		die("usage: rules KIND:N[:SEED]");
	rs = rules_make(argv[1]);
	text = rules_text(rs, &len);
	fwrite(text, 1, len, stdout);
	free(text);
	rules_free(rs);
	return 0;
}

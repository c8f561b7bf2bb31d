/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Seeded rule sets, and what they mean: written down once more, plainly, so
 * that the bench knows what every connection must have got.
 */
#ifndef KAPBENCH_RULES_H
#define KAPBENCH_RULES_H

#include "bench.h"

struct values {
	uint32_t keepalive, idle, intvl, cnt;
	uint32_t user_timeout;	/* ms */
};

struct addr {
	bool v6;
	uint8_t byte[16];	/* network order; IPv4 takes the first four */
};

enum dir { DIR_ANY, DIR_OUT, DIR_IN };

/* A zero field matches all. */
struct rule {
	uint16_t port_lo, port_hi;
	uint8_t dir;
	uint8_t side;		/* 'l', 'r': prefix of laddr or raddr */
	uint8_t len;
	struct addr prefix;
	uint32_t uid_lo, uid_hi;
	char *cgroup;
	struct values v;
};

struct rules {
	char kind[16];
	uint32_t n;
	uint64_t seed;
	struct rule *rule;
};

/* One end of a connection. */
struct end {
	enum dir dir;
	uint16_t port;
	struct addr local, remote;
	uint32_t uid;
	const char *cgroup;
};

struct rules *rules_make(const char *spec);
void rules_free(struct rules *rs);
const struct rule *rules_find(const struct rules *rs, const struct end *e);
int rule_text(const struct rule *r, char *buf, size_t size);
char *rules_text(const struct rules *rs, size_t *len);
bool cgroup_matches(const char *pattern, const char *path);
void random_addr(struct rng *r, bool v6, struct addr *a);
void random_cgroup(struct rng *r, uint32_t n_rules, char *buf, size_t size);

#endif

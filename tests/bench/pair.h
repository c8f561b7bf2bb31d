/* SPDX-License-Identifier: GPL-2.0 */
/* One connection with both its ends in this process. */
#ifndef KAPBENCH_PAIR_H
#define KAPBENCH_PAIR_H

#include "rules.h"

/* What is connected to, and from where. */
struct target {
	struct addr server, client;
	uint16_t port;
	bool bind_client;
	int listener;
	/* what the ends must get; NULL: nothing */
	const struct values *out, *in;
};

struct pair {
	int out, in;
};

/*
 * A connection can be dearer by 300 instructions for as long as some slab cache
 * stands at the end of a slab: each opening takes its last object, and a new
 * slab. Connections held meanwhile move it off that end: whatever is measured
 * is measured with 0 to HOLDS - 1 of them, and the least counts.
 */
#define HOLDS	4

void target_socket(struct target *t);
void target_listen(struct target *t);
void pair_open(struct pair *p, const struct target *t);
void pair_close(struct pair *p);
void pairs_hold(struct pair *p, uint32_t n, const struct target *t);
void pairs_release(struct pair *p, uint32_t n);
void pair_set(int fd, const struct values *v);
void pair_check(const struct pair *p, const struct target *t, const char *what);

extern const struct values values_unset, values_libkeepalive;

#endif

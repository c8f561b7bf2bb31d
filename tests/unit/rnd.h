/* SPDX-License-Identifier: GPL-2.0 */
/* Random numbers that a seed repeats (xorshift64*). */
#ifndef _KAPOLICY_RND_H
#define _KAPOLICY_RND_H

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "shim.h"
#include "tap.h"

struct rnd {
	u64 s;
};

static inline struct rnd rnd_from(u64 seed)
{
	struct rnd r = { (seed + 1) * 0x9e3779b97f4a7c15ULL | 1 };

	return r;
}

/* From the environment, to repeat a failure, or another one each time. */
static inline u64 rnd_seed(void)
{
	const char *env = getenv("KAP_SEED");
	u64 seed = env ? strtoull(env, NULL, 0) :
			 ((u64)time(NULL) << 16 ^ (u64)getpid()) & 0xffffffff;

	tap_note("KAP_SEED=%llu", seed);
	return seed;
}

static inline u64 rnd_u64(struct rnd *r)
{
	r->s ^= r->s >> 12;
	r->s ^= r->s << 25;
	r->s ^= r->s >> 27;
	return r->s * 0x2545f4914f6cdd1dULL;
}

static inline u32 rnd_u32(struct rnd *r)
{
	return rnd_u64(r) >> 32;
}

/* 0 .. n - 1 */
static inline u32 rnd_below(struct rnd *r, u32 n)
{
	return (u64)rnd_u32(r) * n >> 32;
}

/* lo .. hi */
static inline u32 rnd_range(struct rnd *r, u32 lo, u32 hi)
{
	return lo + ((rnd_u64(r) >> 32) * ((u64)hi - lo + 1) >> 32);
}

/* True once in n times. */
static inline bool rnd_one_in(struct rnd *r, u32 n)
{
	return !rnd_below(r, n);
}

#endif /* _KAPOLICY_RND_H */

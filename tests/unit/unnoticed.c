// SPDX-License-Identifier: GPL-2.0
/*
 * How long a dead peer stays unnoticed, against a walk through the kernel's
 * timers, tick by tick. tests/selftest/unnoticed.sh asks the kernel itself.
 */
#include "see/unnoticed.h"

#include "rnd.h"
#include "tap.h"

#define ROUNDS	200000

static struct kap_values values(u32 idle, u32 intvl, u32 cnt, u32 user_timeout)
{
	struct kap_values v = {
		.keepalive = 1,
		.idle = idle,
		.intvl = intvl,
		.cnt = cnt,
		.user_timeout = user_timeout,
	};

	return v;
}

/* tcp_keepalive_timer(), with a peer that is silent from 0 on. */
static u64 walk_idle(const struct kap_values *v)
{
	u64 now = v->idle * 1000ULL;
	u32 probes = 0;

	for (;;) {
		if (v->user_timeout ? now >= v->user_timeout && probes > 0 :
				      probes >= v->cnt)
			return now;
		probes++;
		now += v->intvl * 1000ULL;
	}
}

/* tcp_retransmit_timer(), with a first byte sent at 0. */
static u64 walk_busy(const struct kap_values *v, const struct kap_retries *r)
{
	u64 now = r->rto, start = r->rto, rto = r->rto;
	u64 threshold = 0, limit;

	/* tcp_model_timeout() */
	while ((200ULL << (threshold + 1)) <= r->rto_max)
		threshold++;
	if (r->retries2 <= threshold)
		limit = ((2ULL << r->retries2) - 1) * 200;
	else
		limit = ((2ULL << threshold) - 1) * 200 +
			(r->retries2 - threshold) * r->rto_max;
	if (v->user_timeout)
		limit = v->user_timeout;
	for (;;) {
		rto = min_t(u64, rto * 2, r->rto_max);
		/* tcp_clamp_rto_to_user_timeout() */
		if (v->user_timeout && start + limit - now < rto)
			now = start + limit;
		else
			now += rto;
		if (now - start >= limit)
			return now;
	}
}

static void check_known(void)
{
	static const struct {
		u32 idle, intvl, cnt, user_timeout;
		u64 want;
	} list[] = {
		{ 7200, 75, 9, 0, 7875000 },
		{ 15, 5, 3, 0, 30000 },
		/* detect=30s */
		{ 15, 5, 3, 28125, 30000 },
		{ 15, 5, 3, 27500, 30000 },
		/* exactly at a tick, and just behind it */
		{ 15, 5, 3, 25000, 25000 },
		{ 15, 5, 3, 25001, 30000 },
		/* the first tick is never the end */
		{ 15, 5, 3, 1000, 20000 },
		{ 15, 5, 3, 15000, 20000 },
		{ 15, 5, 127, 20001, 25000 },
		{ 32767, 32767, 127, 0, 32767000ULL * 128 },
		{ 1, 1, 1, 2147483647, 2147484000 },
	};
	struct kap_values off = values(15, 5, 3, 30000);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(list); i++) {
		struct kap_values v = values(list[i].idle, list[i].intvl,
					     list[i].cnt, list[i].user_timeout);

		tap_ok(kap_unnoticed_idle(&v) == list[i].want,
		       "idle=%u intvl=%u cnt=%u user_timeout=%u: %llu ms",
		       v.idle, v.intvl, v.cnt, v.user_timeout, list[i].want);
	}
	off.keepalive = 0;
	tap_ok(kap_unnoticed_idle(&off) == KAP_NEVER,
	       "without keepalive, an idle connection is never noticed");
}

static void check_busy(void)
{
	struct kap_retries r = { .retries2 = 15, .rto = 204, .rto_max = 120000 };
	struct kap_values v = values(15, 5, 3, 0);

	tap_ok(kap_unnoticed_busy(&v, &r) == 928692,
	       "tcp_retries2=15: the first retransmission that is due after 924.6 s");
	v.user_timeout = 28125;
	tap_ok(kap_unnoticed_busy(&v, &r) == 28329,
	       "a user timeout counts from the first retransmission on");
	v.keepalive = 0;
	tap_ok(kap_unnoticed_busy(&v, &r) == 28329, "with keepalive or without");
}

static void check_walks(struct rnd *rnd)
{
	struct kap_retries r;
	bool idle = true, busy = true;
	int i;

	for (i = 0; i < ROUNDS && idle && busy; i++) {
		struct kap_values v = values(1 + rnd_below(rnd, 300),
					     1 + rnd_below(rnd, 100),
					     1 + rnd_below(rnd, 20),
					     rnd_below(rnd, 2) ?
					     1 + rnd_below(rnd, 600000) : 0);

		r.retries2 = 1 + rnd_below(rnd, 20);
		r.rto = 200 + rnd_below(rnd, 3000);
		r.rto_max = 1000 + rnd_below(rnd, 119001);
		r.rto = min(r.rto, r.rto_max);
		idle = kap_unnoticed_idle(&v) == walk_idle(&v);
		busy = kap_unnoticed_busy(&v, &r) == walk_busy(&v, &r);
		if (!idle || !busy)
			tap_note("idle=%u intvl=%u cnt=%u user_timeout=%u retries2=%u rto=%u rto_max=%u",
				 v.idle, v.intvl, v.cnt, v.user_timeout,
				 r.retries2, r.rto, r.rto_max);
	}
	tap_ok(idle, "idle: as the keepalive timer walks");
	tap_ok(busy, "busy: as the retransmission timer walks");
}

int main(void)
{
	struct rnd r;

	tap_plan(17);
	r = rnd_from(rnd_seed());
	check_known();
	check_busy();
	check_walks(&r);
	return tap_done();
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's own arithmetic, of tcp_keepalive_timer() and
 * retransmits_timed_out(). What is returned is when its timers are due: each
 * may fire late by an eighth of its length.
 */
#include "see/unnoticed.h"

#define RTO_MIN		200	/* ms; what tcp_model_timeout() counts from */

/**
 * kap_unnoticed_idle - how long an idle connection keeps a dead peer
 * @v: its options, as they are in force
 *
 * Return: ms from the peer's last sign of life, or KAP_NEVER.
 */
u64 kap_unnoticed_idle(const struct kap_values *v)
{
	u64 idle = v->idle * 1000ULL, intvl = v->intvl * 1000ULL, ticks;

	if (!v->keepalive)
		return KAP_NEVER;
	if (!v->user_timeout)
		return idle + v->cnt * intvl;
	/* TCP_KEEPCNT is ignored; the first tick only sends a probe */
	if (v->user_timeout <= idle + intvl)
		return idle + intvl;
	ticks = (v->user_timeout - idle + intvl - 1) / intvl;
	return idle + ticks * intvl;
}

/* The time that so many retransmissions would take from RTO_MIN on. */
static u64 model_timeout(const struct kap_retries *r)
{
	u64 total = 0, rto = RTO_MIN;
	u32 i;

	for (i = 0; i <= r->retries2; i++) {
		total += rto;
		rto = min_t(u64, rto * 2, r->rto_max);
	}
	return total;
}

/**
 * kap_unnoticed_busy - how long a connection with data in flight keeps a dead
 *	peer
 * @v: its options, as they are in force
 * @r: what limits retransmission
 *
 * The clock starts at the first retransmission. The timer is cut to what is
 * left of a user timeout; the kernel's own limit is only looked at when a
 * retransmission is due.
 *
 * Return: ms from the first byte that is not answered.
 */
u64 kap_unnoticed_busy(const struct kap_values *v, const struct kap_retries *r)
{
	u64 limit, gone = 0, rto = r->rto;

	if (v->user_timeout)
		return rto + v->user_timeout;
	limit = model_timeout(r);
	do {
		rto = min_t(u64, rto * 2, r->rto_max);
		gone += rto;
	} while (gone < limit);
	return r->rto + gone;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * While the peer's window is closed the kernel sends window probes, and ends the
 * connection when that has gone on for the user timeout, although every probe is
 * answered. It looks at a timestamp of its own before it sends a probe. Here the
 * timestamp is moved at each probe, so that it tells how long the peer has been
 * silent, and probes are sent often enough for that to be known in time.
 */
#include "conn/stall.h"

#include <net/inet_connection_sock.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "compat/net/tcp.h"
#include "conn/find.h"
#include "conn/probe.h"
#include "conn/sock.h"
#include "rule/decide.h"

/* Window probes in a user timeout, once they are as rare as they become. */
#define PARTS	15

static struct kap_active *active;	/* constant while a probe is attached */

/*
 * Did a rule give the connection its user timeout? What "auto" gave is known by
 * its value, even if that rule has been changed or deleted since.
 */
static bool is_from_rule(const struct sock *sk)
{
	struct kap_values now;
	struct kap_rule *rule;
	enum kap_dir dir;
	bool is;

	kap_sock_values(sk, &now);
	if (now.user_timeout == kap_auto_timeout(&now))
		return true;
	rcu_read_lock_sched();
	rule = kap_find_winner(rcu_dereference_sched(active->set), sk, &dir);
	is = rule && now.user_timeout == rule->values.user_timeout;
	rcu_read_unlock_sched();
	return is;
}

/*
 * The user timeout in jiffies, or 0 where it is none of ours. The kernel lets an
 * orphan wait for a closed window for some minutes, unless it has a user
 * timeout; no program can see that value any more, so it goes.
 */
static u32 stalled_timeout(struct sock *sk)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	u32 timeout = READ_ONCE(icsk->icsk_user_timeout);

	if (!timeout || !kap_sock_is_tcp(sk) || sk->sk_kern_sock ||
	    !is_from_rule(sk))
		return 0;
	if (sock_flag(sk, SOCK_DEAD)) {
		WRITE_ONCE(icsk->icsk_user_timeout, 0);
		return 0;
	}
	return msecs_to_jiffies(timeout);
}

/*
 * An outage began before the first probe that was not answered, which was sent
 * at most @period after the last ACK of the peer. So it has lasted for the whole
 * user timeout when a probe sent that much later is not answered, either.
 */
enum verdict { ALIVE, LAST_PROBE, DEAD };

/* @since: how long ago the previous probe was sent. All in jiffies. */
static enum verdict judge(const struct sock *sk, u32 timeout, u32 period,
			  u32 since)
{
	u32 silent = tcp_jiffies32 - tcp_sk(sk)->rcv_tstamp;

	if (silent < timeout + period)
		return ALIVE;
	return silent < timeout + period + since ? LAST_PROBE : DEAD;
}

/*
 * tcp_send_probe0(sk) sends a window probe, raises icsk_backoff by one, and sets
 * the timer to icsk_rto << icsk_backoff, but to no later than a user timeout
 * after the timestamp. When the timer fires, the connection ends if a user
 * timeout has passed since the timestamp, or if icsk_probes_out has come to
 * tcp_retries2. The timestamp survives a stall that ends with room for a part of
 * the first packet only, and would end the next stall at once. So it is unset
 * unless no answer counts any more. The last probe gets its answer soon or never.
 */
static int kap_probe_window(struct kprobe *kp, struct pt_regs *regs)
{
	struct sock *sk = (struct sock *)kap_kernel_argument(regs, 0);
	struct inet_connection_sock *icsk = inet_csk(sk);
	u64 since = (u64)icsk->icsk_rto << icsk->icsk_backoff;
	u32 timeout = stalled_timeout(sk), period, shift;
	enum verdict verdict;

	if (!timeout)
		return 0;
	/* no answer could come in time if one period were longer than all */
	icsk->icsk_rto = min_t(u32, icsk->icsk_rto, timeout / 4);
	period = max_t(u32, timeout / PARTS, 2 * icsk->icsk_rto);
	verdict = judge(sk, timeout, period, min_t(u64, since, period));
	while (icsk->icsk_backoff &&
	       (verdict == LAST_PROBE ||
		(u64)icsk->icsk_rto << (icsk->icsk_backoff + 1) > period))
		icsk->icsk_backoff--;
	/* where it is not going to be doubled again, make it all of @period */
	shift = icsk->icsk_backoff + 1;
	if (verdict != LAST_PROBE &&
	    (u64)icsk->icsk_rto << (shift + 1) > period)
		icsk->icsk_rto = period >> shift;
	icsk->icsk_probes_out = 0;
	kap_set_probes_tstamp(icsk, verdict == DEAD ? tcp_jiffies32 - timeout :
						      0);
	return 0;
}

/* Now, in the unit of retrans_stamp. */
static u32 stamp(const struct tcp_sock *tp)
{
	return kap_tcp_stamp_us(tp) ? tp->tcp_mstamp :
				      div_u64(tp->tcp_mstamp, USEC_PER_MSEC);
}

static u32 stamp_jiffies(const struct tcp_sock *tp, u32 jiffies)
{
	return kap_tcp_stamp_us(tp) ? jiffies_to_usecs(jiffies) :
				      jiffies_to_msecs(jiffies);
}

/*
 * A window that was closed with data in flight is probed by retransmission, and
 * timed from retrans_stamp. tcp_enter_loss(sk) is called before each, after the
 * check; icsk_rto is doubled after it.
 */
static int kap_probe_shrunk(struct kprobe *kp, struct pt_regs *regs)
{
	struct sock *sk = (struct sock *)kap_kernel_argument(regs, 0);
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct tcp_sock *tp = tcp_sk(sk);
	enum verdict verdict;
	u32 timeout, period;

	if (tp->snd_wnd || !tp->packets_out)
		return 0;
	timeout = stalled_timeout(sk);
	if (!timeout)
		return 0;
	period = timeout / PARTS;
	verdict = judge(sk, timeout, period, min_t(u32, icsk->icsk_rto, period));
	icsk->icsk_backoff = 0;
	icsk->icsk_rto = min_t(u32, icsk->icsk_rto,
			       period / (verdict == LAST_PROBE ? 4 : 2));
	tp->retrans_stamp = stamp(tp);
	if (verdict == DEAD)
		tp->retrans_stamp -= stamp_jiffies(tp, timeout);
	return 0;
}

static struct kap_probe window_probe = {
	.handler = kap_probe_window,
	.symbol = "tcp_send_probe0",
};

static struct kap_probe shrunk_probe = {
	.handler = kap_probe_shrunk,
	.symbol = "tcp_enter_loss",
};

/**
 * kap_stall_init - find out whether window probes can be seen
 *
 * Context: process, may sleep; while the module is being loaded.
 * Return: whether they can.
 */
bool kap_stall_init(void)
{
	return KAP_PROBES_TSTAMP && kap_probe_works(&window_probe) &&
	       kap_probe_works(&shrunk_probe);
}

/**
 * kap_stall_attach - see window probes
 * @rules: where the rules are; as long as any probe may run
 *
 * Context: process, may sleep; under the lock of policy.c.
 * Return: 0 or a negative errno value. A probe that was attached stays.
 */
int kap_stall_attach(struct kap_active *rules)
{
	int err;

	active = rules;
	err = kap_probe_attach(&window_probe);
	if (!err)
		err = kap_probe_attach(&shrunk_probe);
	return err;
}

/**
 * kap_stall_detach - stop seeing them
 *
 * Context: process, may sleep; under the lock of policy.c. No handler runs when
 *	this returns.
 */
void kap_stall_detach(void)
{
	kap_probe_detach(&shrunk_probe);
	kap_probe_detach(&window_probe);
}

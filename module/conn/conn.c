// SPDX-License-Identifier: GPL-2.0
/*
 * The path every new connection takes, and what it tail-calls. tests/bench
 * counts its instructions.
 */
#include "conn/conn.h"

#include <net/tcp_states.h>

#include "conn/apply.h"
#include "conn/find.h"
#include "conn/sock.h"
#include "conn/stats.h"
#include "conn/trace.h"
#include "rule/decide.h"
#include "ruleset/ruleset.h"

static noinline void apply_and_count(struct kap_rule *rule, struct sock *sk,
				     enum kap_dir dir)
{
	if (!rule->opts)
		kap_stats_count(rule, KAP_COUNT_SKIPPED);
	else if (kap_apply_locked(rule, sk, dir))
		kap_stats_count(rule, KAP_COUNT_APPLIED);
	else
		kap_stats_count(rule, KAP_COUNT_APP_SET);
}

/*
 * Can all values of @rule be set without looking at its mode and at what it
 * names? If the socket has nothing set, every mode sets the same values, and an
 * option the rule does not name is 0 in both.
 */
static __always_inline bool is_plain(const struct kap_rule *rule,
				     const struct sock *sk)
{
	return rule->values.keepalive && kap_sock_is_untouched(sk) &&
	       !trace_kapolicy_apply_enabled();
}

/* A connecting socket is armed after us, by tcp_finish_connect(). */
static __always_inline void apply_plain(struct kap_rule *rule, struct sock *sk,
					int oldstate, bool shared)
{
	kap_sock_fill_untouched_locked(sk, shared, &rule->values);
	kap_stats_count(rule, KAP_COUNT_APPLIED);
	rcu_read_unlock_sched();
	if (oldstate == TCP_SYN_SENT)
		sock_set_flag(sk, SOCK_KEEPOPEN);
	else
		kap_sock_arm_locked(sk);
}

/* Any rule, any socket. */
static noinline void find_and_apply(const struct kap_ruleset *set,
				    struct sock *sk, int oldstate)
	__releases(RCU_SCHED)
{
	enum kap_dir dir = oldstate == TCP_SYN_SENT ? KAP_OUT :
						      kap_sock_opened(sk);
	struct kap_key key __uninitialized;
	struct kap_rule *rule;

	kap_sock_key(sk, dir, set->fields, &key);
	rule = set->n ? kap_find_rule(set, sk, &key) : NULL;
	if (!rule) {
		kap_stats_inc(KAP_STAT_UNMATCHED);
	} else if (likely(is_plain(rule, sk))) {
		apply_plain(rule, sk, oldstate, true);
		return;
	} else {
		apply_and_count(rule, sk, dir);
	}
	rcu_read_unlock_sched();
}

static noinline void fallback(const struct kap_active *active,
			      struct sock *sk, int oldstate)
{
	if (!kap_sock_is_fallback(sk))
		return;
	rcu_read_lock_sched();
	find_and_apply(rcu_dereference_sched(active->set), sk, oldstate);
}

/*
 * Most connections are done here: no rule names their port, or one does that is
 * sure to match, and the application has set nothing. Every other case is a
 * tail call, so this function needs no stack frame. That, and @oldstate being
 * constant, saves a tenth of the cost.
 */
static __always_inline void established(const struct kap_active *active,
					struct sock *sk, const int oldstate)
{
	const enum kap_dir dir = oldstate == TCP_SYN_SENT ? KAP_OUT : KAP_IN;
	const struct kap_ruleset *set;
	struct kap_rule *rule;
	u32 ref;

	if (!kap_sock_is_tcp(sk))
		return;
	if (unlikely(sk->sk_kern_sock))
		return fallback(active, sk, oldstate);
	rcu_read_lock_sched();
	set = rcu_dereference_sched(active->set);
	/* simultaneous open: @dir may not be what it seems */
	if (oldstate == TCP_SYN_RECV && unlikely(sk->sk_socket))
		return find_and_apply(set, sk, oldstate);
	ref = kap_ports_ref_be(set->ports, kap_sock_port(sk, dir));
	if (ref == KAP_REF_NONE) {
		kap_stats_inc(KAP_STAT_UNMATCHED);
		rcu_read_unlock_sched();
		return;
	}
	if (!(ref & KAP_REF_RULE))
		return find_and_apply(set, sk, oldstate);
	rule = set->order[ref & KAP_REF_PLACE];
	if (unlikely(!is_plain(rule, sk)))
		return find_and_apply(set, sk, oldstate);
	/* sk_socket was checked above: one from SYN_RECV is not accepted yet */
	apply_plain(rule, sk, oldstate, oldstate == TCP_SYN_SENT);
}

/**
 * kap_conn_established - give a new connection the values of its rule
 * @active: the rules
 * @sk: the socket
 * @oldstate: the state it leaves: TCP_SYN_SENT or TCP_SYN_RECV; else nothing
 *	is done
 *
 * Context: task or softirq, socket locked by the caller. Disables preemption,
 *	which is an RCU read-side critical section and cheaper to enter.
 */
notrace void kap_conn_established(const struct kap_active *active,
				  struct sock *sk, int oldstate)
{
	if (oldstate == TCP_SYN_SENT)
		established(active, sk, TCP_SYN_SENT);
	else if (oldstate == TCP_SYN_RECV)
		established(active, sk, TCP_SYN_RECV);
}

/* Is an option unset that the rule would have set? */
static bool is_unset(const struct kap_rule *rule, const struct kap_values *now)
{
	const struct kap_values *to = &rule->values;

	return (to->keepalive && !now->keepalive) || (to->idle && !now->idle) ||
	       (to->intvl && !now->intvl) || (to->cnt && !now->cnt) ||
	       (!now->user_timeout && kap_rule_user_timeout(rule, now));
}

/* A connection that lacks what the rule sets is older than the rule. */
static void count_timed_out(const struct kap_ruleset *set,
			    const struct sock *sk)
{
	struct kap_values now;
	struct kap_rule *rule;
	enum kap_dir dir;

	rule = kap_find_winner(set, sk, &dir);
	if (!rule)
		return;
	kap_sock_values(sk, &now);
	if (is_unset(rule, &now))
		return;
	kap_stats_count(rule, KAP_COUNT_TIMED_OUT);
	trace_kapolicy_timed_out(rule, sk, dir, &now, &now);
}

/**
 * kap_conn_failed - count a dead peer for the rule that found it
 * @active: the rules
 * @sk: a socket that was established; kap_sock_is_unanswered() is true
 *
 * Context: task or softirq, socket locked by the caller.
 */
void kap_conn_failed(const struct kap_active *active, const struct sock *sk)
{
	if (!kap_sock_is_ours(sk))
		return;
	rcu_read_lock_sched();
	count_timed_out(rcu_dereference_sched(active->set), sk);
	rcu_read_unlock_sched();
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The path every connection takes, from the first function on; the others are
 * kept out of its way. tests/bench counts its instructions.
 */
#include "conn/conn.h"

#include <linux/cgroup.h>
#include <net/tcp_states.h>

#include "conn/sock.h"
#include "conn/stats.h"
#include "conn/trace.h"
#include "rule/match.h"
#include "ruleset/cgroup_cache.h"
#include "ruleset/index.h"
#include "ruleset/ruleset.h"

/* First connection of a cgroup since the rules changed. */
static noinline struct kap_rule *find_by_path(const struct kap_ruleset *set,
					      struct cgroup *cgrp,
					      struct kap_key *key)
{
	struct kap_start start = { .best = set->n };
	struct kap_rule *rule;

	key->cgroup = kap_cgroup_path_rcu(cgrp);
	if (key->cgroup) {
		kap_index_cgroup(set->index, key->cgroup, &start);
		kap_cgroup_cache_put(set->cgroups, cgroup_id(cgrp), &start);
	}
	rule = kap_index_find_from(set->index, key, &start);
	key->cgroup = NULL;
	return rule;
}

static __always_inline struct kap_rule *
find_rule(const struct kap_ruleset *set, const struct sock *sk,
	  struct kap_key *key)
{
	struct kap_search s __uninitialized;
	struct cgroup *cgrp;

	if (set->cgroups) {
		cgrp = kap_sock_cgroup_rcu(sk);
		if (!kap_cgroup_cache_get(set->cgroups, cgroup_id(cgrp), &s))
			return find_by_path(set, cgrp, key);
	} else {
		s.best = set->n;
		s.n = 0;
	}
	return kap_index_find(set->index, key, &s);
}

static __always_inline void count(struct kap_rule *rule, enum kap_count what)
{
	atomic64_inc(&rule->counts[what]);
	kap_stats_inc(what);
}

/* By a rule that looks at the values themselves, not only for unset ones. */
static noinline unsigned int apply_decided(const struct kap_rule *rule,
					   struct sock *sk)
{
	struct kap_values app, to;
	unsigned int change;

	kap_sock_values(sk, &app);
	change = kap_rule_decide(rule, &app, &to);
	return kap_sock_set_locked(sk, change, &app, &rule->values);
}

static __always_inline unsigned int apply(const struct kap_rule *rule,
					  struct sock *sk)
{
	if (rule->mode == KAP_DEFAULT)
		return kap_sock_fill_locked(sk, rule->opts, &rule->values);
	return apply_decided(rule, sk);
}

static noinline unsigned int apply_traced(const struct kap_rule *rule,
					  struct sock *sk, enum kap_dir dir)
{
	struct kap_values before, after;
	unsigned int change;

	kap_sock_values(sk, &before);
	change = apply(rule, sk);
	kap_sock_values(sk, &after);
	if (change)
		trace_kapolicy_apply(rule, sk, dir, &before, &after);
	return change;
}

static noinline void give(struct kap_rule *rule, struct sock *sk,
			  enum kap_dir dir)
{
	unsigned int change;

	if (!rule->opts) {
		count(rule, KAP_COUNT_SKIPPED);
		return;
	}
	if (trace_kapolicy_apply_enabled())
		change = apply_traced(rule, sk, dir);
	else
		change = apply(rule, sk);
	count(rule, change ? KAP_COUNT_APPLIED : KAP_COUNT_APP_SET);
}

/*
 * May @rule be given without asking what it names, and how? Where nothing is
 * set, every mode sets the same, and an option the rule does not name is 0 in
 * both.
 */
static __always_inline bool is_plain(const struct kap_rule *rule,
				     const struct sock *sk)
{
	return rule->values.keepalive && kap_sock_is_untouched(sk) &&
	       !trace_kapolicy_apply_enabled();
}

/* A connecting socket is armed after us, by tcp_finish_connect(). */
static __always_inline void give_plain(struct kap_rule *rule, struct sock *sk,
				       int oldstate, bool shared)
{
	kap_sock_fill_untouched_locked(sk, shared, &rule->values);
	count(rule, KAP_COUNT_APPLIED);
	rcu_read_unlock_sched();
	if (oldstate == TCP_SYN_SENT)
		sock_set_flag(sk, SOCK_KEEPOPEN);
	else
		kap_sock_arm_locked(sk);
}

/* Any rule, any socket. */
static noinline void find_and_give(const struct kap_ruleset *set,
				   struct sock *sk, int oldstate)
	__releases(RCU_SCHED)
{
	enum kap_dir dir = oldstate == TCP_SYN_SENT ? KAP_OUT :
						      kap_sock_opened(sk);
	struct kap_key key __uninitialized;
	struct kap_rule *rule;

	kap_sock_key(sk, dir, set->fields, &key);
	rule = set->n ? find_rule(set, sk, &key) : NULL;
	if (!rule) {
		kap_stats_inc(KAP_STAT_UNMATCHED);
	} else if (likely(is_plain(rule, sk))) {
		give_plain(rule, sk, oldstate, true);
		return;
	} else {
		give(rule, sk, dir);
	}
	rcu_read_unlock_sched();
}

static noinline void fallback(const struct kap_active *active,
			      struct sock *sk, int oldstate)
{
	if (!kap_sock_is_fallback(sk))
		return;
	rcu_read_lock_sched();
	find_and_give(rcu_dereference_sched(active->set), sk, oldstate);
}

/*
 * What most connections are is decided here: no rule is about their port, or
 * one that is sure to match, and the application has set nothing. All that
 * is else is left to functions called last, so that none of it needs a stack
 * frame: that, and @oldstate being constant, is a tenth of what we cost.
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
		return find_and_give(set, sk, oldstate);
	ref = kap_ports_ref(set->ports, kap_sock_port(sk, dir));
	if (ref == KAP_REF_NONE) {
		kap_stats_inc(KAP_STAT_UNMATCHED);
		rcu_read_unlock_sched();
		return;
	}
	if (!(ref & KAP_REF_RULE))
		return find_and_give(set, sk, oldstate);
	rule = set->order[ref & KAP_REF_PLACE];
	if (unlikely(!is_plain(rule, sk)))
		return find_and_give(set, sk, oldstate);
	/* the check above: what comes out of SYN_RECV here is not accepted yet */
	give_plain(rule, sk, oldstate, oldstate == TCP_SYN_SENT);
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
	       (to->user_timeout && !now->user_timeout);
}

/*
 * Nothing in the socket says which rule it was given to, so it is looked up
 * once more. One that lacks what the rule sets is older than the rule.
 */
static void count_timed_out(const struct kap_ruleset *set,
			    const struct sock *sk)
{
	enum kap_dir dir = kap_sock_guess_dir(sk);
	struct kap_values now;
	struct kap_rule *rule;
	struct kap_key key;

	kap_sock_key(sk, dir, set->fields, &key);
	rule = find_rule(set, sk, &key);
	if (!rule && dir == KAP_OUT) {
		/* listen(fd, 0) looks like this */
		dir = KAP_IN;
		kap_sock_set_dir(&key, dir);
		rule = find_rule(set, sk, &key);
	}
	if (!rule)
		return;
	kap_sock_values(sk, &now);
	if (is_unset(rule, &now))
		return;
	count(rule, KAP_COUNT_TIMED_OUT);
	trace_kapolicy_timed_out(rule, sk, dir, &now, &now);
}

/**
 * kap_conn_timed_out - count a dead peer for the rule that found it
 * @active: the rules
 * @sk: a socket that was established and ends in ETIMEDOUT
 *
 * Context: task or softirq, socket locked by the caller.
 */
void kap_conn_timed_out(const struct kap_active *active, const struct sock *sk)
{
	const struct kap_ruleset *set;

	if (!kap_sock_is_ours(sk))
		return;
	rcu_read_lock_sched();
	set = rcu_dereference_sched(active->set);
	if (set->n)
		count_timed_out(set, sk);
	rcu_read_unlock_sched();
}

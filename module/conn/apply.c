// SPDX-License-Identifier: GPL-2.0
#include "conn/apply.h"

#include "conn/sock.h"
#include "conn/trace.h"
#include "rule/decide.h"

/* By a rule that looks at the values themselves, not only for unset ones. */
static noinline unsigned int apply_decided(const struct kap_rule *rule,
					   struct sock *sk)
{
	struct kap_values app, to;
	unsigned int change;

	kap_sock_values(sk, &app);
	change = kap_rule_decide(rule, &app, &to);
	return kap_sock_set_locked(sk, change, &app, &to);
}

static __always_inline unsigned int apply(const struct kap_rule *rule,
					  struct sock *sk)
{
	if (rule->mode == KAP_DEFAULT && !rule->auto_timeout)
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

/**
 * kap_apply_locked - give a connection the values of the rule that wins it
 * @rule: the rule; not one of action=skip
 * @sk: a socket about to be established, or one that has been for some time
 * @dir: which end opened the connection, for the trace event
 *
 * Context: any that has the socket locked; does not sleep.
 * Return: enum kap_opt bits of the options that were changed. Counting is left
 *	to the caller.
 */
unsigned int kap_apply_locked(const struct kap_rule *rule, struct sock *sk,
			      enum kap_dir dir)
{
	if (trace_kapolicy_apply_enabled())
		return apply_traced(rule, sk, dir);
	return apply(rule, sk);
}

/**
 * kap_apply_again_locked - answer a setsockopt() of a program
 * @rule: the rule that wins the connection now; not one of action=skip
 * @sk: an open connection
 * @dir: which end opened it, for the trace event
 * @before: its options before the call
 *
 * Context: any that has the socket locked; does not sleep.
 * Return: enum kap_opt bits of the options that were changed. Counting is left
 *	to the caller.
 */
unsigned int kap_apply_again_locked(const struct kap_rule *rule,
				    struct sock *sk, enum kap_dir dir,
				    const struct kap_values *before)
{
	struct kap_values now, to;
	unsigned int change;

	kap_sock_values(sk, &now);
	change = kap_rule_decide_again(rule, before, &now, &to);
	change = kap_sock_set_locked(sk, change, &now, &to);
	if (change && trace_kapolicy_held_enabled()) {
		kap_sock_values(sk, &to);
		trace_kapolicy_held(rule, sk, dir, &now, &to);
	}
	return change;
}

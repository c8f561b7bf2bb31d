// SPDX-License-Identifier: GPL-2.0
#include "conn.h"

#include <linux/cgroup.h>
#include <net/sock.h>

#include "cgroup_cache.h"
#include "index.h"
#include "match.h"
#include "policy.h"
#include "sock.h"
#include "stats.h"
#include "trace.h"

/* First connection of a cgroup since the rules changed. */
static noinline struct kap_rule *find_by_path(const struct kap_ruleset *set,
					      struct cgroup *cgrp,
					      struct kap_key *key)
{
	struct kap_hits hits = { .n = 0 };
	struct kap_rule *rule;

	key->cgroup = kap_cgroup_path_get(cgrp);
	if (key->cgroup) {
		kap_index_cgroup(set->index, key->cgroup, &hits);
		kap_cgroup_cache_put(set->cgroups, cgroup_id(cgrp), &hits);
	}
	rule = kap_index_find(set->index, key, &hits);
	key->cgroup = NULL;
	kap_cgroup_path_put();
	return rule;
}

static struct kap_rule *find_rule(const struct kap_ruleset *set,
				  const struct sock *sk, struct kap_key *key)
{
	struct kap_hits hits;
	struct cgroup *cgrp;

	if (!set->n)
		return NULL;
	if (!set->cgroups)
		return kap_index_find(set->index, key, NULL);
	cgrp = kap_sock_cgroup_rcu(sk);
	if (!kap_cgroup_cache_get(set->cgroups, cgroup_id(cgrp), &hits))
		return find_by_path(set, cgrp, key);
	return kap_index_find(set->index, key, &hits);
}

static void count(struct kap_rule *rule, enum kap_count what)
{
	atomic64_inc(&rule->counts[what]);
	kap_stats_inc(what);
}

/**
 * kap_conn_established - give a new connection the values of its rule
 * @sk: the socket
 * @dir: who opened it
 *
 * Context: in an RCU read-side critical section, socket locked by the caller.
 */
void kap_conn_established(struct sock *sk, enum kap_dir dir)
{
	struct kap_values before, after;
	struct kap_rule *rule;
	unsigned int change;
	struct kap_key key;

	if (!kap_sock_is_ours(sk))
		return;
	kap_stats_inc(KAP_STAT_CONNECTIONS);
	kap_sock_key(sk, dir, &key);
	rule = find_rule(kap_policy_rcu(), sk, &key);
	if (!rule)
		return;
	count(rule, KAP_COUNT_MATCHED);
	if (!rule->opts)
		return;
	kap_sock_values(sk, &before);
	change = kap_rule_decide(rule, &before, &after);
	if (!change) {
		count(rule, KAP_COUNT_APP_SET);
		return;
	}
	kap_sock_apply_locked(sk, dir, change, &after);
	count(rule, KAP_COUNT_APPLIED);
	trace_kapolicy_apply(rule, sk, &key, &before, &after);
}

/**
 * kap_conn_timed_out - count a dead peer for the rule that found it
 * @sk: a socket that was established and ends in ETIMEDOUT
 *
 * Nothing in the socket says which rule it was given to, so it is looked up
 * once more; a rule that would still change something has not been applied:
 * the connection is older than the rule.
 *
 * Context: in an RCU read-side critical section, socket locked by the caller.
 */
void kap_conn_timed_out(const struct sock *sk)
{
	const struct kap_ruleset *set = kap_policy_rcu();
	struct kap_values now, after;
	struct kap_rule *rule;
	struct kap_key key;

	if (!kap_sock_is_ours(sk))
		return;
	kap_sock_key(sk, kap_sock_guess_dir(sk), &key);
	rule = find_rule(set, sk, &key);
	if (!rule && key.field[KAP_DIR] == KAP_OUT) {
		/* listen(fd, 0) looks like this */
		kap_sock_set_dir(&key, KAP_IN);
		rule = find_rule(set, sk, &key);
	}
	if (!rule)
		return;
	kap_sock_values(sk, &now);
	if (kap_rule_decide(rule, &now, &after))
		return;
	count(rule, KAP_COUNT_TIMED_OUT);
	trace_kapolicy_timed_out(rule, sk, &key, &now, &now);
}

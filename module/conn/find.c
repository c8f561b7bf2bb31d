// SPDX-License-Identifier: GPL-2.0
#include "conn/find.h"

/**
 * kap_find_by_path - the first rule that matches, after a cgroup cache miss
 * @set: the rules, at least one of them with cgroup=
 * @cgrp: the cgroup of the socket
 * @key: the rest of the connection
 *
 * The first connection of a cgroup since the rules changed comes here.
 *
 * Context: task or softirq, with preemption disabled.
 * Return: the rule, or NULL. @set holds it.
 */
struct kap_rule *kap_find_by_path(const struct kap_ruleset *set,
				  struct cgroup *cgrp, struct kap_key *key)
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

/**
 * kap_find_winner - the rule that wins a connection that exists
 * @set: the rules
 * @sk: a socket that is or has been connected
 * @dir: where to put which end opened it; also written when no rule wins it
 *
 * Nothing in a socket says which rule it was given to, so it is looked up once
 * more, by the rules of this moment.
 *
 * Context: task or softirq, with preemption disabled. Either the socket is
 *	locked by the caller, or a program has it open: then its addresses are
 *	those of one connection unless the program disconnects it meanwhile.
 * Return: the rule, or NULL. @set holds it.
 */
struct kap_rule *kap_find_winner(const struct kap_ruleset *set,
				 const struct sock *sk, enum kap_dir *dir)
{
	struct kap_rule *rule;
	struct kap_key key;

	*dir = kap_sock_guess_dir(sk);
	if (!set->n)
		return NULL;
	kap_sock_key(sk, *dir, set->fields, &key);
	rule = kap_find_rule(set, sk, &key);
	if (!rule && *dir == KAP_OUT) {
		/* a socket accepted from listen(fd, 0) looks like this */
		*dir = KAP_IN;
		kap_sock_set_dir(&key, *dir);
		rule = kap_find_rule(set, sk, &key);
	}
	return rule;
}

/* SPDX-License-Identifier: GPL-2.0 */
/* Which rule wins a connection. */
#ifndef _KAPOLICY_FIND_H
#define _KAPOLICY_FIND_H

#include <linux/cgroup.h>

#include "conn/sock.h"
#include "rule/rule.h"
#include "ruleset/cgroup_cache.h"
#include "ruleset/index.h"
#include "ruleset/ruleset.h"

struct kap_rule *kap_find_winner(const struct kap_ruleset *set,
				 const struct sock *sk, enum kap_dir *dir);

/**
 * kap_find_rule - the first rule that matches a connection
 * @set: the rules
 * @sk: the socket
 * @key: what kap_sock_key() says of it
 *
 * Context: task or softirq, with preemption disabled. Part of the path of new
 *	connections, hence inline.
 * Return: the rule, or NULL. @set holds it.
 */
static __always_inline struct kap_rule *
kap_find_rule(const struct kap_ruleset *set, const struct sock *sk,
	      struct kap_key *key)
{
	struct kap_search s __uninitialized;
	u32 more = KAP_PART_LAST;
	struct cgroup *cgrp;
	bool known;

	if (set->cgroups) {
		cgrp = kap_sock_cgroup_rcu(sk);
		known = kap_cgroup_cache_get(set->cgroups, cgroup_id(cgrp), 0,
					     &s, &more);
		if (unlikely(!known || more != KAP_PART_LAST))
			return kap_cgroup_find_rcu(set->cgroups, set->index,
						   cgrp, key, &s, known &&
						   more == KAP_PART_MORE);
	} else {
		s.best = set->n;
		s.n = 0;
	}
	return kap_index_find(set->index, key, &s);
}

#endif /* _KAPOLICY_FIND_H */

// SPDX-License-Identifier: GPL-2.0
#include "conn/find.h"

static struct kap_rule *find(const struct kap_ruleset *set,
			     const struct sock *sk, enum kap_dir dir)
{
	struct kap_key key __uninitialized;
	u32 ref;

	if (!set->n)
		return NULL;
	/* often the port alone tells */
	ref = kap_ports_ref_be(set->ports, kap_sock_port(sk, dir));
	if (ref == KAP_REF_NONE)
		return NULL;
	if (ref & KAP_REF_RULE)
		return set->order[ref & KAP_REF_PLACE];
	kap_sock_key(sk, dir, set->fields, &key);
	return kap_find_rule(set, sk, &key);
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

	*dir = kap_sock_guess_dir(sk);
	rule = find(set, sk, *dir);
	if (!rule && *dir == KAP_OUT) {
		/* a socket accepted from listen(fd, 0) looks like this */
		*dir = KAP_IN;
		rule = find(set, sk, *dir);
	}
	return rule;
}

// SPDX-License-Identifier: GPL-2.0
#include "conn/find.h"

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

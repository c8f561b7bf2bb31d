/* SPDX-License-Identifier: GPL-2.0 */
/* struct sock to our terms and back. */
#ifndef _KAPOLICY_SOCK_H
#define _KAPOLICY_SOCK_H

#include "rule.h"

struct cgroup;
struct sock;

bool kap_sock_is_ours(const struct sock *sk);
enum kap_dir kap_sock_opened(const struct sock *sk);
enum kap_dir kap_sock_guess_dir(const struct sock *sk);
void kap_sock_key(const struct sock *sk, enum kap_dir dir, struct kap_key *key);
void kap_sock_set_dir(struct kap_key *key, enum kap_dir dir);
struct cgroup *kap_sock_cgroup_rcu(const struct sock *sk);
void kap_sock_values(const struct sock *sk, struct kap_values *values);
void kap_sock_apply_locked(struct sock *sk, enum kap_dir dir,
			   unsigned int change, const struct kap_values *to);

#endif /* _KAPOLICY_SOCK_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * struct sock to our terms and back. This and sock.c are the only files that
 * know what is in one. What every connection passes through is inline.
 */
#ifndef _KAPOLICY_SOCK_H
#define _KAPOLICY_SOCK_H

#include <linux/cgroup.h>
#include <linux/errno.h>
#include <linux/in.h>
#include <linux/tcp.h>
#include <linux/uidgid.h>
#include <net/inet_connection_sock.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>
#include <net/sock.h>
#include <net/tcp_states.h>

#include "compat/linux/atomic.h"
#include "rule/rule.h"

void kap_sock_sockaddr(const struct kap_key *key, int remote, void *to);
void kap_sock_values(const struct sock *sk, struct kap_values *values);
unsigned int kap_sock_fill_locked(struct sock *sk, unsigned int opts,
				  const struct kap_values *to);
unsigned int kap_sock_set_locked(struct sock *sk, unsigned int opts,
				 const struct kap_values *seen,
				 const struct kap_values *to);

void kap_sock_arm_locked(struct sock *sk);
bool kap_sock_is_fallback(const struct sock *sk);

/**
 * kap_sock_is_tcp - is it a TCP socket at all
 * @sk: any socket that changes its state
 *
 * SCTP, DCCP and MPTCP's own socket come by the same tracepoint.
 *
 * Context: any.
 * Return: whether it is one.
 */
static inline bool kap_sock_is_tcp(const struct sock *sk)
{
	return sk->sk_protocol == IPPROTO_TCP;
}

/**
 * kap_sock_is_ours - is it a TCP socket of a program
 * @sk: any socket that changes its state
 *
 * Sockets of the kernel (NFS, iSCSI, MPTCP subflows) get their options from
 * their owner.
 *
 * Context: any.
 * Return: whether rules apply to it.
 */
static inline bool kap_sock_is_ours(const struct sock *sk)
{
	return kap_sock_is_tcp(sk) &&
	       (!sk->sk_kern_sock || kap_sock_is_fallback(sk));
}

/* States in which a program still uses a connection. */
#define KAP_OPEN_STATES \
	(TCPF_ESTABLISHED | TCPF_FIN_WAIT1 | TCPF_FIN_WAIT2 | TCPF_CLOSE_WAIT)

/**
 * kap_sock_is_connected - can a connection still be used
 * @sk: a TCP socket
 *
 * Not one whose program has closed it: the keepalive timer of such an orphan
 * limits how long it waits for the peer's FIN.
 *
 * Context: any; socket locked by the caller.
 * Return: whether it can.
 */
static inline bool kap_sock_is_connected(const struct sock *sk)
{
	return (BIT(sk->sk_state) & KAP_OPEN_STATES) &&
	       !sock_flag(sk, SOCK_DEAD);
}

/**
 * kap_sock_is_unanswered - does a connection end because nobody answered
 * @sk: any socket that ends, in an error or not
 *
 * The kernel gives up with ETIMEDOUT, or with the error that the network has
 * reported meanwhile, such as EHOSTUNREACH once the neighbour entry of the peer
 * is gone. No other end, such as a reset, leaves both errors the same.
 *
 * Context: any; socket locked by the caller.
 * Return: whether it does.
 */
static inline bool kap_sock_is_unanswered(const struct sock *sk)
{
	int err = READ_ONCE(sk->sk_err);

	return err && (err == ETIMEDOUT || err == READ_ONCE(sk->sk_err_soft));
}

/**
 * kap_sock_guess_dir - which end opened a connection, told afterwards
 * @sk: a TCP socket
 *
 * An accepted socket is a copy of its listener, backlog included; a socket
 * that connects has never listened. Wrong only for listen(fd, 0).
 *
 * Context: any.
 * Return: the direction.
 */
static inline enum kap_dir kap_sock_guess_dir(const struct sock *sk)
{
	return READ_ONCE(sk->sk_max_ack_backlog) ? KAP_IN : KAP_OUT;
}

/**
 * kap_sock_opened - which end opened a connection that leaves SYN_RECV
 * @sk: a TCP socket in SYN_RECV
 *
 * Nearly always it has been accepted, and then no program has it yet. After a
 * simultaneous open a program does, and has never listened on it.
 *
 * Context: any; socket locked by the caller.
 * Return: the direction.
 */
static inline enum kap_dir kap_sock_opened(const struct sock *sk)
{
	return sk->sk_socket ? kap_sock_guess_dir(sk) : KAP_IN;
}

/**
 * kap_sock_set_dir - look at a connection from one of its ends
 * @key: key with both ports
 * @dir: direction; the service port is that of the end that accepted
 *
 * Context: any.
 */
static inline void kap_sock_set_dir(struct kap_key *key, enum kap_dir dir)
{
	key->field[KAP_DIR] = dir;
	key->field[KAP_PORT] = key->field[dir == KAP_OUT ? KAP_RPORT :
							   KAP_LPORT];
}

/**
 * kap_sock_port - the service port
 * @sk: socket that is or has been connected
 * @dir: direction
 *
 * Context: any; socket locked by the caller.
 * Return: where the port stands, in network order.
 */
static inline const __be16 *kap_sock_port(const struct sock *sk,
					  enum kap_dir dir)
{
	return dir == KAP_OUT ? &sk->sk_dport : &inet_sk(sk)->inet_sport;
}

/* Eight bytes of an address, which is aligned to four. */
static inline u64 kap_sock_addr6_half(const struct in6_addr *addr, int half)
{
	__be64 x;

	memcpy(&x, &addr->s6_addr[8 * half], sizeof(x));
	return be64_to_cpu(x);
}

/**
 * kap_sock_addrs - both addresses of a connection
 * @sk: socket that is or has been connected
 * @key: where to; @v4 is true until we know better
 *
 * Context: any; socket locked by the caller.
 */
static inline void kap_sock_addrs(const struct sock *sk, struct kap_key *key)
{
#if IS_ENABLED(CONFIG_IPV6)
	const struct in6_addr *local = &sk->sk_v6_rcv_saddr;
	const struct in6_addr *remote = &sk->sk_v6_daddr;

	/* an IPv6 socket with mapped addresses has the IPv4 ones as well */
	if (sk->sk_family == AF_INET6 && !ipv6_addr_v4mapped(remote)) {
		key->v4 = false;
		key->addr[0].hi = kap_sock_addr6_half(local, 0);
		key->addr[0].lo = kap_sock_addr6_half(local, 1);
		key->addr[1].hi = kap_sock_addr6_half(remote, 0);
		key->addr[1].lo = kap_sock_addr6_half(remote, 1);
		return;
	}
#endif
	key->addr[0].hi = 0;
	key->addr[0].lo = ntohl(sk->sk_rcv_saddr);
	key->addr[1].hi = 0;
	key->addr[1].lo = ntohl(sk->sk_daddr);
}

/**
 * kap_sock_cgroup_rcu - the cgroup a socket was made in
 * @sk: the socket
 *
 * Context: in an RCU read-side critical section.
 * Return: the cgroup; the socket holds it.
 */
static inline struct cgroup *kap_sock_cgroup_rcu(const struct sock *sk)
{
	/* the argument is const only in newer kernels */
	return sock_cgroup_ptr((struct sock_cgroup_data *)&sk->sk_cgrp_data);
}

/**
 * kap_sock_key - what a connection is matched by, its cgroup apart
 * @sk: socket that is or has been connected
 * @dir: direction
 * @fields: BIT(enum kap_field) of what will be looked at; where addresses will
 *	not be, they are left out and the connection passes for IPv4
 * @key: the result
 *
 * Context: any; socket locked by the caller.
 */
static inline void kap_sock_key(const struct sock *sk, enum kap_dir dir,
				unsigned int fields, struct kap_key *key)
{
	/* inet_num is 0 at TCP_CLOSE, inet_sport is not */
	key->field[KAP_LPORT] = ntohs(inet_sk(sk)->inet_sport);
	key->field[KAP_RPORT] = ntohs(sk->sk_dport);
	/* a uid counts as the host counts it, whatever its user namespace */
	key->field[KAP_UID] = __kuid_val(sk->sk_uid);
	kap_sock_set_dir(key, dir);
	key->v4 = true;
	if (fields & (BIT(KAP_LADDR) | BIT(KAP_RADDR)))
		kap_sock_addrs(sk, key);
}

/*
 * Since Linux 6.6 a program sets TCP_KEEPINTVL, TCP_KEEPCNT and
 * TCP_USER_TIMEOUT without the lock of the socket. So it may do so between our
 * look at one of them and our setting it: then its value has to stay.
 */
#define kap_sock_replace(field, from, to) ({				\
	typeof(*(field)) from_ = (from), to_ = (to);			\
									\
	kap_cmpxchg(field, from_, to_) == from_;			\
})

/**
 * kap_sock_is_untouched - has the application set none of the options
 * @sk: a TCP socket
 *
 * Context: any; socket locked by the caller.
 * Return: whether all of them are unset.
 */
static inline bool kap_sock_is_untouched(const struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	/* data_race: kap_sock_replace() looks again */
	return !data_race((tp->keepalive_time | tp->keepalive_intvl |
			   tp->keepalive_probes |
			   inet_csk(sk)->icsk_user_timeout) ||
			  (sk->sk_flags & BIT(SOCK_KEEPOPEN)));
}

/**
 * kap_sock_fill_untouched_locked - set all options but SO_KEEPALIVE
 * @sk: a TCP socket of which kap_sock_is_untouched() is true
 * @shared: does a program have it already? Constant.
 * @to: their values; 0 leaves unset what is
 *
 * Context: any that has the socket locked.
 */
static __always_inline void
kap_sock_fill_untouched_locked(struct sock *sk, bool shared,
			       const struct kap_values *to)
{
	struct tcp_sock *tp = tcp_sk(sk);

	WRITE_ONCE(tp->keepalive_time, to->idle * HZ);
	if (shared) {
		kap_sock_replace(&tp->keepalive_intvl, 0, to->intvl * HZ);
		kap_sock_replace(&tp->keepalive_probes, 0, to->cnt);
		kap_sock_replace(&inet_csk(sk)->icsk_user_timeout, 0,
				 to->user_timeout);
		return;
	}
	WRITE_ONCE(tp->keepalive_intvl, to->intvl * HZ);
	WRITE_ONCE(tp->keepalive_probes, to->cnt);
	WRITE_ONCE(inet_csk(sk)->icsk_user_timeout, to->user_timeout);
}

#endif /* _KAPOLICY_SOCK_H */

// SPDX-License-Identifier: GPL-2.0
/* The only file that knows struct sock. */
#include "sock.h"

#include <linux/build_bug.h>
#include <linux/cgroup.h>
#include <linux/in.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/uidgid.h>
#include <net/inet_connection_sock.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>
#include <net/sock.h>
#include <net/tcp.h>

/**
 * kap_sock_is_ours - is it a TCP socket of a program
 * @sk: any socket that changes its state
 *
 * SCTP, DCCP and MPTCP's own socket come by the same tracepoint. Sockets of
 * the kernel (NFS, iSCSI, MPTCP subflows) get their options from their owner.
 *
 * Context: any; the path every connection takes.
 * Return: whether rules apply to it.
 */
bool kap_sock_is_ours(const struct sock *sk)
{
	return sk->sk_protocol == IPPROTO_TCP && !sk->sk_kern_sock;
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
enum kap_dir kap_sock_guess_dir(const struct sock *sk)
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
enum kap_dir kap_sock_opened(const struct sock *sk)
{
	return sk->sk_socket ? kap_sock_guess_dir(sk) : KAP_IN;
}

static void addr_v4(struct kap_addr *to, __be32 addr)
{
	to->hi = 0;
	to->lo = ntohl(addr);
}

static __maybe_unused void addr_v6(struct kap_addr *to,
				   const struct in6_addr *addr)
{
	to->hi = (u64)ntohl(addr->s6_addr32[0]) << 32 |
		 ntohl(addr->s6_addr32[1]);
	to->lo = (u64)ntohl(addr->s6_addr32[2]) << 32 |
		 ntohl(addr->s6_addr32[3]);
}

static void set_addrs(const struct sock *sk, struct kap_key *key)
{
#if IS_ENABLED(CONFIG_IPV6)
	const struct in6_addr *local = &sk->sk_v6_rcv_saddr;
	const struct in6_addr *remote = &sk->sk_v6_daddr;

	/* an IPv6 socket with mapped addresses has the IPv4 ones as well */
	if (sk->sk_family == AF_INET6 && !ipv6_addr_v4mapped(remote)) {
		key->v4 = false;
		addr_v6(&key->addr[0], local);
		addr_v6(&key->addr[1], remote);
		return;
	}
#endif
	key->v4 = true;
	addr_v4(&key->addr[0], sk->sk_rcv_saddr);
	addr_v4(&key->addr[1], sk->sk_daddr);
}

/**
 * kap_sock_set_dir - look at a connection from the other end
 * @key: key with both ports
 * @dir: direction; the service port is that of the end that accepted
 *
 * Context: any.
 */
void kap_sock_set_dir(struct kap_key *key, enum kap_dir dir)
{
	key->field[KAP_DIR] = dir;
	key->field[KAP_PORT] = key->field[dir == KAP_OUT ? KAP_RPORT :
							   KAP_LPORT];
}

/**
 * kap_sock_key - what a connection is matched by, its cgroup apart
 * @sk: socket that is or has been connected
 * @dir: direction
 * @key: the result
 *
 * Context: any; the path every connection takes. Socket locked by the caller.
 */
void kap_sock_key(const struct sock *sk, enum kap_dir dir, struct kap_key *key)
{
	/* inet_num is 0 at TCP_CLOSE, inet_sport is not */
	key->field[KAP_LPORT] = ntohs(inet_sk(sk)->inet_sport);
	key->field[KAP_RPORT] = ntohs(sk->sk_dport);
	/* a uid counts as the host counts it, whatever its user namespace */
	key->field[KAP_UID] = from_kuid(&init_user_ns, sk->sk_uid);
	kap_sock_set_dir(key, dir);
	key->cgroup = NULL;
	set_addrs(sk, key);
}

/**
 * kap_sock_cgroup_rcu - the cgroup a socket was made in
 * @sk: the socket
 *
 * Context: in an RCU read-side critical section.
 * Return: the cgroup; the socket holds it.
 */
struct cgroup *kap_sock_cgroup_rcu(const struct sock *sk)
{
	/* the argument is const only in newer kernels */
	return sock_cgroup_ptr((struct sock_cgroup_data *)&sk->sk_cgrp_data);
}

/**
 * kap_sock_values - what the application has set
 * @sk: a TCP socket
 * @values: the result; 0 for what was left alone
 *
 * Context: any; socket locked by the caller.
 */
void kap_sock_values(const struct sock *sk, struct kap_values *values)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	BUILD_BUG_ON(KAP_IDLE_MAX != MAX_TCP_KEEPIDLE);
	BUILD_BUG_ON(KAP_INTVL_MAX != MAX_TCP_KEEPINTVL);
	BUILD_BUG_ON(KAP_CNT_MAX != MAX_TCP_KEEPCNT);
	values->keepalive = sock_flag(sk, SOCK_KEEPOPEN);
	values->idle = READ_ONCE(tp->keepalive_time) / HZ;
	values->intvl = READ_ONCE(tp->keepalive_intvl) / HZ;
	values->cnt = READ_ONCE(tp->keepalive_probes);
	values->user_timeout = READ_ONCE(inet_csk(sk)->icsk_user_timeout);
}

/*
 * As sock_set_keepalive() and tcp_set_keepalive() do, but the timer of an
 * accepted socket whose listener had keepalive on is ticking already, with the
 * idle time it had then, and tcp_set_keepalive() leaves a ticking one alone.
 * A connecting socket is armed by tcp_finish_connect() after us.
 */
static void apply_keepalive(struct sock *sk, enum kap_dir dir,
			    unsigned int change, const struct kap_values *to)
{
	bool rearm = dir == KAP_IN && to->keepalive && (change & KAP_OPT_IDLE);

	if (!(change & KAP_OPT_KEEPALIVE) && !rearm)
		return;
	if (to->keepalive) {
		sock_reset_flag(sk, SOCK_KEEPOPEN);
		sk->sk_prot->keepalive(sk, 1);
		sock_set_flag(sk, SOCK_KEEPOPEN);
	} else {
		sk->sk_prot->keepalive(sk, 0);
		sock_reset_flag(sk, SOCK_KEEPOPEN);
	}
}

/**
 * kap_sock_apply_locked - set options as setsockopt() would
 * @sk: a TCP socket about to be established
 * @dir: direction
 * @change: enum kap_opt bits of the options to set
 * @to: all options as they are to be
 *
 * The setters the kernel exports take the lock of the socket, which the caller
 * has; so the fields are written here, in the units the setters write.
 *
 * Context: any that has the socket locked; does not sleep.
 */
void kap_sock_apply_locked(struct sock *sk, enum kap_dir dir,
			   unsigned int change, const struct kap_values *to)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (change & KAP_OPT_IDLE)
		WRITE_ONCE(tp->keepalive_time, to->idle * HZ);
	if (change & KAP_OPT_INTVL)
		WRITE_ONCE(tp->keepalive_intvl, to->intvl * HZ);
	if (change & KAP_OPT_CNT)
		WRITE_ONCE(tp->keepalive_probes, to->cnt);
	if (change & KAP_OPT_USER_TIMEOUT)
		WRITE_ONCE(inet_csk(sk)->icsk_user_timeout, to->user_timeout);
	/* last: arming takes the idle time from the socket */
	apply_keepalive(sk, dir, change, to);
}

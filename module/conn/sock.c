// SPDX-License-Identifier: GPL-2.0
#include "conn/sock.h"

#include <linux/build_bug.h>
#include <linux/ipv6.h>
#include <net/mptcp.h>
#include <net/tcp.h>

#include "compat/net/inet_hashtables.h"
#include "rule/addr.h"

/* The listener that accepts @sk: nothing in a socket leads to it. */
static const struct sock *find_listener_rcu(const struct sock *sk)
{
	struct net *net = sock_net(sk);
	u16 port = ntohs(inet_sk(sk)->inet_sport);

#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family == AF_INET6 && !ipv6_addr_v4mapped(&sk->sk_v6_daddr))
		return kap_tcp_listener6_rcu(net, &sk->sk_v6_daddr,
					     sk->sk_dport, &sk->sk_v6_rcv_saddr,
					     port, sk->sk_bound_dev_if);
#endif
	return kap_tcp_listener4_rcu(net, sk->sk_daddr, sk->sk_dport,
				     sk->sk_rcv_saddr, port,
				     sk->sk_bound_dev_if);
}

/**
 * kap_sock_is_fallback - did a plain TCP client come to an MPTCP listener
 * @sk: a TCP socket that counts as the kernel's
 *
 * The listening subflow of an MPTCP socket is a kernel socket, and so is what
 * it accepts. If the client does not speak MPTCP, accept() gives the program
 * the accepted TCP socket itself, and only then clears sk_kern_sock. Servers in
 * Go listen like this by default. Until then nothing in the socket tells it
 * from one that a kernel listener accepts, so the listener is looked up: only
 * a subflow of MPTCP says that it is one. A listener that has just been closed
 * is not found, and the socket is left alone.
 *
 * Context: any; socket locked by the caller.
 * Return: whether it is one.
 */
bool kap_sock_is_fallback(const struct sock *sk)
{
	const struct sock *listener;
	bool is;

	if (!IS_ENABLED(CONFIG_MPTCP) || sk->sk_state != TCP_SYN_RECV ||
	    sk_is_mptcp(sk))
		return false;
	rcu_read_lock();
	listener = find_listener_rcu(sk);
	is = listener && sk_is_mptcp(listener);
	rcu_read_unlock();
	return is;
}

/**
 * kap_sock_sockaddr - an end of a connection as the socket API has it
 * @key: the connection, with addresses
 * @remote: 0: the local end, 1: the remote one
 * @to: struct sockaddr_in or sockaddr_in6; room for the larger, unaligned
 *
 * Context: any.
 */
void kap_sock_sockaddr(const struct kap_key *key, int remote, void *to)
{
	const struct kap_addr *addr = &key->addr[remote];
	__be16 port = htons(key->field[remote ? KAP_RPORT : KAP_LPORT]);
	struct sockaddr_in6 sin6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in sin = { .sin_family = AF_INET };

	memset(to, 0, sizeof(sin6));
	if (key->v4) {
		sin.sin_port = port;
		sin.sin_addr.s_addr = htonl(addr->lo);
		memcpy(to, &sin, sizeof(sin));
	} else {
		sin6.sin6_port = port;
		kap_addr_bytes(addr, sin6.sin6_addr.s6_addr);
		memcpy(to, &sin6, sizeof(sin6));
	}
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
 * Silence in which nobody asked the peer anything counts for no more than the
 * idle time. Otherwise a connection may be silent for longer than the user
 * timeout it gets here, and would end when a single probe is lost.
 */
static void forgive_silence(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u32 idle = keepalive_time_when(tp);

	if (keepalive_time_elapsed(tp) > idle && !tp->packets_out &&
	    !inet_csk(sk)->icsk_probes_out && tcp_write_queue_empty(sk))
		tp->rcv_tstamp = tcp_jiffies32 - idle;
}

/*
 * Silence that has passed counts, as in the kernel's own TCP_KEEPIDLE: otherwise
 * a program that sets an option again and again would put off the first probe
 * for ever. The function that arms the timer takes its time from the socket.
 */
static noinline void arm_rest(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u32 idle = tp->keepalive_time;
	u32 whole = keepalive_time_when(tp);
	u32 silent = keepalive_time_elapsed(tp);

	WRITE_ONCE(tp->keepalive_time, whole > silent ? whole - silent : 1);
	sk->sk_prot->keepalive(sk, true);
	WRITE_ONCE(tp->keepalive_time, idle);
}

/*
 * As sock_set_keepalive() and tcp_set_keepalive() do. The timer of an accepted
 * socket whose listener had keepalive on is ticking already, with the idle time
 * it had then, and tcp_set_keepalive() leaves a ticking one alone unless the
 * flag is clear. A connecting socket is armed after us, by tcp_finish_connect()
 * if the flag is set: arming it here as well would be done twice.
 */
static __always_inline void set_keepalive(struct sock *sk, bool on)
{
	sock_reset_flag(sk, SOCK_KEEPOPEN);
	if (on && (BIT(sk->sk_state) & KAP_OPEN_STATES))
		arm_rest(sk);
	else if (!on || sk->sk_state != TCP_SYN_SENT)
		sk->sk_prot->keepalive(sk, on);
	if (on)
		sock_set_flag(sk, SOCK_KEEPOPEN);
}

/* Sets those of @opts that still are what was @seen. */
static __always_inline unsigned int set_opts(struct sock *sk, unsigned int opts,
					     const struct kap_values *seen,
					     const struct kap_values *to)
{
	struct tcp_sock *tp = tcp_sk(sk);
	unsigned int done = 0;

	if ((opts & KAP_OPT_IDLE) && tp->keepalive_time == seen->idle * HZ) {
		WRITE_ONCE(tp->keepalive_time, to->idle * HZ);
		done |= KAP_OPT_IDLE;
	}
	if ((opts & KAP_OPT_INTVL) &&
	    kap_sock_replace(&tp->keepalive_intvl, seen->intvl * HZ,
			     to->intvl * HZ))
		done |= KAP_OPT_INTVL;
	if ((opts & KAP_OPT_CNT) &&
	    kap_sock_replace(&tp->keepalive_probes, seen->cnt, to->cnt))
		done |= KAP_OPT_CNT;
	if ((opts & KAP_OPT_USER_TIMEOUT) &&
	    kap_sock_replace(&inet_csk(sk)->icsk_user_timeout,
			     seen->user_timeout, to->user_timeout))
		done |= KAP_OPT_USER_TIMEOUT;
	if (done && (BIT(sk->sk_state) & KAP_OPEN_STATES))
		forgive_silence(sk);
	/* last: arming takes the idle time from the socket */
	if ((opts & KAP_OPT_KEEPALIVE) &&
	    sock_flag(sk, SOCK_KEEPOPEN) == seen->keepalive) {
		set_keepalive(sk, to->keepalive);
		done |= KAP_OPT_KEEPALIVE;
	} else if ((done & KAP_OPT_IDLE) && sock_flag(sk, SOCK_KEEPOPEN)) {
		set_keepalive(sk, true);
	}
	return done;
}

/**
 * kap_sock_fill_locked - set the options the application has left unset
 * @sk: a TCP socket, about to be established or open
 * @opts: enum kap_opt bits of the options in question
 * @to: their values
 *
 * The setters the kernel exports take the lock of the socket, which the caller
 * has; so the fields are written here, in the units the setters write.
 *
 * Context: any that has the socket locked; does not sleep.
 * Return: enum kap_opt bits of those that were set.
 */
unsigned int kap_sock_fill_locked(struct sock *sk, unsigned int opts,
				  const struct kap_values *to)
{
	static const struct kap_values unset;

	return set_opts(sk, opts, &unset, to);
}

/**
 * kap_sock_set_locked - set options whatever they are
 * @sk: a TCP socket, about to be established or open
 * @opts: enum kap_opt bits of the options to set
 * @seen: by kap_sock_values(), since the socket was locked; what is no longer
 *	so is left alone: the application has set it after us
 * @to: their values
 *
 * Context: any that has the socket locked; does not sleep.
 * Return: enum kap_opt bits of those that were set.
 */
unsigned int kap_sock_set_locked(struct sock *sk, unsigned int opts,
				 const struct kap_values *seen,
				 const struct kap_values *to)
{
	return set_opts(sk, opts, seen, to);
}

/**
 * kap_sock_arm_locked - turn keepalive on where it is off
 * @sk: a TCP socket that has been accepted
 *
 * Context: any that has the socket locked.
 */
void kap_sock_arm_locked(struct sock *sk)
{
	sk->sk_prot->keepalive(sk, true);
	sock_set_flag(sk, SOCK_KEEPOPEN);
}

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KAPOLICY_COMPAT_NET_INET_HASHTABLES_H
#define _KAPOLICY_COMPAT_NET_INET_HASHTABLES_H

#include <net/inet6_hashtables.h>
#include <net/inet_hashtables.h>
#include <net/net_namespace.h>

/* The connection table of a network namespace: a pointer from 5.18 to 6.0. */
#define kap_tcp_hashinfo(net) \
	(_Generic((net)->ipv4.tcp_death_row, \
		struct inet_timewait_death_row *: (net)->ipv4.tcp_death_row, \
		default: &(net)->ipv4.tcp_death_row)->hashinfo)

/*
 * The lookups of listeners lost the argument @hashinfo in 2025, and @net became
 * const in 2024. Which of them this kernel has is told by the function's type.
 */
#define KAP_LOOKUP_WITH_TABLE(net_t, addr_t) \
	struct sock *(*)(net_t *, struct inet_hashinfo *, struct sk_buff *, \
			 int, addr_t, __be16, addr_t, unsigned short, int, int)
#define KAP_LOOKUP_WITHOUT_TABLE(net_t, addr_t) \
	struct sock *(*)(net_t *, struct sk_buff *, int, addr_t, __be16, \
			 addr_t, unsigned short, int, int)

#define KAP_LOOKUP_IS(kind, fn, addr_t) \
	_Generic(&(fn), \
		kind(struct net, addr_t): true, \
		kind(const struct net, addr_t): true, \
		default: false)

/* @fn if it is of that kind, else a NULL of that type, which is never called. */
#define KAP_LOOKUP_AS(kind, fn, addr_t) \
	_Generic(&(fn), \
		kind(struct net, addr_t): &(fn), \
		kind(const struct net, addr_t): &(fn), \
		default: (kind(struct net, addr_t))NULL)

#define KAP_LOOKUP(fn, addr_t, net, raddr, rport, laddr, lport, dif) \
	(KAP_LOOKUP_IS(KAP_LOOKUP_WITH_TABLE, fn, addr_t) ? \
	 KAP_LOOKUP_AS(KAP_LOOKUP_WITH_TABLE, fn, addr_t)( \
		net, kap_tcp_hashinfo(net), NULL, 0, raddr, rport, laddr, \
		lport, dif, 0) : \
	 KAP_LOOKUP_AS(KAP_LOOKUP_WITHOUT_TABLE, fn, addr_t)( \
		net, NULL, 0, raddr, rport, laddr, lport, dif, 0))

/**
 * kap_tcp_listener4_rcu - the listener that a connection over IPv4 comes to
 * @net: network namespace
 * @raddr: remote address
 * @rport: remote port
 * @laddr: local address
 * @lport: local port, in host order
 * @dif: interface the listener may be bound to, or 0
 *
 * Context: in an RCU read-side critical section.
 * Return: the listener, without a reference, or NULL.
 */
static inline struct sock *kap_tcp_listener4_rcu(struct net *net, __be32 raddr,
						 __be16 rport, __be32 laddr,
						 u16 lport, int dif)
{
	return KAP_LOOKUP(__inet_lookup_listener, __be32, net, raddr, rport,
			  laddr, lport, dif);
}

/* The same over IPv6; where that is a module, there is no asking it. */
static inline struct sock *
kap_tcp_listener6_rcu(struct net *net, const struct in6_addr *raddr,
		      __be16 rport, const struct in6_addr *laddr, u16 lport,
		      int dif)
{
#if IS_BUILTIN(CONFIG_IPV6)
	return KAP_LOOKUP(inet6_lookup_listener, const struct in6_addr *, net,
			  raddr, rport, laddr, lport, dif);
#else
	return NULL;
#endif
}

#endif /* _KAPOLICY_COMPAT_NET_INET_HASHTABLES_H */

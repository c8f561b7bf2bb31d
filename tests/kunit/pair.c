// SPDX-License-Identifier: GPL-2.0
#include "pair.h"

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/tcp.h>
#include <net/sock.h>
#include <net/tcp.h>

const char * const pair_names[PAIR_KINDS] = {
	[PAIR_V4] = "IPv4",
	[PAIR_V6] = "IPv6",
	[PAIR_MAPPED] = "IPv4-mapped",
};

union address {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

/* Returns its length. */
static int address_of(const struct pair *p, union address *a)
{
	memset(a, 0, sizeof(*a));
	if (p->kind == PAIR_V4) {
		a->in.sin_family = AF_INET;
		a->in.sin_port = htons(p->port);
		a->in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		return sizeof(a->in);
	}
	a->in6.sin6_family = AF_INET6;
	a->in6.sin6_port = htons(p->port);
	if (p->kind == PAIR_V6) {
		a->in6.sin6_addr = in6addr_loopback;
	} else {
		a->in6.sin6_addr.s6_addr[10] = 0xff;
		a->in6.sin6_addr.s6_addr[11] = 0xff;
		a->in6.sin6_addr.s6_addr32[3] = htonl(INADDR_LOOPBACK);
	}
	return sizeof(a->in6);
}

static int make_socket(const struct pair *p, struct socket **sock)
{
	return sock_create(p->kind == PAIR_V4 ? PF_INET : PF_INET6,
			   SOCK_STREAM, IPPROTO_TCP, sock);
}

/**
 * pair_listen - a listener, and a client that has not connected yet
 * @test: the test; ends when there is no loopback
 * @p: the result, for pair_close()
 * @kind: family
 */
void pair_listen(struct kunit *test, struct pair *p, enum pair_kind kind)
{
	union address a;
	int len;

	memset(p, 0, sizeof(*p));
	p->kind = kind;
	len = address_of(p, &a);
	KUNIT_ASSERT_EQ(test, make_socket(p, &p->listener), 0);
	KUNIT_ASSERT_EQ(test, make_socket(p, &p->client), 0);
	KUNIT_ASSERT_EQ_MSG(test, kernel_bind(p->listener, &a.sa, len), 0,
			    "%s: is the device lo up?", pair_names[kind]);
	KUNIT_ASSERT_EQ(test, kernel_listen(p->listener, 8), 0);
	p->port = inet_sk(p->listener->sk)->inet_num;
}

void pair_connect(struct kunit *test, struct pair *p)
{
	union address a;
	int len = address_of(p, &a);

	KUNIT_ASSERT_EQ_MSG(test, kernel_connect(p->client, &a.sa, len, 0), 0,
			    "%s: is the device lo up?", pair_names[p->kind]);
	KUNIT_ASSERT_EQ(test, kernel_accept(p->listener, &p->server, 0), 0);
	KUNIT_ASSERT_EQ(test, p->client->sk->sk_state, TCP_ESTABLISHED);
	KUNIT_ASSERT_EQ(test, p->server->sk->sk_state, TCP_ESTABLISHED);
}

void pair_open(struct kunit *test, struct pair *p, enum pair_kind kind)
{
	pair_listen(test, p, kind);
	pair_connect(test, p);
}

/* By a reset, so that nothing lingers in TIME_WAIT. */
void pair_close(struct pair *p)
{
	if (p->client) {
		sock_no_linger(p->client->sk);
		sock_release(p->client);
	}
	if (p->server)
		sock_release(p->server);
	if (p->listener)
		sock_release(p->listener);
	memset(p, 0, sizeof(*p));
}

/* By the setters the kernel's own users have. */
void sock_put_values(struct socket *sock, const struct kap_values *v)
{
	if (v->idle)
		tcp_sock_set_keepidle(sock->sk, v->idle);
	if (v->intvl)
		tcp_sock_set_keepintvl(sock->sk, v->intvl);
	if (v->cnt)
		tcp_sock_set_keepcnt(sock->sk, v->cnt);
	if (v->user_timeout)
		tcp_sock_set_user_timeout(sock->sk, v->user_timeout);
	if (v->keepalive)
		sock_set_keepalive(sock->sk);
}

/* By hand: kap_sock_values() is what is tested. */
void sock_get_values(struct socket *sock, struct kap_values *v)
{
	const struct tcp_sock *tp = tcp_sk(sock->sk);

	memset(v, 0, sizeof(*v));
	lock_sock(sock->sk);
	v->keepalive = sock_flag(sock->sk, SOCK_KEEPOPEN);
	v->idle = tp->keepalive_time / HZ;
	v->intvl = tp->keepalive_intvl / HZ;
	v->cnt = tp->keepalive_probes;
	v->user_timeout = inet_csk(sock->sk)->icsk_user_timeout;
	release_sock(sock->sk);
}

void expect_values(struct kunit *test, const struct kap_values *got,
		   const struct kap_values *want, const char *what)
{
	KUNIT_EXPECT_EQ_MSG(test, got->keepalive, want->keepalive, "%s", what);
	KUNIT_EXPECT_EQ_MSG(test, got->idle, want->idle, "%s", what);
	KUNIT_EXPECT_EQ_MSG(test, got->intvl, want->intvl, "%s", what);
	KUNIT_EXPECT_EQ_MSG(test, got->cnt, want->cnt, "%s", what);
	KUNIT_EXPECT_EQ_MSG(test, got->user_timeout, want->user_timeout, "%s",
			    what);
}

/* Rounded up: what has passed since it was armed is less than a second. */
u32 sock_timer(struct socket *sock)
{
#ifdef HAVE_ICSK_KEEPALIVE_TIMER
	struct timer_list *timer = &inet_csk(sock->sk)->icsk_keepalive_timer;
#else
	struct timer_list *timer = &sock->sk->sk_timer;
#endif

	if (!timer_pending(timer))
		return 0;
	return DIV_ROUND_UP(timer->expires - jiffies, HZ);
}

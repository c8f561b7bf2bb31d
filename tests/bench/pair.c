// SPDX-License-Identifier: GPL-2.0
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "pair.h"

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT	24
#endif

/* What getsockopt says of a socket nobody touched. */
const struct values values_unset = { 0, 7200, 75, 9, 0 };

/* libkeepalive has no user timeout; guest.sh asks it for the rest. */
const struct values values_libkeepalive = { 1, 60, 5, 3, 0 };

static socklen_t to_sockaddr(const struct addr *a, uint16_t port,
			     struct sockaddr_storage *ss)
{
	struct sockaddr_in6 *s6 = (struct sockaddr_in6 *)ss;
	struct sockaddr_in *s4 = (struct sockaddr_in *)ss;

	memset(ss, 0, sizeof(*ss));
	if (a->v6) {
		s6->sin6_family = AF_INET6;
		s6->sin6_port = htons(port);
		memcpy(&s6->sin6_addr, a->byte, 16);
		return sizeof(*s6);
	}
	s4->sin_family = AF_INET;
	s4->sin_port = htons(port);
	memcpy(&s4->sin_addr, a->byte, 4);
	return sizeof(*s4);
}

static void set_int(int fd, int level, int option, int value)
{
	if (setsockopt(fd, level, option, &value, sizeof(value)))
		die_errno("setsockopt %d %d", level, option);
}

static uint32_t get_int(int fd, int level, int option)
{
	socklen_t len = sizeof(int);
	int value = 0;

	if (getsockopt(fd, level, option, &value, &len))
		die_errno("getsockopt %d %d", level, option);
	return value;
}

static int new_socket(const struct addr *a)
{
	int fd = socket(a->v6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0);

	if (fd < 0)
		die_errno("socket");
	return fd;
}

void target_socket(struct target *t)
{
	t->listener = new_socket(&t->server);
	set_int(t->listener, IPPROTO_IP, IP_FREEBIND, 1);
}

void target_listen(struct target *t)
{
	struct sockaddr_storage ss;
	socklen_t len = to_sockaddr(&t->server, t->port, &ss);

	set_int(t->listener, SOL_SOCKET, SO_REUSEADDR, 1);
	if (bind(t->listener, (struct sockaddr *)&ss, len))
		die_errno("bind to port %u", t->port);
	if (listen(t->listener, 16))
		die_errno("listen");
}

void pair_open(struct pair *p, const struct target *t)
{
	struct sockaddr_storage ss;
	socklen_t len;

	p->out = new_socket(&t->server);
	if (t->bind_client) {
		len = to_sockaddr(&t->client, 0, &ss);
		set_int(p->out, IPPROTO_IP, IP_FREEBIND, 1);
		set_int(p->out, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
		if (bind(p->out, (struct sockaddr *)&ss, len))
			die_errno("bind");
	}
	len = to_sockaddr(&t->server, t->port, &ss);
	if (connect(p->out, (struct sockaddr *)&ss, len))
		die_errno("connect to port %u", t->port);
	p->in = accept(t->listener, NULL, NULL);
	if (p->in < 0)
		die_errno("accept");
}

/* By a reset, so that nothing lingers in TIME_WAIT. */
void pair_close(struct pair *p)
{
	struct linger linger = { 1, 0 };

	if (setsockopt(p->out, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)))
		die_errno("SO_LINGER");
	close(p->out);
	close(p->in);
}

void pairs_hold(struct pair *p, uint32_t n, const struct target *t)
{
	uint32_t i;

	for (i = 0; i < n; i++)
		pair_open(&p[i], t);
}

void pairs_release(struct pair *p, uint32_t n)
{
	uint32_t i;

	for (i = 0; i < n; i++)
		pair_close(&p[i]);
}

void pair_set(int fd, const struct values *v)
{
	set_int(fd, SOL_SOCKET, SO_KEEPALIVE, v->keepalive);
	set_int(fd, IPPROTO_TCP, TCP_KEEPIDLE, v->idle);
	set_int(fd, IPPROTO_TCP, TCP_KEEPINTVL, v->intvl);
	set_int(fd, IPPROTO_TCP, TCP_KEEPCNT, v->cnt);
	set_int(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, v->user_timeout);
}

static void check_end(int fd, const struct values *want, const char *what,
		      const char *end, unsigned int port)
{
	struct values got = {
		get_int(fd, SOL_SOCKET, SO_KEEPALIVE),
		get_int(fd, IPPROTO_TCP, TCP_KEEPIDLE),
		get_int(fd, IPPROTO_TCP, TCP_KEEPINTVL),
		get_int(fd, IPPROTO_TCP, TCP_KEEPCNT),
		get_int(fd, IPPROTO_TCP, TCP_USER_TIMEOUT),
	};

	if (!want)
		want = &values_unset;
	if (memcmp(&got, want, sizeof(got)))
		die("%s: port %u, %s end: keepalive=%u idle=%u intvl=%u cnt=%u user_timeout=%u instead of %u %u %u %u %u",
		    what, port, end, got.keepalive, got.idle, got.intvl,
		    got.cnt, got.user_timeout, want->keepalive, want->idle,
		    want->intvl, want->cnt, want->user_timeout);
}

/* Whoever measures less work than was asked for fails here. */
void pair_check(const struct pair *p, const struct target *t, const char *what)
{
	check_end(p->out, t->out, what, "connecting", t->port);
	check_end(p->in, t->in, what, "accepting", t->port);
}

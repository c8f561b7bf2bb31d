/* SPDX-License-Identifier: GPL-2.0 */
/* A TCP connection over loopback, both of its ends sockets of this kernel. */
#ifndef _KAPOLICY_KUNIT_PAIR_H
#define _KAPOLICY_KUNIT_PAIR_H

#include <kunit/test.h>
#include <linux/net.h>

#include "rule/rule.h"

enum pair_kind { PAIR_V4, PAIR_V6, PAIR_MAPPED, PAIR_KINDS };

extern const char * const pair_names[PAIR_KINDS];

/**
 * struct pair - a connection, from pair_listen() on or from pair_connect() on
 * @kind: family of its sockets and addresses
 * @port: of the listener
 * @listener: as programs make them, not as the kernel does (sk_kern_sock)
 * @client: likewise
 * @server: accepted
 */
struct pair {
	enum pair_kind kind;
	u16 port;
	struct socket *listener;
	struct socket *client;
	struct socket *server;
};

void pair_listen(struct kunit *test, struct pair *p, enum pair_kind kind);
void pair_connect(struct kunit *test, struct pair *p);
void pair_open(struct kunit *test, struct pair *p, enum pair_kind kind);
void pair_close(struct pair *p);

/* What a program would have set; 0: nothing. And what a socket has. */
void sock_put_values(struct socket *sock, const struct kap_values *v);
void sock_get_values(struct socket *sock, struct kap_values *v);

void expect_values(struct kunit *test, const struct kap_values *got,
		   const struct kap_values *want, const char *what);

/* Seconds until the keepalive timer fires; 0 when it does not run. */
u32 sock_timer(struct socket *sock);

#endif /* _KAPOLICY_KUNIT_PAIR_H */

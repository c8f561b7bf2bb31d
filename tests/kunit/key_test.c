// SPDX-License-Identifier: GPL-2.0
/* sock.h, sock.c: what a connection is matched by, told from its socket. */
#include "suites.h"

#include <linux/cgroup.h>
#include <linux/in6.h>
#include <net/tcp.h>

#include "conn/sock.h"
#include "pair.h"

#define OWNER	1234
#define LOOPBACK_V4	0x7f000001U

static void expect_key(struct kunit *test, const struct pair *p,
		       const struct kap_key *key, enum kap_dir dir,
		       u16 client_port)
{
	const char *name = pair_names[p->kind];
	bool out = dir == KAP_OUT;
	int i;

	KUNIT_EXPECT_EQ_MSG(test, key->field[KAP_DIR], (u32)dir, "%s", name);
	KUNIT_EXPECT_EQ_MSG(test, key->field[KAP_PORT], (u32)p->port, "%s",
			    name);
	KUNIT_EXPECT_EQ_MSG(test, key->field[KAP_LPORT],
			    (u32)(out ? client_port : p->port), "%s", name);
	KUNIT_EXPECT_EQ_MSG(test, key->field[KAP_RPORT],
			    (u32)(out ? p->port : client_port), "%s", name);
	KUNIT_EXPECT_EQ_MSG(test, key->field[KAP_UID], (u32)OWNER, "%s", name);
	KUNIT_EXPECT_EQ_MSG(test, key->v4, p->kind != PAIR_V6, "%s", name);
	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ_MSG(test, key->addr[i].hi, 0ULL, "%s", name);
		KUNIT_EXPECT_EQ_MSG(test, key->addr[i].lo,
				    p->kind == PAIR_V6 ? 1ULL : LOOPBACK_V4,
				    "%s", name);
	}
}

/* Ends of connections to and from 127.0.0.1, ::1 and ::ffff:127.0.0.1. */
static void key_of_both_ends(struct kunit *test)
{
	enum pair_kind kind;

	for (kind = 0; kind < PAIR_KINDS; kind++) {
		struct kap_key out, in;
		struct pair p;
		u16 port;

		pair_listen(test, &p, kind);
		p.listener->sk->sk_uid = KUIDT_INIT(OWNER);
		p.client->sk->sk_uid = KUIDT_INIT(OWNER);
		pair_connect(test, &p);
		p.server->sk->sk_uid = KUIDT_INIT(OWNER);
		port = inet_sk(p.client->sk)->inet_num;
		memset(&out, 0xa5, sizeof(out));
		memset(&in, 0xa5, sizeof(in));
		kap_sock_key(p.client->sk, KAP_OUT, ~0U, &out);
		kap_sock_key(p.server->sk, KAP_IN, ~0U, &in);
		expect_key(test, &p, &out, KAP_OUT, port);
		expect_key(test, &p, &in, KAP_IN, port);
		KUNIT_EXPECT_EQ(test, *kap_sock_port(p.client->sk, KAP_OUT),
				htons(p.port));
		KUNIT_EXPECT_EQ(test, *kap_sock_port(p.server->sk, KAP_IN),
				htons(p.port));
		pair_close(&p);
	}
}

/* What no rule looks at is not read. */
static void key_leaves_addresses_out(struct kunit *test)
{
	struct kap_key key;
	struct pair p;

	pair_open(test, &p, PAIR_V4);
	memset(&key, 0xa5, sizeof(key));
	kap_sock_key(p.client->sk, KAP_OUT, BIT(KAP_PORT), &key);
	KUNIT_EXPECT_EQ(test, key.field[KAP_PORT], (u32)p.port);
	KUNIT_EXPECT_EQ(test, key.addr[0].lo, 0xa5a5a5a5a5a5a5a5ULL);
	pair_close(&p);
}

/* At TCP_CLOSE, where a dead peer is counted, inet_num is gone. */
static void key_of_a_closed_socket(struct kunit *test)
{
	struct kap_key before, after;
	struct pair p;
	struct sock *sk;

	pair_open(test, &p, PAIR_V4);
	sk = p.server->sk;
	memset(&before, 0, sizeof(before));
	memset(&after, 0, sizeof(after));
	lock_sock(sk);
	kap_sock_key(sk, KAP_IN, ~0U, &before);
	tcp_done(sk);
	kap_sock_key(sk, KAP_IN, ~0U, &after);
	release_sock(sk);
	KUNIT_EXPECT_EQ(test, memcmp(&before, &after, sizeof(before)), 0);
	KUNIT_EXPECT_EQ(test, kap_sock_guess_dir(sk), KAP_IN);
	pair_close(&p);
}

static void sockaddr_of_a_key(struct kunit *test)
{
	enum pair_kind kind;

	for (kind = 0; kind < PAIR_KINDS; kind++) {
		struct sockaddr_in6 got;
		struct sockaddr_in *in = (struct sockaddr_in *)&got;
		struct kap_key key;
		struct pair p;

		pair_open(test, &p, kind);
		kap_sock_key(p.client->sk, KAP_OUT, ~0U, &key);
		kap_sock_sockaddr(&key, 1, &got);
		KUNIT_EXPECT_EQ(test, got.sin6_port, htons(p.port));
		if (kind == PAIR_V6) {
			KUNIT_EXPECT_EQ(test, got.sin6_family, AF_INET6);
			KUNIT_EXPECT_TRUE(test,
					  ipv6_addr_loopback(&got.sin6_addr));
		} else {
			KUNIT_EXPECT_EQ(test, in->sin_family, AF_INET);
			KUNIT_EXPECT_EQ(test, ntohl(in->sin_addr.s_addr),
					LOOPBACK_V4);
		}
		pair_close(&p);
	}
}

static void direction_told_afterwards(struct kunit *test)
{
	struct pair p;

	pair_open(test, &p, PAIR_V4);
	KUNIT_EXPECT_EQ(test, kap_sock_guess_dir(p.client->sk), KAP_OUT);
	KUNIT_EXPECT_EQ(test, kap_sock_guess_dir(p.server->sk), KAP_IN);
	pair_close(&p);
}

static void only_tcp_of_programs_is_ours(struct kunit *test)
{
	struct socket *sock;
	struct pair p;

	pair_open(test, &p, PAIR_V4);
	KUNIT_EXPECT_TRUE(test, kap_sock_is_ours(p.client->sk));
	KUNIT_EXPECT_TRUE(test, kap_sock_is_ours(p.server->sk));
	pair_close(&p);

	KUNIT_ASSERT_EQ(test, sock_create_kern(&init_net, PF_INET, SOCK_STREAM,
					       IPPROTO_TCP, &sock), 0);
	KUNIT_EXPECT_FALSE(test, kap_sock_is_ours(sock->sk));
	sock_release(sock);
	KUNIT_ASSERT_EQ(test, sock_create(PF_INET, SOCK_DGRAM, IPPROTO_UDP,
					  &sock), 0);
	KUNIT_EXPECT_FALSE(test, kap_sock_is_ours(sock->sk));
	sock_release(sock);
}

static void values_are_read_as_set(struct kunit *test)
{
	struct kap_values some = {
		.user_timeout = 45678, .idle = 71, .intvl = 13, .cnt = 7,
		.keepalive = 1,
	};
	struct kap_values most = {
		.user_timeout = KAP_USER_TIMEOUT_MAX, .idle = KAP_IDLE_MAX,
		.intvl = KAP_INTVL_MAX, .cnt = KAP_CNT_MAX, .keepalive = 1,
	};
	struct kap_values none = { 0 }, got;
	struct pair p;

	pair_open(test, &p, PAIR_V6);
	kap_sock_values(p.client->sk, &got);
	expect_values(test, &got, &none, "none");
	sock_put_values(p.client, &some);
	kap_sock_values(p.client->sk, &got);
	expect_values(test, &got, &some, "some");
	sock_put_values(p.client, &most);
	kap_sock_values(p.client->sk, &got);
	expect_values(test, &got, &most, "most");
	pair_close(&p);
}

static void cgroup_of_a_socket(struct kunit *test)
{
	struct pair p;

	pair_open(test, &p, PAIR_V4);
	rcu_read_lock();
	KUNIT_EXPECT_EQ(test, cgroup_id(kap_sock_cgroup_rcu(p.client->sk)),
			cgroup_id(kap_sock_cgroup_rcu(p.server->sk)));
	rcu_read_unlock();
	pair_close(&p);
}

/* A byte as well as a word, and only if it is what was seen. */
static void key_replaces_what_was_seen(struct kunit *test)
{
	u8 byte[] __aligned(sizeof(u32)) = { 1, 2, 3, 4 };
	u32 word = 300;
	size_t i;

	for (i = 0; i < sizeof(byte); i++) {
		KUNIT_EXPECT_FALSE(test, kap_sock_replace(&byte[i], 0, 9));
		KUNIT_EXPECT_EQ(test, byte[i], (u8)(i + 1));
		KUNIT_EXPECT_TRUE(test, kap_sock_replace(&byte[i], i + 1, 9));
		KUNIT_EXPECT_EQ(test, byte[i], (u8)9);
		byte[i] = i + 1;
	}
	KUNIT_EXPECT_EQ(test, memcmp(byte, "\1\2\3\4", sizeof(byte)), 0);
	KUNIT_EXPECT_FALSE(test, kap_sock_replace(&word, 299, 400));
	KUNIT_EXPECT_EQ(test, word, 300U);
	KUNIT_EXPECT_TRUE(test, kap_sock_replace(&word, 300, 400));
	KUNIT_EXPECT_EQ(test, word, 400U);
}

static struct kunit_case key_cases[] = {
	KUNIT_CASE(key_of_both_ends),
	KUNIT_CASE(key_leaves_addresses_out),
	KUNIT_CASE(key_of_a_closed_socket),
	KUNIT_CASE(sockaddr_of_a_key),
	KUNIT_CASE(direction_told_afterwards),
	KUNIT_CASE(only_tcp_of_programs_is_ours),
	KUNIT_CASE(values_are_read_as_set),
	KUNIT_CASE(cgroup_of_a_socket),
	KUNIT_CASE(key_replaces_what_was_seen),
	{}
};

struct kunit_suite key_suite = {
	.name = "kapolicy_key",
	.test_cases = key_cases,
};

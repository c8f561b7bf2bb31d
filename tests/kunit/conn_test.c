// SPDX-License-Identifier: GPL-2.0
/* conn.c, hook.c: which connections, which rule, and what is counted. */
#include "suites.h"

#include <net/tcp.h>

#include "conn/stats.h"
#include "conn/trace.h"
#include "pair.h"
#include "policy/policy.h"
#include "world.h"

/* What the rule with this id has counted; -1: there is none. */
static s64 counted(u64 id, enum kap_shown what)
{
	struct kap_ruleset *set = kap_policy_get();
	u64 counts[KAP_SHOWN_NR];
	s64 n = -1;
	u32 i;

	for (i = 0; i < set->n; i++) {
		if (set->order[i]->id != id)
			continue;
		kap_rule_counts(set->order[i], counts);
		n = counts[what];
	}
	kap_ruleset_put(set);
	return n;
}

static void expect_counts(struct kunit *test, u64 id, s64 matched, s64 applied,
			  s64 app_set, s64 timed_out)
{
	KUNIT_EXPECT_EQ(test, counted(id, KAP_SHOWN_MATCHED), matched);
	KUNIT_EXPECT_EQ(test, counted(id, KAP_SHOWN_APPLIED), applied);
	KUNIT_EXPECT_EQ(test, counted(id, KAP_SHOWN_APP_SET), app_set);
	KUNIT_EXPECT_EQ(test, counted(id, KAP_SHOWN_TIMED_OUT), timed_out);
}

/* Which idle time each end of a new connection got; 0: none. */
static void expect_idle(struct kunit *test, enum pair_kind kind, u16 out,
			u16 in)
{
	struct kap_values got;
	struct pair p;

	pair_open(test, &p, kind);
	sock_get_values(p.client, &got);
	KUNIT_EXPECT_EQ_MSG(test, got.idle, out, "%s, out", pair_names[kind]);
	sock_get_values(p.server, &got);
	KUNIT_EXPECT_EQ_MSG(test, got.idle, in, "%s, in", pair_names[kind]);
	pair_close(&p);
}

static void direction_of_each_end(struct kunit *test)
{
	int kind;

	rules_set(test, "dir=out idle=11s\ndir=in idle=22s");
	for (kind = 0; kind < PAIR_KINDS; kind++)
		expect_idle(test, kind, 11, 22);
}

/*
 * Nobody accepts it: both ends have connected, and the service is the remote
 * one. A loopback device loses no SYN, so the states are set by hand.
 */
static void direction_of_a_simultaneous_open(struct kunit *test)
{
	struct kap_values got;
	struct pair p;
	struct sock *sk;

	rules_set(test, "port=7 idle=22s\nport=8 idle=11s");
	pair_listen(test, &p, PAIR_V4);
	sk = p.client->sk;
	lock_sock(sk);
	inet_sk(sk)->inet_sport = htons(7);
	sk->sk_dport = htons(8);
	tcp_set_state(sk, TCP_SYN_SENT);
	tcp_set_state(sk, TCP_SYN_RECV);
	tcp_set_state(sk, TCP_ESTABLISHED);
	release_sock(sk);
	sock_get_values(p.client, &got);
	KUNIT_EXPECT_EQ(test, got.idle, 11);
	lock_sock(sk);
	tcp_set_state(sk, TCP_CLOSE);
	release_sock(sk);
	pair_close(&p);
}

static void addresses_of_each_family(struct kunit *test)
{
	rules_set(test, "raddr=127.0.0.0/8 idle=4s\nladdr=::1 idle=6s");
	expect_idle(test, PAIR_V4, 4, 4);
	expect_idle(test, PAIR_MAPPED, 4, 4);
	expect_idle(test, PAIR_V6, 6, 6);
}

/* port= is the service port of both ends. */
static void ports_of_each_end(struct kunit *test)
{
	struct kap_values out, in;
	char rules[128];
	struct pair p;

	pair_listen(test, &p, PAIR_V6);
	snprintf(rules, sizeof(rules),
		 "port=%u idle=5s\nrport=%u user_timeout=1s\nlport=%u cnt=1",
		 p.port, p.port, p.port);
	rules_set(test, rules);
	pair_connect(test, &p);
	sock_get_values(p.client, &out);
	sock_get_values(p.server, &in);
	KUNIT_EXPECT_EQ(test, out.idle, 5);
	KUNIT_EXPECT_EQ(test, in.idle, 5);
	pair_close(&p);

	pair_listen(test, &p, PAIR_V6);
	snprintf(rules, sizeof(rules),
		 "flush\nrport=%u idle=7s\nlport=%u idle=8s", p.port, p.port);
	rules_set(test, rules);
	pair_connect(test, &p);
	sock_get_values(p.client, &out);
	sock_get_values(p.server, &in);
	KUNIT_EXPECT_EQ(test, out.idle, 7);
	KUNIT_EXPECT_EQ(test, in.idle, 8);
	pair_close(&p);
}

static void uid_of_the_socket(struct kunit *test)
{
	struct kap_values out, in;
	struct pair p;

	rules_set(test, "uid=1234 idle=9s");
	pair_listen(test, &p, PAIR_V4);
	p.client->sk->sk_uid = KUIDT_INIT(1234);
	pair_connect(test, &p);
	sock_get_values(p.client, &out);
	sock_get_values(p.server, &in);
	KUNIT_EXPECT_EQ(test, out.idle, 9);
	KUNIT_EXPECT_EQ(test, in.idle, 0);
	pair_close(&p);
}

/* Twice: the second time the cache is asked. Others match, but not this one. */
static void cgroup_of_the_socket(struct kunit *test)
{
	rules_set(test, "cgroup=/none/such idle=3s\ncgroup=/ idle=10s");
	expect_idle(test, PAIR_V4, 10, 10);
	expect_idle(test, PAIR_V4, 10, 10);
	rules_set(test, "flush\ncgroup=/none/such idle=3s");
	expect_idle(test, PAIR_V4, 0, 0);
	expect_idle(test, PAIR_V4, 0, 0);
}

static void first_match_by_prio_wins(struct kunit *test)
{
	rules_set(test, "idle=1s\nprio=999 idle=2s\nprio=999 idle=3s");
	expect_idle(test, PAIR_V4, 2, 2);
}

static void counts_of_a_rule(struct kunit *test)
{
	struct kap_values set = { .keepalive = 1, .idle = 30 };
	struct pair p;

	rules_set(test, "uid=77 idle=1s\nidle=60s\nidle=50s");
	expect_idle(test, PAIR_V4, 60, 60);
	expect_counts(test, 2, 2, 2, 0, 0);
	pair_listen(test, &p, PAIR_V4);
	sock_put_values(p.client, &set);
	pair_connect(test, &p);
	pair_close(&p);
	expect_counts(test, 1, 0, 0, 0, 0);
	expect_counts(test, 2, 4, 3, 1, 0);
	expect_counts(test, 3, 0, 0, 0, 0);
}

static void counts_of_a_skip(struct kunit *test)
{
	unsigned long connections = kap_stats_sum(KAP_SHOWN_CONNECTIONS);
	unsigned long matched = kap_stats_sum(KAP_SHOWN_MATCHED);

	rules_set(test, "action=skip");
	expect_idle(test, PAIR_V4, 0, 0);
	expect_counts(test, 1, 2, 0, 0, 0);
	KUNIT_EXPECT_EQ(test, kap_stats_sum(KAP_SHOWN_CONNECTIONS),
			connections + 2);
	KUNIT_EXPECT_EQ(test, kap_stats_sum(KAP_SHOWN_MATCHED), matched + 2);
}

static void stats_add_up(struct kunit *test)
{
	struct kap_values set = { .keepalive = 1 };
	unsigned long n[KAP_SHOWN_STATS];
	struct pair p;
	u32 i;

	for (i = 0; i < KAP_SHOWN_STATS; i++)
		n[i] = kap_stats_sum(i);
	rules_set(test, "dir=out keepalive=on\ndir=in uid=77 cnt=1");
	expect_idle(test, PAIR_V4, 0, 0);
	pair_listen(test, &p, PAIR_V4);
	sock_put_values(p.client, &set);
	pair_connect(test, &p);
	pair_close(&p);
	for (i = 0; i < KAP_SHOWN_STATS; i++)
		n[i] = kap_stats_sum(i) - n[i];
	KUNIT_EXPECT_EQ(test, n[KAP_SHOWN_CONNECTIONS], 4UL);
	KUNIT_EXPECT_EQ(test, n[KAP_SHOWN_MATCHED], 2UL);
	KUNIT_EXPECT_EQ(test, n[KAP_SHOWN_APPLIED], 1UL);
	KUNIT_EXPECT_EQ(test, n[KAP_SHOWN_APP_SET], 1UL);
	KUNIT_EXPECT_EQ(test, n[KAP_SHOWN_TIMED_OUT], 0UL);
}

/* As tcp_write_err() ends a connection. */
static void end_with(struct socket *sock, int err)
{
	struct sock *sk = sock->sk;

	lock_sock(sk);
	sk->sk_err = err;
	tcp_done(sk);
	release_sock(sk);
}

static void dead_peers_are_counted(struct kunit *test)
{
	struct pair p;

	rules_set(test, "dir=in idle=1s\ndir=out idle=2s");
	pair_open(test, &p, PAIR_V6);
	end_with(p.client, ECONNRESET);
	expect_counts(test, 2, 1, 1, 0, 0);
	end_with(p.server, ETIMEDOUT);
	expect_counts(test, 1, 1, 1, 0, 1);
	pair_close(&p);
	pair_open(test, &p, PAIR_V6);
	end_with(p.client, ETIMEDOUT);
	expect_counts(test, 2, 2, 2, 0, 1);
	pair_close(&p);
}

/* Whatever a connection was about when its peer fell silent. */
static void dead_peers_of_every_state(struct kunit *test)
{
	static const int live[] = {
		TCP_ESTABLISHED, TCP_FIN_WAIT1, TCP_FIN_WAIT2, TCP_CLOSE_WAIT,
		TCP_LAST_ACK, TCP_CLOSING,
	};
	struct pair p;
	u32 i;

	rules_set(test, "dir=out idle=2s");
	for (i = 0; i < ARRAY_SIZE(live); i++) {
		pair_open(test, &p, PAIR_V4);
		tcp_set_state(p.client->sk, live[i]);
		end_with(p.client, ETIMEDOUT);
		KUNIT_EXPECT_EQ_MSG(test, counted(1, KAP_SHOWN_TIMED_OUT),
				    i + 1LL, "state %d", live[i]);
		pair_close(&p);
	}
	/* nobody was there to begin with */
	pair_listen(test, &p, PAIR_V4);
	tcp_set_state(p.client->sk, TCP_SYN_SENT);
	end_with(p.client, ETIMEDOUT);
	KUNIT_EXPECT_EQ(test, counted(1, KAP_SHOWN_TIMED_OUT), (s64)i);
	pair_close(&p);
}

/* After listen(fd, 0) an accepted socket looks like one that has connected. */
static void dead_peers_of_a_listener_without_backlog(struct kunit *test)
{
	struct pair p;

	rules_set(test, "dir=in idle=1s");
	pair_listen(test, &p, PAIR_V4);
	p.listener->sk->sk_max_ack_backlog = 0;
	pair_connect(test, &p);
	end_with(p.server, ETIMEDOUT);
	expect_counts(test, 1, 1, 1, 0, 1);
	pair_close(&p);
}

/* Was the last event inside a read-side section of the module's own? */
static bool in_section;

static void on_timed_out(void *data, const struct kap_rule *rule,
			 const struct sock *sk, enum kap_dir dir,
			 const struct kap_values *before,
			 const struct kap_values *after)
{
#ifdef CONFIG_DEBUG_LOCK_ALLOC
	in_section = lock_is_held(&rcu_sched_lock_map);
#else
	in_section = true;
#endif
}

/* What calls the tracepoint's probes keeps no rule set from 2026 on. */
static void dead_peers_are_counted_under_rcu(struct kunit *test)
{
	struct pair p;

	in_section = false;
	KUNIT_ASSERT_EQ(test, register_trace_kapolicy_timed_out(on_timed_out,
								NULL), 0);
	rules_set(test, "dir=out idle=2s");
	pair_open(test, &p, PAIR_V4);
	end_with(p.client, ETIMEDOUT);
	pair_close(&p);
	unregister_trace_kapolicy_timed_out(on_timed_out, NULL);
	tracepoint_synchronize_unregister();
	KUNIT_EXPECT_TRUE(test, in_section);
}

/* A connection that is older than the rule was not found dead by it. */
static void dead_peers_of_older_connections_are_not(struct kunit *test)
{
	static const struct {
		const char *rule;
		struct kap_values has;	/* 0: nothing */
	} older[] = {
		{ "idle=2s user_timeout=5s", {} },
		{ "keepalive=on", {} },
		{ "user_timeout=5s", {} },
		{ "idle=2s", { .keepalive = 1 } },
		{ "intvl=2s", { .keepalive = 1 } },
		{ "cnt=2", { .keepalive = 1 } },
	};
	struct pair p;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(older); i++) {
		rules_set(test, "flush");
		pair_open(test, &p, PAIR_V4);
		sock_put_values(p.client, &older[i].has);
		rules_set(test, older[i].rule);
		end_with(p.client, ETIMEDOUT);
		end_with(p.server, ETIMEDOUT);
		expect_counts(test, i + 1, 0, 0, 0, 0);
		pair_close(&p);
	}
}

static void sockets_of_the_kernel_are_left_alone(struct kunit *test)
{
	struct kap_values got, none = { 0 };
	struct pair p;

	rules_set(test, "idle=60s mode=force");
	pair_listen(test, &p, PAIR_V4);
	p.client->sk->sk_kern_sock = 1;
	p.listener->sk->sk_kern_sock = 1;
	/* as sock_create_kern() leaves it: no hold on the namespace */
	p.listener->sk->sk_net_refcnt = 0;
	pair_connect(test, &p);
	sock_get_values(p.client, &got);
	expect_values(test, &got, &none, "out");
	sock_get_values(p.server, &got);
	expect_values(test, &got, &none, "in");
	expect_counts(test, 1, 0, 0, 0, 0);
	p.listener->sk->sk_net_refcnt = 1;
	pair_close(&p);
}

static void disabled_keeps_the_rules(struct kunit *test)
{
	rules_set(test, "idle=60s");
	KUNIT_EXPECT_EQ(test, kap_policy_enable(false), 0);
	KUNIT_EXPECT_FALSE(test, kap_policy_enabled());
	expect_idle(test, PAIR_V4, 0, 0);
	KUNIT_EXPECT_STREQ(test, rules_text(test), "keepalive=on idle=60s\n");
	KUNIT_EXPECT_EQ(test, kap_policy_enable(true), 0);
	expect_idle(test, PAIR_V4, 60, 60);
}

static void no_rules_no_change(struct kunit *test)
{
	expect_idle(test, PAIR_V4, 0, 0);
	rules_set(test, "idle=60s");
	expect_idle(test, PAIR_V4, 60, 60);
	rules_set(test, "flush");
	expect_idle(test, PAIR_V4, 0, 0);
}

/* What the trace event said last. */
static struct {
	u32 events;
	u64 rule;
	struct kap_values before;
	struct kap_values after;
} traced[KAP_IN + 1];

static void on_apply(void *data, const struct kap_rule *rule,
		     const struct sock *sk, enum kap_dir dir,
		     const struct kap_values *before,
		     const struct kap_values *after)
{
	traced[dir].events++;
	traced[dir].rule = rule->id;
	traced[dir].before = *before;
	traced[dir].after = *after;
}

static void traced_connections_are_the_same(struct kunit *test)
{
	struct kap_values app = { .keepalive = 1, .idle = 90 };
	struct kap_values want = {
		.keepalive = 1, .idle = 60, .user_timeout = 30000,
	};
	struct kap_values got;
	struct pair p;
	int dir;

	memset(traced, 0, sizeof(traced));
	KUNIT_ASSERT_EQ(test, register_trace_kapolicy_apply(on_apply, NULL), 0);
	rules_set(test, "idle=60s user_timeout=30s mode=clamp");
	pair_listen(test, &p, PAIR_V6);
	sock_put_values(p.client, &app);
	sock_put_values(p.listener, &app);
	pair_connect(test, &p);
	unregister_trace_kapolicy_apply(on_apply, NULL);
	tracepoint_synchronize_unregister();
	sock_get_values(p.client, &got);
	expect_values(test, &got, &want, "out");
	sock_get_values(p.server, &got);
	expect_values(test, &got, &want, "in");
	pair_close(&p);
	for (dir = KAP_OUT; dir <= KAP_IN; dir++) {
		KUNIT_EXPECT_EQ(test, traced[dir].events, 1U);
		KUNIT_EXPECT_EQ(test, traced[dir].rule, 1ULL);
		expect_values(test, &traced[dir].before, &app, "before");
		expect_values(test, &traced[dir].after, &want, "after");
	}
}

static struct kunit_case conn_cases[] = {
	KUNIT_CASE(direction_of_each_end),
	KUNIT_CASE(direction_of_a_simultaneous_open),
	KUNIT_CASE(addresses_of_each_family),
	KUNIT_CASE(ports_of_each_end),
	KUNIT_CASE(uid_of_the_socket),
	KUNIT_CASE(cgroup_of_the_socket),
	KUNIT_CASE(first_match_by_prio_wins),
	KUNIT_CASE(counts_of_a_rule),
	KUNIT_CASE(counts_of_a_skip),
	KUNIT_CASE(stats_add_up),
	KUNIT_CASE(dead_peers_are_counted),
	KUNIT_CASE(dead_peers_of_every_state),
	KUNIT_CASE(dead_peers_of_a_listener_without_backlog),
	KUNIT_CASE(dead_peers_are_counted_under_rcu),
	KUNIT_CASE(dead_peers_of_older_connections_are_not),
	KUNIT_CASE(sockets_of_the_kernel_are_left_alone),
	KUNIT_CASE(disabled_keeps_the_rules),
	KUNIT_CASE(no_rules_no_change),
	KUNIT_CASE(traced_connections_are_the_same),
	{}
};

struct kunit_suite conn_suite = {
	.name = "kapolicy_conn",
	.init = world_init,
	.exit = world_exit,
	.test_cases = conn_cases,
};

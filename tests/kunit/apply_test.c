// SPDX-License-Identifier: GPL-2.0
/*
 * What becomes of the options of a connection, by way of the tracepoint: every
 * mode, every option, not set by the program or set below, at or above the
 * rule's value; both ends; IPv4, IPv6 and IPv4-mapped.
 */
#include "suites.h"

#include "conn/hook.h"
#include "pair.h"
#include "probe.h"
#include "world.h"

enum state { UNSET, BELOW, EQUAL, ABOVE, STATES };

static const char * const state_names[STATES] = {
	[UNSET] = "unset", [BELOW] = "below", [EQUAL] = "equal",
	[ABOVE] = "above",
};

static const char * const mode_names[] = {
	[KAP_DEFAULT] = "default", [KAP_CLAMP] = "clamp", [KAP_FORCE] = "force",
};

/* An option: the rule's value, and the program's by enum state. */
static const struct option {
	const char *word;
	enum kap_opt opt;
	u32 app[STATES];
} options[] = {
	{ "keepalive=on", KAP_OPT_KEEPALIVE, { 0, 1, 1, 1 } },
	{ "idle=60s", KAP_OPT_IDLE, { 0, 30, 60, 90 } },
	{ "intvl=10s", KAP_OPT_INTVL, { 0, 5, 10, 20 } },
	{ "cnt=5", KAP_OPT_CNT, { 0, 2, 5, 9 } },
	{ "user_timeout=30s", KAP_OPT_USER_TIMEOUT,
	  { 0, 20000, 30000, 40000 } },
};

/* The sentences of design.md 2. */
static u32 decided(enum kap_mode mode, u32 app, u32 rule)
{
	if (!app)
		return rule;
	switch (mode) {
	case KAP_FORCE:
		return rule;
	case KAP_CLAMP:
		return app > rule ? rule : app;
	default:
		return app;
	}
}

static void put(struct kap_values *v, enum kap_opt opt, u32 x)
{
	switch (opt) {
	case KAP_OPT_KEEPALIVE:
		v->keepalive = x;
		break;
	case KAP_OPT_IDLE:
		v->idle = x;
		break;
	case KAP_OPT_INTVL:
		v->intvl = x;
		break;
	case KAP_OPT_CNT:
		v->cnt = x;
		break;
	case KAP_OPT_USER_TIMEOUT:
		v->user_timeout = x;
		break;
	}
}

/* The timer runs if it should, and with the idle time that is in force. */
static void expect_timer(struct kunit *test, struct socket *sock,
			 const struct kap_values *v, const char *what)
{
	u32 idle = v->idle ? v->idle : 7200;	/* tcp_keepalive_time */
	u32 left = sock_timer(sock);

	if (!v->keepalive) {
		KUNIT_EXPECT_EQ_MSG(test, left, 0U, "%s", what);
		return;
	}
	/* the kernel's timers are up to an eighth late */
	KUNIT_EXPECT_GE_MSG(test, left, idle - 1, "%s", what);
	KUNIT_EXPECT_LE_MSG(test, left, idle + idle / 8 + 1, "%s", what);
}

static void expect_end(struct kunit *test, struct socket *sock,
		       const struct kap_values *want, const char *what)
{
	struct kap_values got;

	sock_get_values(sock, &got);
	expect_values(test, &got, want, what);
	expect_timer(test, sock, want, what);
}

/*
 * How a rule is found: by the search, by the table of ports alone, or by the
 * search that the table leads to.
 */
static const char * const ways[] = { "", "port=%u ", "port=%u uid=0-9 " };

static void set_rules(struct kunit *test, const char *way, u16 port,
		      const char *rule)
{
	char text[256];
	int len;

	len = scnprintf(text, sizeof(text), "flush\n");
	len += scnprintf(text + len, sizeof(text) - len, way, port);
	scnprintf(text + len, sizeof(text) - len, "%s", rule);
	rules_set(test, text);
}

/* A connection whose program has set @app, on both ends. */
static void check_way(struct kunit *test, enum pair_kind kind, const char *way,
		      const struct kap_values *app,
		      const struct kap_values *want, const char *rule)
{
	char what[160];
	struct pair p;

	if (has_failed(test))
		return;
	pair_listen(test, &p, kind);
	set_rules(test, way, p.port, rule);
	sock_put_values(p.listener, app);
	sock_put_values(p.client, app);
	pair_connect(test, &p);
	snprintf(what, sizeof(what), "%s%s, %s, out", way, rule,
		 pair_names[kind]);
	expect_end(test, p.client, want, what);
	snprintf(what, sizeof(what), "%s%s, %s, in", way, rule,
		 pair_names[kind]);
	expect_end(test, p.server, want, what);
	pair_close(&p);
}

static void check(struct kunit *test, const struct kap_values *app,
		  const struct kap_values *want, const char *rule)
{
	size_t way;
	int kind;

	for (way = 0; way < ARRAY_SIZE(ways); way++) {
		for (kind = 0; kind < PAIR_KINDS; kind++)
			check_way(test, kind, ways[way], app, want, rule);
	}
}

static void check_option(struct kunit *test, enum kap_mode mode,
			 const struct option *o, enum state state)
{
	struct kap_values app = { 0 }, want;
	char rule[64];

	put(&app, o->opt, o->app[state]);
	want = app;
	put(&want, o->opt, decided(mode, o->app[state], o->app[EQUAL]));
	/* the times of keepalive turn it on */
	if (o->opt != KAP_OPT_USER_TIMEOUT)
		want.keepalive = 1;
	snprintf(rule, sizeof(rule), "%s mode=%s # %s", o->word,
		 mode_names[mode], state_names[state]);
	check(test, &app, &want, rule);
}

static void check_mode(struct kunit *test, enum kap_mode mode)
{
	size_t i;
	int state;

	for (i = 0; i < ARRAY_SIZE(options); i++) {
		for (state = 0; state < STATES; state++)
			check_option(test, mode, &options[i], state);
	}
}

static void default_fills_in_what_is_unset(struct kunit *test)
{
	check_mode(test, KAP_DEFAULT);
}

static void clamp_lowers(struct kunit *test)
{
	check_mode(test, KAP_CLAMP);
}

static void force_sets(struct kunit *test)
{
	check_mode(test, KAP_FORCE);
}

/* Every option at once, each in another state, and one rule for all. */
static void check_together(struct kunit *test, enum kap_mode mode,
			   unsigned int turn)
{
	struct kap_values app = { 0 }, want = { 0 };
	char rule[96];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(options); i++) {
		const struct option *o = &options[i];
		u32 has = o->app[(i + turn) % STATES];

		put(&app, o->opt, has);
		put(&want, o->opt, decided(mode, has, o->app[EQUAL]));
	}
	snprintf(rule, sizeof(rule),
		 "idle=60s intvl=10s cnt=5 user_timeout=30s mode=%s # turn %u",
		 mode_names[mode], turn);
	check(test, &app, &want, rule);
}

static void options_are_decided_one_by_one(struct kunit *test)
{
	unsigned int turn;
	int mode;

	for (mode = KAP_DEFAULT; mode <= KAP_FORCE; mode++) {
		for (turn = 0; turn < STATES; turn++)
			check_together(test, mode, turn);
	}
}

static void every_option_where_none_is_set(struct kunit *test)
{
	struct kap_values none = { 0 };
	struct kap_values want = {
		.keepalive = 1, .idle = 60, .intvl = 10, .cnt = 5,
		.user_timeout = 30000,
	};
	int mode;

	for (mode = KAP_DEFAULT; mode <= KAP_FORCE; mode++) {
		char rule[96];

		snprintf(rule, sizeof(rule),
			 "idle=60s intvl=10s cnt=5 user_timeout=30s mode=%s",
			 mode_names[mode]);
		check(test, &none, &want, rule);
	}
}

static void force_turns_keepalive_off(struct kunit *test)
{
	struct kap_values on = { .keepalive = 1, .idle = 30 }, off = on;
	struct kap_values none = { 0 };

	off.keepalive = 0;
	check(test, &on, &off, "keepalive=off mode=force # on");
	check(test, &none, &none, "keepalive=off mode=force # off");
}

static void detect_and_auto(struct kunit *test)
{
	struct kap_values none = { 0 };
	struct kap_values want = {
		.keepalive = 1, .idle = 15, .intvl = 5, .cnt = 3,
		.user_timeout = 28125,
	};

	check(test, &none, &want, "detect=30s");
	check(test, &none, &want, "idle=15s intvl=5s cnt=3 user_timeout=auto");
}

/* Promise: where a lost probe or a pause cannot be seen, none ends a connection. */
/* Under PREEMPT_RT only one of the two is missing. */
static void auto_needs_both_probes(struct kunit *test)
{
	static const bool can[][2] = {
		{ false, false }, { true, false }, { false, true },
	};
	struct kap_values none = { 0 };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(can); i++) {
		struct kap_values want = {
			.keepalive = 1, .idle = 15, .intvl = 5, .cnt = 3,
		};

		kapt_can_hold = can[i][0];
		kapt_can_stall = can[i][1];
		if (kap_hook_can_hold() && kap_hook_can_stall())
			want.user_timeout = 28125;
		check(test, &none, &want, "detect=30s");
		want.user_timeout = 45000;
		check(test, &none, &want, "detect=30s user_timeout=45s");
	}
	kapt_can_hold = true;
	kapt_can_stall = true;
}

static void largest_values(struct kunit *test)
{
	struct kap_values none = { 0 };
	struct kap_values want = {
		.keepalive = 1, .idle = KAP_IDLE_MAX, .intvl = KAP_INTVL_MAX,
		.cnt = KAP_CNT_MAX, .user_timeout = KAP_USER_TIMEOUT_MAX,
	};

	check(test, &none, &want,
	      "idle=32767s intvl=32767s cnt=127 user_timeout=2147483647ms");
}

static void skip_leaves_alone(struct kunit *test)
{
	static const char rules[] =
		"prio=1 action=skip\nidle=60s user_timeout=30s mode=force";
	struct kap_values none = { 0 };
	struct kap_values some = { .keepalive = 1, .intvl = 3 };

	check(test, &none, &none, "action=skip");
	check(test, &none, &none, rules);
	check(test, &some, &some, rules);
}

static struct kunit_case apply_cases[] = {
	KUNIT_CASE(default_fills_in_what_is_unset),
	KUNIT_CASE(clamp_lowers),
	KUNIT_CASE(force_sets),
	KUNIT_CASE(options_are_decided_one_by_one),
	KUNIT_CASE(every_option_where_none_is_set),
	KUNIT_CASE(force_turns_keepalive_off),
	KUNIT_CASE(detect_and_auto),
	KUNIT_CASE(auto_needs_both_probes),
	KUNIT_CASE(largest_values),
	KUNIT_CASE(skip_leaves_alone),
	{}
};

struct kunit_suite apply_suite = {
	.name = "kapolicy_apply",
	.init = world_init,
	.exit = world_exit,
	.test_cases = apply_cases,
};

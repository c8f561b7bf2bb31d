// SPDX-License-Identifier: GPL-2.0
/* Two things at once, the second at the very moment that hurts: no luck needed. */
#include "suites.h"

#include "meddle.h"
#include "pair.h"
#include "policy/policy.h"
#include "probe.h"
#include "refs.h"
#include "ruleset/ruleset.h"
#include "world.h"

u32 kapt_refs_taken, kapt_refs_unprotected;

/* Unloading waits for a probe that runs; until then it has to find rules. */
static void rules_stay_until_the_last_probe(struct kunit *test)
{
	struct kap_values got;
	struct pair p;

	pair_open(test, &p, PAIR_V4);
	rules_set(test, "idle=60s");
	kapt_probe_late(p.client->sk);
	world_exit(test);
	sock_get_values(p.client, &got);
	KUNIT_EXPECT_EQ(test, got.idle, 60);
	pair_close(&p);
}

/*
 * A connection to which @rule applies; its program has set @before, and sets
 * @meanwhile while the probe is at @at. Since 6.6 that takes no lock.
 */
static void expect_after(struct kunit *test, const char *rule,
			 enum meddle_at at, const struct kap_values *before,
			 const struct kap_values *meanwhile,
			 const struct kap_values *want)
{
	struct kap_values got;
	struct pair p;

	rules_set(test, "flush");
	rules_set(test, rule);
	pair_listen(test, &p, PAIR_V4);
	sock_put_values(p.client, before);
	kapt_meddle_with(p.client->sk, at, meanwhile);
	pair_connect(test, &p);
	KUNIT_EXPECT_TRUE_MSG(test, kapt_meddled(), "%s", rule);
	sock_get_values(p.client, &got);
	expect_values(test, &got, want, rule);
	pair_close(&p);
}

static const struct kap_values nothing;

static void set_while_all_is_filled_in(struct kunit *test)
{
	static const char * const rules[] = {
		"dir=out idle=60s intvl=10s cnt=3 user_timeout=30s",
		"dir=out raddr=127.0.0.1 idle=60s intvl=10s cnt=3 user_timeout=30s",
		/* what a rule does not name stays the program's as well */
		"dir=out idle=60s",
		"dir=out idle=60s intvl=10s cnt=3 user_timeout=30s mode=clamp",
	};
	struct kap_values app = { .intvl = 7, .cnt = 4, .user_timeout = 5000 };
	struct kap_values want = app;
	unsigned int i;

	want.keepalive = 1;
	want.idle = 60;
	for (i = 0; i < ARRAY_SIZE(rules); i++) {
		expect_after(test, rules[i], MEDDLE_UNTOUCHED, &nothing, &app,
			     &want);
		expect_after(test, rules[i], MEDDLE_REPLACING, &nothing, &app,
			     &want);
	}
}

/* Set before or after the rule was applied: both may be; set and lost: not. */
static void set_while_one_is_decided(struct kunit *test)
{
	static const char clamp[] =
		"dir=out idle=60s intvl=10s cnt=3 user_timeout=30s mode=clamp";
	struct kap_values before = {
		.idle = 90, .intvl = 20, .cnt = 9, .user_timeout = 90000,
	};
	struct kap_values app = { .intvl = 7, .cnt = 2, .user_timeout = 5000 };
	struct kap_values want = app;

	want.keepalive = 1;
	want.idle = 60;
	expect_after(test, clamp, MEDDLE_DECIDED, &before, &app, &want);
	expect_after(test, clamp, MEDDLE_REPLACING, &before, &app, &want);
}

/* Until it has one, a reader keeps a set that is replaced by RCU alone. */
static void references_are_taken_under_rcu(struct kunit *test)
{
	kapt_refs_taken = 0;
	kapt_refs_unprotected = 0;
	kap_ruleset_put(kap_policy_get());
	KUNIT_EXPECT_EQ(test, kapt_refs_taken, 1U);
	KUNIT_EXPECT_EQ(test, kapt_refs_unprotected, 0U);
}

static struct kunit_case race_cases[] = {
	KUNIT_CASE(rules_stay_until_the_last_probe),
	KUNIT_CASE(set_while_all_is_filled_in),
	KUNIT_CASE(set_while_one_is_decided),
	KUNIT_CASE(references_are_taken_under_rcu),
	{}
};

struct kunit_suite race_suite = {
	.name = "kapolicy_race",
	.init = world_init,
	.exit = world_exit,
	.test_cases = race_cases,
};

// SPDX-License-Identifier: GPL-2.0
/* sweep.c: what ends a walk through all connections before its end. */
#include "suites.h"

#include <linux/sched/signal.h>

#include "conn/sweep.h"
#include "fault.h"
#include "pair.h"
#include "policy/policy.h"
#include "world.h"

static void expect_idle(struct kunit *test, const struct pair *p, u16 idle)
{
	struct kap_values got;

	sock_get_values(p->client, &got);
	KUNIT_EXPECT_EQ(test, got.idle, idle);
	sock_get_values(p->server, &got);
	KUNIT_EXPECT_EQ(test, got.idle, idle);
}

static int sweep(const struct kap_rule *only, struct kap_swept *swept)
{
	struct kap_ruleset *set = kap_policy_get();
	int err = kap_sweep(set, only, swept);

	kap_ruleset_put(set);
	return err;
}

static void older_than_the_rule(struct kunit *test)
{
	struct kap_swept swept;
	struct pair p;

	pair_open(test, &p, PAIR_V4);
	rules_set(test, "idle=33s");
	expect_idle(test, &p, 0);
	KUNIT_EXPECT_EQ(test, sweep(NULL, &swept), 0);
	KUNIT_EXPECT_GE(test, swept.looked, 2ULL);
	KUNIT_EXPECT_GE(test, swept.applied, 2ULL);
	expect_idle(test, &p, 33);
	pair_close(&p);
}

static void out_of_memory(struct kunit *test)
{
	struct kap_swept swept;
	struct pair p;
	long live;

	pair_open(test, &p, PAIR_V4);
	rules_set(test, "idle=33s");
	kapt_drain();
	live = kapt_live();
	kapt_fail_at(1);
	KUNIT_EXPECT_EQ(test, sweep(NULL, &swept), -ENOMEM);
	KUNIT_EXPECT_TRUE(test, kapt_failed());
	kapt_fail_at(0);
	KUNIT_EXPECT_EQ(test, swept.looked, 0ULL);
	KUNIT_EXPECT_EQ(test, kapt_live(), live);
	expect_idle(test, &p, 0);
	pair_close(&p);
}

static void a_signal(struct kunit *test)
{
	struct kap_swept swept;
	struct pair p;

	pair_open(test, &p, PAIR_V4);
	rules_set(test, "idle=33s");
	allow_signal(SIGUSR1);
	send_sig(SIGUSR1, current, 0);
	KUNIT_EXPECT_EQ(test, sweep(NULL, &swept), -EINTR);
	flush_signals(current);
	disallow_signal(SIGUSR1);
	KUNIT_EXPECT_EQ(test, swept.looked, 0ULL);
	expect_idle(test, &p, 0);
	pair_close(&p);
}

static struct kunit_case sweep_cases[] = {
	KUNIT_CASE(older_than_the_rule),
	KUNIT_CASE(out_of_memory),
	KUNIT_CASE(a_signal),
	{}
};

struct kunit_suite sweep_suite = {
	.name = "kapolicy_sweep",
	.init = world_init,
	.exit = world_exit,
	.test_cases = sweep_cases,
};

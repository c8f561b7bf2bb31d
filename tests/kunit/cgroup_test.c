// SPDX-License-Identifier: GPL-2.0
/*
 * Cgroup patterns against the matcher of tests/unit/cgroups.c that tries
 * everything, and what the cache remembers of cgroups.
 */
#include "suites.h"

#include <linux/cgroup.h>

#include "unit_main.h"

#include "../unit/cgroups.c"
#include "kunit_tap.h"
#include "world.h"

/*
 * When another CPU replaces an entry that is being read here: before its
 * sequence number is looked at first, and before it is looked at last.
 */
enum moment { NEVER, BEFORE_SEQ, BEFORE_CHECK };
static void replace_at(enum moment at);

#undef smp_load_acquire
/* The writer is this very CPU: nothing is to be ordered. */
#define smp_load_acquire(p)	({ replace_at(BEFORE_SEQ); READ_ONCE(*(p)); })
#undef smp_rmb
/* Here neither. */
#define smp_rmb()		replace_at(BEFORE_CHECK)
#include "ruleset/cgroup_cache.h"

#define PAIRS		20000	/* the unit test has the millions */
#define PATTERN_SETS	200
#define CACHED		3000	/* cgroups; more than the cache has room for */
#define MANY_PARTS	128

static void pattern_matches_as_naive(struct kunit *test)
{
	u32 i, yes = 0;
	struct rnd r;

	kapt_tap_begin(test);
	r = rnd_from(rnd_seed());
	for (i = 0; i < PAIRS; i++) {
		char path[128], pattern[128];
		bool want;

		random_path(&r, path);
		if (rnd_one_in(&r, 2))
			pattern_from(&r, path, pattern);
		else
			random_pattern(&r, pattern);
		want = naive_matches(pattern, path);
		yes += want;
		tap_ok(kap_cgroup_matches(pattern, path) == want, "%s %s: %s",
		       pattern, path, want ? "yes" : "no");
	}
	kapt_tap_end();
	KUNIT_EXPECT_GT(test, yes, i / 10);
	KUNIT_EXPECT_LT(test, yes, i - i / 10);
}

static void patterns_hit_as_naive(struct kunit *test)
{
	u32 bad = 0, many = 0;
	struct rnd r;

	kapt_tap_begin(test);
	r = rnd_from(rnd_seed());
	compare_patterns(&r, PATTERN_SETS, &bad, &many);
	tap_ok(!bad, "%u sets of patterns", PATTERN_SETS);
	kapt_tap_end();
	KUNIT_EXPECT_EQ(test, bad, 0U);
	KUNIT_EXPECT_LT(test, many, PATTERN_SETS * 25U);
}

static void whoever_is_told_says_enough(struct kunit *test)
{
	kapt_tap_begin(test);
	test_enough();
	kapt_tap_end();
}

static void patterns_that_all_stay_active(struct kunit *test)
{
	kapt_tap_begin(test);
	test_active();
	kapt_tap_end();
}

static void pattern_as_long_as_they_come(struct kunit *test)
{
	kapt_tap_begin(test);
	test_long();
	kapt_tap_end();
}

static void start_of(u64 id, u32 part, struct kap_start *start)
{
	u32 i;

	start->best = id * 3 + part;
	start->n = (id + part) % (KAP_START_REFS + 1);
	start->more = id % 2 ? KAP_PART_MORE : KAP_PART_LAST;
	for (i = 0; i < start->n; i++)
		start->ref[i] = id * 7 + part * 100 + i;
}

/* Whether the cache knows a part, which has then to be the right one. */
static bool knows(struct kunit *test, struct kap_cgroup_cache *cache, u64 id,
		  u32 part)
{
	struct kap_start put = { 0 };
	struct kap_search got;
	u32 more;

	start_of(id, part, &put);
	if (!kap_cgroup_cache_get(cache, id, part, &got, &more))
		return false;
	KUNIT_EXPECT_EQ(test, got.best, put.best);
	KUNIT_EXPECT_EQ(test, got.n, (u32)put.n);
	KUNIT_EXPECT_EQ(test, more, (u32)put.more);
	KUNIT_EXPECT_EQ(test, memcmp(put.ref, got.ref,
				     put.n * sizeof(*put.ref)), 0);
	return true;
}

static void remember(struct kap_cgroup_cache *cache, u64 id, u32 part)
{
	struct kap_start put = { 0 };

	start_of(id, part, &put);
	kap_cgroup_cache_put(cache, id, part, &put);
}

static void cache_knows_what_was_put_last(struct kunit *test)
{
	struct kap_cgroup_cache *cache = kap_cgroup_cache_alloc();
	u64 id;

	KUNIT_ASSERT_NOT_NULL(test, cache);
	KUNIT_EXPECT_EQ(test, sizeof(struct kap_cgroup_entry), 64UL);
	for (id = 1; id <= CACHED && !has_failed(test); id++) {
		KUNIT_EXPECT_FALSE(test, knows(test, cache, id, 0));
		remember(cache, id, 0);
		KUNIT_EXPECT_TRUE(test, knows(test, cache, id, 0));
	}
	kap_cgroup_cache_free(cache);
}

static void cache_forgets_but_never_lies(struct kunit *test)
{
	struct kap_cgroup_cache *cache = kap_cgroup_cache_alloc();
	u32 known = 0;
	u64 id;

	KUNIT_ASSERT_NOT_NULL(test, cache);
	for (id = 1; id <= CACHED; id++)
		remember(cache, id, 0);
	for (id = 1; id <= CACHED && !has_failed(test); id++)
		known += knows(test, cache, id, 0);
	KUNIT_EXPECT_GT(test, known, 1000U);
	KUNIT_EXPECT_LT(test, known, (u32)CACHED);
	kap_cgroup_cache_free(cache);
}

/* A cgroup that many patterns match: all its parts are known at once. */
static void cache_knows_all_parts(struct kunit *test)
{
	struct kap_cgroup_cache *cache = kap_cgroup_cache_alloc();
	u32 part;
	u64 id;

	KUNIT_ASSERT_NOT_NULL(test, cache);
	for (id = 1; id <= 3; id++) {
		for (part = 0; part < MANY_PARTS; part++)
			remember(cache, id, part);
	}
	for (id = 1; id <= 3; id++) {
		for (part = 0; part < MANY_PARTS; part++)
			KUNIT_EXPECT_TRUE(test, knows(test, cache, id, part));
		KUNIT_EXPECT_FALSE(test, knows(test, cache, id, part));
	}
	/* a part that is put again takes no other's place */
	for (part = 0; part < 100; part++)
		remember(cache, 1, 0);
	for (part = 0; part < MANY_PARTS; part++)
		KUNIT_EXPECT_TRUE(test, knows(test, cache, 2, part));
	kap_cgroup_cache_free(cache);
}

/* Nor does one that is put again where others are as good a choice. */
static void cache_keeps_the_others(struct kunit *test)
{
	struct kap_cgroup_cache *cache = kap_cgroup_cache_alloc();
	u64 id, together[KAP_CACHE_WAYS];
	u32 n = 0, i, j;

	KUNIT_ASSERT_NOT_NULL(test, cache);
	for (id = 1; n < KAP_CACHE_WAYS; id++) {
		if (kap_cgroup_cache_ways(cache, id, 0) ==
		    kap_cgroup_cache_ways(cache, 1, 0))
			together[n++] = id;
	}
	for (i = 0; i < n; i++)
		remember(cache, together[i], 0);
	for (i = 0; i < n; i++) {
		remember(cache, together[i], 0);
		for (j = 0; j < n; j++)
			KUNIT_EXPECT_TRUE(test, knows(test, cache, together[j],
						      0));
	}
	kap_cgroup_cache_free(cache);
}

static struct {
	struct kap_cgroup_cache *cache;
	enum moment at;
	u64 id;
} replace;

static void replace_at(enum moment at)
{
	if (at != replace.at)
		return;
	replace.at = NEVER;
	remember(replace.cache, replace.id, 0);
}

/* A cache in which the next that is put, of id *@next, takes the place of 1. */
static struct kap_cgroup_cache *cache_about_to_forget(struct kunit *test,
						      u64 *next)
{
	struct kap_cgroup_cache *cache = kap_cgroup_cache_alloc();
	u64 id;

	KUNIT_ASSERT_NOT_NULL(test, cache);
	for (id = 1; id < *next || (!*next && (id == 1 ||
					       knows(test, cache, 1, 0))); id++)
		remember(cache, id, 0);
	if (*next)
		return cache;
	*next = id - 1;
	kap_cgroup_cache_free(cache);
	return cache_about_to_forget(test, next);
}

static void cache_entry_replaced_while_read(struct kunit *test)
{
	enum moment at;

	for (at = BEFORE_SEQ; at <= BEFORE_CHECK; at++) {
		replace.id = 0;
		replace.cache = cache_about_to_forget(test, &replace.id);
		KUNIT_EXPECT_TRUE(test, knows(test, replace.cache, 1, 0));
		replace.at = at;
		KUNIT_EXPECT_FALSE_MSG(test, knows(test, replace.cache, 1, 0),
				       "at %d", at);
		KUNIT_EXPECT_EQ(test, replace.at, NEVER);
		KUNIT_EXPECT_TRUE(test, knows(test, replace.cache, replace.id,
					      0));
		kap_cgroup_cache_free(replace.cache);
	}
}

static void cache_entry_being_written(struct kunit *test)
{
	struct kap_cgroup_cache *cache = kap_cgroup_cache_alloc();

	KUNIT_ASSERT_NOT_NULL(test, cache);
	remember(cache, 1, 0);
	kap_cgroup_cache_ways(cache, 1, 0)->seq++;
	KUNIT_EXPECT_FALSE(test, knows(test, cache, 1, 0));
	kap_cgroup_cache_free(cache);
}

/* A softirq that interrupts a task must leave the task's path alone. */
static void path_of_a_softirq(struct kunit *test)
{
	const char *of_task, *of_softirq;

	KUNIT_ASSERT_EQ(test, kap_cgroup_init(), 0);
	preempt_disable();
	of_task = kap_cgroup_path_rcu(&cgrp_dfl_root.cgrp);
	__preempt_count_add(SOFTIRQ_OFFSET);
	of_softirq = kap_cgroup_path_rcu(&cgrp_dfl_root.cgrp);
	__preempt_count_sub(SOFTIRQ_OFFSET);
	preempt_enable();
	KUNIT_EXPECT_PTR_NE(test, of_task, of_softirq);
	KUNIT_EXPECT_STREQ(test, of_softirq, "/");
	kap_cgroup_exit();
}

static void path_of_the_root(struct kunit *test)
{
	const char *path;

	KUNIT_ASSERT_EQ(test, kap_cgroup_init(), 0);
	preempt_disable();
	path = kap_cgroup_path_rcu(&cgrp_dfl_root.cgrp);
	KUNIT_EXPECT_STREQ(test, path, "/");
	preempt_enable();
	kap_cgroup_exit();
}

static struct kunit_case cgroup_cases[] = {
	KUNIT_CASE(pattern_matches_as_naive),
	KUNIT_CASE(patterns_hit_as_naive),
	KUNIT_CASE(whoever_is_told_says_enough),
	KUNIT_CASE(patterns_that_all_stay_active),
	KUNIT_CASE(pattern_as_long_as_they_come),
	KUNIT_CASE(cache_knows_what_was_put_last),
	KUNIT_CASE(cache_forgets_but_never_lies),
	KUNIT_CASE(cache_knows_all_parts),
	KUNIT_CASE(cache_keeps_the_others),
	KUNIT_CASE(cache_entry_replaced_while_read),
	KUNIT_CASE(cache_entry_being_written),
	KUNIT_CASE(path_of_the_root),
	KUNIT_CASE(path_of_a_softirq),
	{}
};

struct kunit_suite cgroup_suite = {
	.name = "kapolicy_cgroup",
	.test_cases = cgroup_cases,
};

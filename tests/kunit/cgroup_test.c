// SPDX-License-Identifier: GPL-2.0
/*
 * Cgroup patterns against the matcher of tests/unit/cgroups.c that tries
 * everything, and what the cache remembers of cgroups.
 */
#include "suites.h"

#include <linux/build_bug.h>
#include <linux/cgroup.h>

#include "unit_main.h"

#include "../unit/cgroups.c"
#include "kunit_tap.h"
#include "ruleset/cgroup_cache.h"
#include "world.h"

#define PAIRS		20000	/* the unit test has the millions */
#define PATTERN_SETS	200
#define CACHED		3000	/* cgroups; more than the cache has room for */

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

/* As many patterns as @text has room for, sorted and each once. */
static u32 random_patterns(struct rnd *r, char (*store)[128], const char **text)
{
	char path[128];
	u32 k, n;

	for (k = 0; k < PATTERNS; k++) {
		random_path(r, path);
		if (rnd_one_in(r, 3))
			random_pattern(r, store[k]);
		else
			pattern_from(r, path, store[k]);
		text[k] = store[k];
	}
	sort(text, PATTERNS, sizeof(*text), cmp_text, NULL);
	for (k = 1, n = 1; k < PATTERNS; k++) {
		if (strcmp(text[k], text[n - 1]))
			text[n++] = text[k];
	}
	return rnd_range(r, 1, n);
}

static void patterns_hit_as_naive(struct kunit *test)
{
	char (*store)[128] = kunit_kzalloc(test, PATTERNS * sizeof(*store),
					   GFP_KERNEL);
	u32 i, k, n, many = 0;
	struct rnd r;

	KUNIT_ASSERT_NOT_NULL(test, store);
	kapt_tap_begin(test);
	r = rnd_from(rnd_seed());
	for (i = 0; i < PATTERN_SETS; i++) {
		const char *text[PATTERNS];
		struct kap_patterns *p;
		char path[128];

		n = random_patterns(&r, store, text);
		p = kap_patterns_build(text, n);
		KUNIT_ASSERT_NOT_NULL(test, p);
		for (k = 0; k < 50; k++) {
			random_path(&r, path);
			tap_ok(hits_agree(p, text, n, path, &many), "%s", path);
		}
		kap_patterns_free(p);
	}
	kapt_tap_end();
	KUNIT_EXPECT_LT(test, many, i * k / 2);
}

/* As many as a cache entry has room for, and one more. */
static void hits_that_are_too_many_to_list(struct kunit *test)
{
	const char *text[] = {
		"/", "/**", "/*", "/?", "/a", "/a*", "/*a", "/**/a", "/**/*",
		"/**/?", "/*/**", "/?/**", "/a/**",
	};
	u32 n = KAP_CGROUP_PATTERNS_MAX;
	struct kap_patterns *p;
	struct kap_hits hits;

	BUILD_BUG_ON(ARRAY_SIZE(text) <= KAP_CGROUP_PATTERNS_MAX);
	sort(text, n + 1, sizeof(*text), cmp_text, NULL);
	p = kap_patterns_build(text, n);
	KUNIT_ASSERT_NOT_NULL(test, p);
	kap_patterns_match(p, "/a", &hits);
	KUNIT_EXPECT_EQ(test, hits.n, n);
	kap_patterns_free(p);
	p = kap_patterns_build(text, n + 1);
	KUNIT_ASSERT_NOT_NULL(test, p);
	kap_patterns_match(p, "/a", &hits);
	KUNIT_EXPECT_EQ(test, hits.n, (u32)KAP_HITS_MANY);
	kap_patterns_free(p);
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

static void start_of(u64 id, struct kap_start *start)
{
	u32 i;

	start->best = id * 3;
	start->n = id % (KAP_CGROUP_PATTERNS_MAX + 1);
	for (i = 0; i < start->n; i++)
		start->ref[i] = id * 7 + i;
}

static bool is_same(const struct kap_start *put, const struct kap_search *got)
{
	return put->best == got->best && put->n == got->n &&
	       !memcmp(put->ref, got->ref, put->n * sizeof(*put->ref));
}

static void cache_knows_what_was_put_last(struct kunit *test)
{
	struct kap_cgroup_cache *cache = kap_cgroup_cache_alloc();
	struct kap_search got;
	struct kap_start put;
	u64 id;

	KUNIT_ASSERT_NOT_NULL(test, cache);
	for (id = 1; id <= CACHED && !has_failed(test); id++) {
		KUNIT_EXPECT_FALSE(test, kap_cgroup_cache_get(cache, id, &got));
		start_of(id, &put);
		kap_cgroup_cache_put(cache, id, &put);
		KUNIT_EXPECT_TRUE(test, kap_cgroup_cache_get(cache, id, &got));
		KUNIT_EXPECT_TRUE(test, is_same(&put, &got));
	}
	kap_cgroup_cache_free(cache);
}

static void cache_forgets_but_never_lies(struct kunit *test)
{
	struct kap_cgroup_cache *cache = kap_cgroup_cache_alloc();
	struct kap_search got;
	struct kap_start put;
	u32 known = 0;
	u64 id;

	KUNIT_ASSERT_NOT_NULL(test, cache);
	for (id = 1; id <= CACHED && !has_failed(test); id++) {
		start_of(id, &put);
		kap_cgroup_cache_put(cache, id, &put);
	}
	for (id = 1; id <= CACHED && !has_failed(test); id++) {
		if (!kap_cgroup_cache_get(cache, id, &got))
			continue;
		known++;
		start_of(id, &put);
		KUNIT_EXPECT_TRUE(test, is_same(&put, &got));
	}
	KUNIT_EXPECT_GT(test, known, 1000U);
	KUNIT_EXPECT_LT(test, known, (u32)CACHED);
	kap_cgroup_cache_free(cache);
}

static void cache_does_not_keep_too_many_hits(struct kunit *test)
{
	struct kap_cgroup_cache *cache = kap_cgroup_cache_alloc();
	struct kap_start start = { .n = KAP_HITS_MANY };
	struct kap_search got;

	KUNIT_ASSERT_NOT_NULL(test, cache);
	kap_cgroup_cache_put(cache, 5, &start);
	KUNIT_EXPECT_FALSE(test, kap_cgroup_cache_get(cache, 5, &got));
	kap_cgroup_cache_free(cache);
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
	KUNIT_CASE(hits_that_are_too_many_to_list),
	KUNIT_CASE(patterns_that_all_stay_active),
	KUNIT_CASE(pattern_as_long_as_they_come),
	KUNIT_CASE(cache_knows_what_was_put_last),
	KUNIT_CASE(cache_forgets_but_never_lies),
	KUNIT_CASE(cache_does_not_keep_too_many_hits),
	KUNIT_CASE(path_of_the_root),
	{}
};

struct kunit_suite cgroup_suite = {
	.name = "kapolicy_cgroup",
	.test_cases = cgroup_cases,
};

// SPDX-License-Identifier: GPL-2.0
/*
 * Cgroup patterns against the matcher of tests/unit/cgroups.c that tries
 * everything, and what the cache remembers of cgroups.
 */
#include "suites.h"

#include <linux/build_bug.h>
#include <linux/cgroup.h>

#include "cgroup_cache.h"
#include "kunit_tap.h"
#include "world.h"
#include "unit_main.h"
#include "../unit/cgroups.c"

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

/* One more than a cache entry has room for. */
static void hits_that_are_too_many_to_list(struct kunit *test)
{
	const char *text[] = {
		"/", "/**", "/*", "/?", "/a", "/a*", "/*a", "/**/a", "/**/*",
		"/**/?", "/*/**", "/?/**", "/a/**",
	};
	u32 n = ARRAY_SIZE(text);
	struct kap_patterns *p;
	struct kap_hits hits;

	BUILD_BUG_ON(ARRAY_SIZE(text) != KAP_CGROUP_PATTERNS_MAX + 1);
	sort(text, n, sizeof(*text), cmp_text, NULL);
	p = kap_patterns_build(text, n - 1);
	KUNIT_ASSERT_NOT_NULL(test, p);
	kap_patterns_match(p, "/a", &hits);
	KUNIT_EXPECT_EQ(test, hits.n, n - 1);
	kap_patterns_free(p);
	p = kap_patterns_build(text, n);
	KUNIT_ASSERT_NOT_NULL(test, p);
	kap_patterns_match(p, "/a", &hits);
	KUNIT_EXPECT_EQ(test, hits.n, (u32)KAP_HITS_MANY);
	kap_patterns_free(p);
}

static void pattern_as_long_as_they_come(struct kunit *test)
{
	kapt_tap_begin(test);
	test_long();
	kapt_tap_end();
}

static void hits_of(u64 id, struct kap_hits *hits)
{
	u32 i;

	hits->n = id % (KAP_CGROUP_PATTERNS_MAX + 1);
	for (i = 0; i < hits->n; i++)
		hits->id[i] = id * 7 + i;
}

static bool same_hits(const struct kap_hits *a, const struct kap_hits *b)
{
	return a->n == b->n && !memcmp(a->id, b->id, a->n * sizeof(*a->id));
}

static void cache_knows_what_was_put_last(struct kunit *test)
{
	struct kap_cgroup_cache *cache = kap_cgroup_cache_alloc();
	struct kap_hits put, got;
	u64 id;

	KUNIT_ASSERT_NOT_NULL(test, cache);
	for (id = 1; id <= CACHED && !has_failed(test); id++) {
		KUNIT_EXPECT_FALSE(test, kap_cgroup_cache_get(cache, id, &got));
		hits_of(id, &put);
		kap_cgroup_cache_put(cache, id, &put);
		KUNIT_EXPECT_TRUE(test, kap_cgroup_cache_get(cache, id, &got));
		KUNIT_EXPECT_TRUE(test, same_hits(&put, &got));
	}
	kap_cgroup_cache_free(cache);
}

static void cache_forgets_but_never_lies(struct kunit *test)
{
	struct kap_cgroup_cache *cache = kap_cgroup_cache_alloc();
	struct kap_hits put, got;
	u32 known = 0;
	u64 id;

	KUNIT_ASSERT_NOT_NULL(test, cache);
	for (id = 1; id <= CACHED && !has_failed(test); id++) {
		hits_of(id, &put);
		kap_cgroup_cache_put(cache, id, &put);
	}
	for (id = 1; id <= CACHED && !has_failed(test); id++) {
		if (!kap_cgroup_cache_get(cache, id, &got))
			continue;
		known++;
		hits_of(id, &put);
		KUNIT_EXPECT_TRUE(test, same_hits(&put, &got));
	}
	KUNIT_EXPECT_GT(test, known, 1000U);
	KUNIT_EXPECT_LT(test, known, (u32)CACHED);
	kap_cgroup_cache_free(cache);
}

static void cache_does_not_keep_too_many_hits(struct kunit *test)
{
	struct kap_cgroup_cache *cache = kap_cgroup_cache_alloc();
	struct kap_hits hits = { .n = KAP_HITS_MANY };

	KUNIT_ASSERT_NOT_NULL(test, cache);
	kap_cgroup_cache_put(cache, 5, &hits);
	KUNIT_EXPECT_FALSE(test, kap_cgroup_cache_get(cache, 5, &hits));
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

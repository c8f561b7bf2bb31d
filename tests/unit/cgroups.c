// SPDX-License-Identifier: GPL-2.0
/*
 * kap_cgroup_matches() and the patterns of the index against a matcher that
 * tries everything.
 */
#include <time.h>

#include "rnd.h"
#include "rule/match.h"
#include "rules.h"
#include "ruleset/patterns.h"

#define ROUNDS	1500000
#define SETS	4000
#define PATTERNS 40

/* One component: "*" any characters, "?" one. */
static bool naive_component(const char *p, const char *p_end,
			    const char *s, const char *s_end)
{
	if (p == p_end)
		return s == s_end;
	if (*p == '*')
		return naive_component(p + 1, p_end, s, s_end) ||
		       (s < s_end && naive_component(p, p_end, s + 1, s_end));
	return s < s_end && (*p == '?' || *p == *s) &&
	       naive_component(p + 1, p_end, s + 1, s_end);
}

static const char *next_slash(const char *s)
{
	while (*s && *s != '/')
		s++;
	return s;
}

/* @p and @s are at the slash before a component, or at the end. */
static bool naive_matches(const char *p, const char *s)
{
	const char *p_end, *s_end;

	if (!p[0] || !p[1])
		return true;		/* what is left of the path lies below */
	p_end = next_slash(p + 1);
	if (p_end - p == 3 && p[1] == '*' && p[2] == '*') {
		if (naive_matches(p_end, s))
			return true;
		return s[0] && s[1] && naive_matches(p, next_slash(s + 1));
	}
	if (!s[0] || !s[1])
		return false;
	s_end = next_slash(s + 1);
	return naive_component(p + 1, p_end, s + 1, s_end) &&
	       naive_matches(p_end, s_end);
}

static void random_path(struct rnd *r, char *to)
{
	static const char * const part[] = {
		"a", "b", "ab", "ba", "aa", "abab", "aab", "b.a",
	};
	u32 n = rnd_below(r, 8);

	strcpy(to, n ? "" : "/");
	while (n--) {
		strcat(to, "/");
		strcat(to, part[rnd_below(r, ARRAY_SIZE(part))]);
	}
}

static void random_pattern(struct rnd *r, char *to)
{
	static const char * const part[] = {
		"a", "b", "ab", "ba", "aab", "**", "**", "*", "*", "?", "a*",
		"*b", "?b", "a?", "*a*", "a*b", "*?", "?*b", "*b*a", "b.a",
	};
	u32 n = rnd_below(r, 7);

	strcpy(to, n ? "" : "/");
	while (n--) {
		strcat(to, "/");
		strcat(to, part[rnd_below(r, ARRAY_SIZE(part))]);
	}
}

/* A pattern that the path has some chance to match. */
static void pattern_from(struct rnd *r, const char *path, char *to)
{
	const char *s = path, *end;

	*to = '\0';
	while (s[0] && s[1]) {
		end = next_slash(s + 1);
		switch (rnd_below(r, 8)) {
		case 0:
			strcat(to, "/**");
			break;
		case 1:
			strcat(to, "/*");
			break;
		case 2:
			strncat(to, s, rnd_range(r, 1, end - s));
			strcat(to, to[strlen(to) - 1] == '*' ? "" : "*");
			break;
		case 3:
			strncat(to, s, end - s);
			to[strlen(to) - 1] = '?';
			break;
		case 4:
			if (to[0])
				break;
			/* fall through */
		default:
			strncat(to, s, end - s);
		}
		s = end;
	}
	if (!*to)
		strcpy(to, "/");
	if (rnd_one_in(r, 3)) {
		char *slash = strrchr(to, '/');

		if (slash > to)
			*slash = '\0';
	}
}

static void test_random(struct rnd *r)
{
	u32 i, bad = 0, yes = 0;

	for (i = 0; i < ROUNDS; i++) {
		char path[128], pattern[128];
		bool want;

		random_path(r, path);
		if (rnd_one_in(r, 2))
			pattern_from(r, path, pattern);
		else
			random_pattern(r, pattern);
		want = naive_matches(pattern, path);
		yes += want;
		if (kap_cgroup_matches(pattern, path) != want && !bad++)
			tap_note("%s %s: %s", pattern, path,
				 want ? "yes" : "no");
	}
	tap_ok(!bad, "%u random patterns and paths (%u match)", i, yes);
	tap_ok(yes > i / 10 && yes < i - i / 10, "enough of both answers");
}

/* Which patterns a path has been told to match. */
struct hits {
	bool id[PATTERNS];
	u32 told;
	u32 most;
};

static bool note_hit(void *arg, u32 id)
{
	struct hits *hits = arg;

	if (id >= PATTERNS)
		tap_bail("pattern %u", id);
	hits->id[id] = true;
	return ++hits->told < hits->most;
}

/* The hits for a path are just the patterns that match it. */
static bool hits_agree(const struct kap_patterns *p, struct kap_rule *const *rule,
		       const u32 *id, u32 n, const char *path, u32 *many)
{
	struct hits hits = { .most = 1000 }, walked = { .most = 1000 };
	bool all;
	u32 i;

	all = kap_patterns_match(p, path, note_hit, &hits);
	*many += !all;
	if (!kap_patterns_walk(p, path, note_hit, &walked))
		return false;
	for (i = 0; i < n; i++) {
		bool want = naive_matches(rule[i]->cgroup, path);

		if (walked.id[id[i]] != want ||
		    (all ? hits.id[id[i]] != want : hits.id[id[i]] && !want))
			return false;
	}
	return true;
}

/* A rule whose pattern is @text. */
static struct kap_rule *pattern_rule(const char *text)
{
	char line[PATTERNS + 200];

	snprintf(line, sizeof(line), "cgroup=%s cnt=1", text);
	return parse_rule_text(line);
}

static struct kap_patterns *build_patterns(struct kap_rule *const *rule, u32 n,
					   u32 *id)
{
	struct kap_patterns *p = kap_patterns_build(rule, n, id);

	if (!p)
		tap_bail("out of memory");
	return p;
}

/* Compares sets of random patterns with as many random paths each. */
static void compare_patterns(struct rnd *r, u32 sets, u32 *bad, u32 *many)
{
	u32 i, k, n, id[PATTERNS];

	for (i = 0; i < sets; i++) {
		struct kap_rule *rule[PATTERNS];
		struct kap_patterns *p;
		char path[128], text[128];

		n = rnd_range(r, 1, PATTERNS);
		for (k = 0; k < n; k++) {
			random_path(r, path);
			if (rnd_one_in(r, 3))
				random_pattern(r, text);
			else
				pattern_from(r, path, text);
			rule[k] = pattern_rule(text);
		}
		p = build_patterns(rule, n, id);
		for (k = 0; k < 50; k++) {
			random_path(r, path);
			if (!hits_agree(p, rule, id, n, path, many) && !(*bad)++)
				tap_note("path %s", path);
		}
		kap_patterns_free(p);
		for (k = 0; k < n; k++)
			kap_rule_put(rule[k]);
	}
}

static void test_patterns(struct rnd *r)
{
	u32 bad = 0, many = 0;

	compare_patterns(r, SETS, &bad, &many);
	tap_ok(!bad, "kap_patterns_match() and _walk(), %u paths (%u walked)",
	       SETS * 50, many);
}

/* "**" keeps a place active: with too many at once a walk has to tell. */
static void test_active(void)
{
	struct kap_rule *rule[PATTERNS];
	char text[PATTERNS + 16], path[PATTERNS + 16], as[PATTERNS];
	bool few = true, many = false;
	u32 n, id[PATTERNS], i;

	memset(as, 'a', sizeof(as));
	snprintf(path, sizeof(path), "/%.*s/b/c/5/d", PATTERNS, as);
	for (n = 1; n <= PATTERNS; n++) {
		struct kap_patterns *p;
		struct hits hits = { .most = 1000 };
		u32 walked = 0;

		snprintf(text, sizeof(text), "/%.*s*/**/%u", (int)n, as, n);
		rule[n - 1] = pattern_rule(text);
		p = build_patterns(rule, n, id);
		few &= hits_agree(p, rule, id, n, path, &walked);
		many = walked;
		few &= !walked || n > 10;
		kap_patterns_match(p, path, note_hit, &hits);
		few &= walked || n < 5 || hits.told == 1;
		kap_patterns_free(p);
	}
	for (i = 0; i < PATTERNS; i++)
		kap_rule_put(rule[i]);
	tap_ok(few && many, "one of %u patterns that all stay active", n - 1);
}

/* Whoever is told says when it is enough. */
static void test_enough(void)
{
	static const char * const text[] = { "/a*", "/*a", "/a", "/?", "/**/a" };
	struct kap_rule *rule[ARRAY_SIZE(text)];
	u32 i, id[ARRAY_SIZE(text)];
	struct kap_patterns *p;
	bool ok = true;

	for (i = 0; i < ARRAY_SIZE(text); i++)
		rule[i] = pattern_rule(text[i]);
	p = build_patterns(rule, i, id);
	for (i = 1; i <= ARRAY_SIZE(text); i++) {
		struct hits hits = { .most = i }, walked = { .most = i };

		ok &= !kap_patterns_match(p, "/a", note_hit, &hits) &&
		      hits.told == i;
		ok &= !kap_patterns_walk(p, "/a", note_hit, &walked) &&
		      walked.told == i;
	}
	ok &= kap_patterns_count(p) == ARRAY_SIZE(text);
	kap_patterns_free(p);
	for (i = 0; i < ARRAY_SIZE(text); i++)
		kap_rule_put(rule[i]);
	tap_ok(ok, "%zu patterns, some of them told", ARRAY_SIZE(text));
}

/*
 * Patterns that begin with a wildcard have a table to themselves: to build it,
 * and to look in it, does not take longer the more of them there are.
 */
static u64 tails_us(u32 n, const char *form)
{
	struct kap_rule **rule = malloc(n * sizeof(*rule));
	u32 *id = malloc(n * sizeof(*id)), i;
	struct hits hits = { .most = 1000 };
	struct kap_patterns *p;
	struct timespec t[2];
	char text[64];

	for (i = 0; i < n; i++) {
		snprintf(text, sizeof(text), form, i);
		rule[i] = pattern_rule(text);
	}
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t[0]);
	p = build_patterns(rule, n, id);
	for (i = 0; i < 200; i++)
		kap_patterns_match(p, "/x-t7.slice", note_hit, &hits);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t[1]);
	if (hits.told && hits.told != 200)
		tap_bail("%u hits", hits.told);
	kap_patterns_free(p);
	for (i = 0; i < n; i++)
		kap_rule_put(rule[i]);
	free(rule);
	free(id);
	return (t[1].tv_sec - t[0].tv_sec) * 1000000ULL +
	       (t[1].tv_nsec - t[0].tv_nsec) / 1000;
}

static void test_tails(void)
{
	u64 few = tails_us(1024, "/*-t%u.slice"), many;

	many = tails_us(16 * 1024, "/*-t%u.slice");
	tap_note("1,024: %llu us, 16,384: %llu us", few, many);
	tap_ok(many < 64 * few + 2000,
	       "patterns that differ behind a wildcard cost no more each");
	few = tails_us(1024, "/*-t%u*");
	many = tails_us(16 * 1024, "/*-t%u*");
	tap_note("1,024: %llu us, 16,384: %llu us", few, many);
	tap_ok(many < 64 * few + 2000,
	       "patterns that differ between wildcards cost no more each");
}

/* Paths and patterns as long as they come. */
static void test_long(void)
{
	static char path[KAP_CGROUP_PATH_MAX], pattern[KAP_CGROUP_PATH_MAX];
	struct hits hits = { .most = 9 }, none = { .most = 9 };
	struct kap_rule rule = { .cgroup = pattern }, *rules = &rule;
	struct kap_patterns *p;
	bool ok;
	u32 i;

	for (i = 0; i + 2 < sizeof(path); i += 2)
		memcpy(path + i, "/a", 3);
	strcpy(pattern, path);
	ok = kap_cgroup_matches(pattern, path);
	p = build_patterns(&rules, 1, &i);
	ok &= kap_patterns_match(p, path, note_hit, &hits) && hits.told == 1;
	path[strlen(path) - 1] = 'b';
	ok &= kap_patterns_match(p, path, note_hit, &none) && !none.told;
	ok &= !kap_cgroup_matches(pattern, path);
	kap_patterns_free(p);
	tap_ok(ok, "path and pattern of %zu bytes", strlen(path));

	ok = true;
	for (i = 0; i + 6 < 2000; i += 6)
		memcpy(pattern + i, "/**/?*", 7);
	strcpy(pattern + i, "/c");
	ok &= !kap_cgroup_matches(pattern, path);
	strcpy(pattern + i, "/b");
	ok &= kap_cgroup_matches(pattern, path);
	tap_ok(ok, "a pattern of %zu bytes full of ** ends", strlen(pattern));
}

int main(void)
{
	struct rnd r;

	tap_plan(9);
	r = rnd_from(rnd_seed());
	test_random(&r);
	test_patterns(&r);
	test_active();
	test_enough();
	test_tails();
	test_long();
	return tap_done();
}

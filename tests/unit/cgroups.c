// SPDX-License-Identifier: GPL-2.0
/*
 * kap_cgroup_matches() and the patterns of the index against a matcher that
 * tries everything.
 */
#include "rnd.h"
#include "rule/match.h"
#include "rules.h"
#include "ruleset/index.h"
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

static int cmp_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The hits for a path are just the patterns that match it. */
static bool hits_agree(const struct kap_patterns *p, const char *const *text,
		       u32 n, const char *path, u32 *many)
{
	bool want[PATTERNS] = { false };
	struct kap_hits hits;
	u32 i, n_want = 0;

	for (i = 0; i < n; i++) {
		want[i] = naive_matches(text[i], path);
		n_want += want[i];
	}
	memset(&hits, 0xa5, sizeof(hits));
	kap_patterns_match(p, path, &hits);
	if (hits.n == KAP_HITS_MANY) {
		(*many)++;
		return n_want > KAP_CGROUP_PATTERNS_MAX;
	}
	if (hits.n != n_want)
		return false;
	for (i = 0; i < hits.n; i++) {
		if (hits.id[i] >= n || !want[hits.id[i]])
			return false;
		want[hits.id[i]] = false;	/* each once */
	}
	return true;
}

static void test_patterns(struct rnd *r)
{
	u32 i, k, n, bad = 0, many = 0, probes = 0;

	for (i = 0; i < SETS; i++) {
		char store[PATTERNS][128], path[128];
		const char *text[PATTERNS];
		struct kap_patterns *p;

		for (k = 0; k < PATTERNS; k++) {
			random_path(r, path);
			if (rnd_one_in(r, 3))
				random_pattern(r, store[k]);
			else
				pattern_from(r, path, store[k]);
			text[k] = store[k];
		}
		qsort(text, PATTERNS, sizeof(*text), cmp_text);
		for (k = 1, n = 1; k < PATTERNS; k++) {
			if (strcmp(text[k], text[n - 1]))
				text[n++] = text[k];
		}
		n = rnd_range(r, 1, n);
		p = kap_patterns_build(text, n);
		if (!p)
			tap_bail("out of memory");
		for (k = 0; k < 50; k++, probes++) {
			random_path(r, path);
			if (!hits_agree(p, text, n, path, &many) && !bad++)
				tap_note("path %s", path);
		}
		kap_patterns_free(p);
	}
	tap_ok(!bad, "kap_patterns_match(), %u paths (%u with too many hits)",
	       probes, many);
}

/* "**" keeps a place active: with too many at once the patterns give up. */
static void test_active(void)
{
	static char store[PATTERNS][PATTERNS + 16], path[PATTERNS + 16];
	const char *text[PATTERNS];
	struct kap_patterns *p;
	struct kap_hits hits;
	bool few = true, many;
	u32 n;

	memset(path, 'a', PATTERNS);
	for (n = 1; n <= PATTERNS; n++) {
		snprintf(store[n - 1], sizeof(store[0]), "/%.*s*/**/%u", (int)n,
			 path, n);
		text[n - 1] = store[n - 1];
	}
	memmove(path + 1, path, PATTERNS);
	path[0] = '/';
	strcpy(path + PATTERNS + 1, "/b/c/5/d");
	for (n = 5; n <= PATTERNS; n++) {
		p = kap_patterns_build(text, n);
		if (!p)
			tap_bail("out of memory");
		kap_patterns_match(p, path, &hits);
		many = hits.n == KAP_HITS_MANY;
		few &= many ? n > 10 : hits.n == 1 && hits.id[0] == 4;
		kap_patterns_free(p);
	}
	tap_ok(few && many, "one of %u patterns that all stay active", n - 1);
}

/* Paths and patterns as long as they come. */
static void test_long(void)
{
	static char path[KAP_CGROUP_PATH_MAX], pattern[KAP_CGROUP_PATH_MAX];
	const char *text[] = { pattern };
	struct kap_patterns *p;
	struct kap_hits hits;
	bool ok;
	u32 i;

	for (i = 0; i + 2 < sizeof(path); i += 2)
		memcpy(path + i, "/a", 3);
	strcpy(pattern, path);
	ok = kap_cgroup_matches(pattern, path);
	p = kap_patterns_build(text, 1);
	if (!p)
		tap_bail("out of memory");
	kap_patterns_match(p, path, &hits);
	ok &= hits.n == 1;
	path[strlen(path) - 1] = 'b';
	kap_patterns_match(p, path, &hits);
	ok &= !hits.n && !kap_cgroup_matches(pattern, path);
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

	tap_plan(6);
	r = rnd_from(rnd_seed());
	test_random(&r);
	test_patterns(&r);
	test_active();
	test_long();
	return tap_done();
}

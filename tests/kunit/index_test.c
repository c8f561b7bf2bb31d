// SPDX-License-Identifier: GPL-2.0
/*
 * The index against the plain walk, on the random rule sets of tests/unit,
 * with the kernel's own sort() and allocators below.
 */
#include "suites.h"

#include "index_sets.h"
#include "kunit_tap.h"
#include "rule/match.h"
#include "rules.h"
#include "ruleset/index.h"
#include "tap.h"

#define SETS_PER_KIND	7
#define CONNS		100	/* for each set; the unit test has millions */
#define MANY_RULES	200

static u64 rule_id(const struct kap_rule *rule)
{
	return rule ? rule->id : 0;
}

/* Returns how many of the connections matched a rule. */
static u32 compare_set(struct kunit *test, const struct set_kind *kind, u32 n,
		       struct rnd *r)
{
	struct kap_overlap why;
	struct kap_index *ix;
	struct rule_set set;
	u32 i, matched = 0;

	set_make(&set, kind, n, r);
	ix = kap_index_build(set.rule, set.n, &why);
	KUNIT_ASSERT_NOT_NULL(test, ix);
	for (i = 0; i < CONNS; i++) {
		struct kap_rule *walk, *found;
		char path[PATH_ROOM];
		struct kap_key key;

		conn_random(&set, r, &key, path);
		walk = kap_match_walk(set.rule, set.n, &key);
		found = kap_index_match(ix, &key, NULL, NULL);
		/* as the probe does when it need not know the cgroup */
		if (walk == found && !kap_index_has_cgroups(ix)) {
			struct kap_search s = { .best = n };

			found = kap_index_find(ix, &key, &s);
		}
		matched += !!walk;
		tap_ok(walk == found, "%s, %u rules: walk %llu, index %llu",
		       kind->name, n, rule_id(walk), rule_id(found));
	}
	kap_index_free(ix);
	set_free(&set);
	return matched;
}

static void index_finds_what_the_walk_finds(struct kunit *test)
{
	u32 matched = 0, compared = 0, i, k;
	struct rnd r;

	kapt_tap_begin(test);
	r = rnd_from(rnd_seed());
	for (k = 0; k < n_set_kinds; k++) {
		for (i = 0; i < SETS_PER_KIND; i++) {
			u32 n = rnd_range(&r, 1, 1U << i);

			matched += compare_set(test, &set_kinds[k], n, &r);
			compared += CONNS;
		}
	}
	KUNIT_EXPECT_EQ(test, kapt_tap_end(), compared);
	KUNIT_EXPECT_GT(test, matched, compared / 4);
	KUNIT_EXPECT_LT(test, matched, compared - compared / 20);
}

static void index_of_many_rules(struct kunit *test)
{
	struct rnd r;
	u32 k;

	kapt_tap_begin(test);
	r = rnd_from(rnd_seed());
	for (k = 0; k < n_set_kinds; k++) {
		if (set_kinds[k].adversarial)
			compare_set(test, &set_kinds[k], MANY_RULES, &r);
	}
	kapt_tap_end();
}

static void index_of_no_rules(struct kunit *test)
{
	struct kap_overlap why;
	struct kap_index *ix = kap_index_build(NULL, 0, &why);
	struct kap_key key = { .v4 = true };

	KUNIT_ASSERT_NOT_NULL(test, ix);
	KUNIT_EXPECT_PTR_EQ(test, kap_index_match(ix, &key, NULL, NULL),
			    NULL);
	KUNIT_EXPECT_FALSE(test, kap_index_has_cgroups(ix));
	kap_index_free(ix);
}

/* All 65536 ports by the table, which the hot path asks first. */
static void ports_table(struct kunit *test)
{
	static const char * const text[] = {
		"port=1 action=skip", "port=443,8000-8999 action=skip",
		"port=65535 uid=5 action=skip",
	};
	struct kap_rule *rule[ARRAY_SIZE(text)];
	const struct kap_ports *ports;
	struct kap_overlap why;
	struct kap_index *ix;
	u32 i, port;

	kapt_tap_begin(test);
	for (i = 0; i < ARRAY_SIZE(text); i++) {
		rule[i] = parse_rule_text(text[i]);
		rule[i]->id = i + 1;
	}
	ix = kap_index_build(rule, ARRAY_SIZE(text), &why);
	KUNIT_ASSERT_NOT_NULL(test, ix);
	ports = kap_index_ports(ix);
	KUNIT_ASSERT_NOT_NULL(test, ports);
	for (port = 0; port <= 65535; port++) {
		u32 ref = kap_ports_ref(ports, port);

		if (port == 1)
			tap_ok(ref == KAP_REF_RULE, "port 1: 0x%x", ref);
		else if (port == 443 || (port >= 8000 && port <= 8999))
			tap_ok(ref == (KAP_REF_RULE | 1), "port %u: 0x%x", port,
			       ref);
		else if (port == 65535)	/* this rule wants more than the port */
			tap_ok(ref != KAP_REF_NONE && !(ref & KAP_REF_RULE),
			       "port 65535: 0x%x", ref);
		else
			tap_ok(ref == KAP_REF_NONE, "port %u: 0x%x", port, ref);
	}
	kapt_tap_end();
	kap_index_free(ix);
	for (i = 0; i < ARRAY_SIZE(text); i++)
		kap_rule_put(rule[i]);
}

static struct kunit_case index_cases[] = {
	KUNIT_CASE(index_finds_what_the_walk_finds),
	KUNIT_CASE(index_of_many_rules),
	KUNIT_CASE(index_of_no_rules),
	KUNIT_CASE(ports_table),
	{}
};

struct kunit_suite index_suite = {
	.name = "kapolicy_index",
	.test_cases = index_cases,
};

// SPDX-License-Identifier: GPL-2.0
/* Out of memory in one part at a time, the rest of the module not set up. */
#include "suites.h"

#include "fault.h"
#include "kunit_tap.h"
#include "policy/policy.h"
#include "rnd.h"
#include "rules.h"
#include "ruleset/cgroup_cache.h"
#include "ruleset/index.h"
#include "sysfs/write.h"
#include "tap.h"
#include "vec.h"

#define MOST_ALLOCS	5000
#define RULES		24

/* A rule that does not come about for lack of memory is refused there. */
static void rule_of_each_vector(struct kunit *test)
{
	u32 failures = 0, which, col, end;
	struct parsed p;
	struct vec_file f;
	size_t i, len;
	long live;

	kapt_tap_begin(test);
	vec_read(&f, "accept.txt");
	/* the parser itself, which is kept, is not what this is about */
	kap_rule_put(parse_rule_text("keepalive=on"));
	live = kapt_live();
	for (i = 0; i < f.n; i++) {
		if (!tap_ok(vec_split(f.v[i].text), "%s", f.v[i].text))
			break;
		len = vec_unescape(f.v[i].text);
		parse_bytes(&p, f.v[i].text, len);
		col = p.cmd.where.col;
		end = p.cmd.where.end;
		tap_ok(!p.err, "%s", f.v[i].text);
		kap_rule_put(p.cmd.rule);
		for (which = 1; which <= MOST_ALLOCS; which++) {
			kapt_fail_at(which);
			parse_bytes(&p, f.v[i].text, len);
			if (!kapt_failed())
				break;
			failures++;
			tap_ok(p.err == -ENOMEM && !p.cmd.rule &&
			       p.diag.error == KAP_E_MEMORY &&
			       p.diag.col == col && p.diag.end == end,
			       "%s", f.v[i].text);
		}
		kapt_fail_at(0);
		tap_ok(!p.err, "%s", f.v[i].text);
		kap_rule_put(p.cmd.rule);
	}
	vec_free(&f);
	kapt_tap_end();
	KUNIT_EXPECT_GE(test, failures, (u32)i);
	KUNIT_EXPECT_EQ(test, kapt_live(), live);
}

/* Each of the three that main.c starts, after all of them have been stopped. */
static void init_of_each_part(struct kunit *test)
{
	static const struct {
		int (*init)(void);
		void (*exit)(void);
		unsigned int allocs;
	} part[] = {
		{ kap_cgroup_init, kap_cgroup_exit, 1 },
		{ kap_policy_init, kap_policy_exit, 2 },
		{ kap_write_init, kap_write_exit, 1 },
	};
	long live = kapt_live();
	unsigned int which;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(part); i++) {
		for (which = 1; which <= part[i].allocs; which++) {
			kapt_fail_at(which);
			KUNIT_EXPECT_EQ(test, part[i].init(), -ENOMEM);
			KUNIT_EXPECT_TRUE(test, kapt_failed());
			KUNIT_EXPECT_EQ(test, kapt_live(), live);
		}
		kapt_fail_at(which);
		KUNIT_EXPECT_EQ(test, part[i].init(), 0);
		KUNIT_EXPECT_FALSE(test, kapt_failed());
		kapt_fail_at(0);
		part[i].exit();
		KUNIT_EXPECT_EQ(test, kapt_live(), live);
	}
}

static struct kap_rule *some_rule(struct rnd *r)
{
	static const char * const cgroup[] = {
		"", "", "", " cgroup=/a", " cgroup=/a/*", " cgroup=/**/b",
	};
	char line[256];
	u32 lo = rnd_range(r, 1, 60000);

	snprintf(line, sizeof(line),
		 "rport=%u-%u raddr=%u.0.0.0/%u,%x::/%u uid=%u-4000000000%s cnt=1",
		 lo, lo + rnd_below(r, 5000), rnd_below(r, 256),
		 rnd_below(r, 33), rnd_below(r, 65536), rnd_below(r, 129),
		 rnd_below(r, 5), cgroup[rnd_below(r, ARRAY_SIZE(cgroup))]);
	return parse_rule_text(line);
}

static void index_of_random_rules(struct kunit *test)
{
	struct kap_rule *rule[RULES];
	struct kap_overlap why;
	struct kap_index *ix;
	unsigned int which;
	struct rnd r;
	long live;
	u32 i;

	kapt_tap_begin(test);
	r = rnd_from(rnd_seed());
	for (i = 0; i < RULES; i++) {
		rule[i] = some_rule(&r);
		rule[i]->id = i + 1;
	}
	live = kapt_live();
	for (which = 1; which <= MOST_ALLOCS; which++) {
		kapt_fail_at(which);
		ix = kap_index_build(rule, RULES, &why);
		if (!kapt_failed())
			break;
		tap_ok(!ix && kapt_live() == live, "allocation %u", which);
		kap_index_free(ix);
	}
	kapt_fail_at(0);
	KUNIT_EXPECT_NOT_NULL(test, ix);
	kap_index_free(ix);
	KUNIT_EXPECT_EQ(test, kapt_live(), live);
	KUNIT_EXPECT_GT(test, which, 10U);
	kapt_tap_end();
	for (i = 0; i < RULES; i++)
		kap_rule_put(rule[i]);
}

static void cache_of_cgroups(struct kunit *test)
{
	long live = kapt_live();

	kapt_fail_at(1);
	KUNIT_EXPECT_PTR_EQ(test, kap_cgroup_cache_alloc(), NULL);
	kapt_fail_at(0);
	KUNIT_EXPECT_EQ(test, kapt_live(), live);
}

static struct kunit_case parts_cases[] = {
	KUNIT_CASE(rule_of_each_vector),
	KUNIT_CASE(index_of_random_rules),
	KUNIT_CASE(cache_of_cgroups),
	KUNIT_CASE(init_of_each_part),
	{}
};

struct kunit_suite parts_suite = {
	.name = "kapolicy_memory_parts",
	.test_cases = parts_cases,
};

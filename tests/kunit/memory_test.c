// SPDX-License-Identifier: GPL-2.0
/*
 * Out of memory, at each allocation in turn until there is none left to fail:
 * the caller is told, the old rules stand, nothing leaks.
 */
#include "suites.h"

#include <linux/mm.h>
#include <linux/string.h>

#include "fault.h"
#include "policy/policy.h"
#include "rule/format.h"
#include "sysfs/view.h"
#include "world.h"

#define MOST_ALLOCS	5000	/* no operation has more: it would never end */
#define MANY_RULES	60

/* Something that allocates; what it returns is 0 or -ENOMEM. */
typedef int (*operation)(struct kunit *test);

static void expect_unchanged(struct kunit *test, const char *rules,
			     u64 generation, long live, unsigned int which)
{
	char *now = rules_read(test);

	KUNIT_EXPECT_STREQ_MSG(test, now, rules, "allocation %u", which);
	kunit_kfree(test, now);
	KUNIT_EXPECT_EQ_MSG(test, rules_generation(), generation,
			    "allocation %u", which);
	KUNIT_EXPECT_EQ_MSG(test, kapt_live(), live, "allocation %u", which);
}

/* Writes and closes, and the next write finds the file closed. */
static int write_all(struct kunit *test, const char *text)
{
	struct pen pen;
	int err;

	pen_open(test, &pen);
	while (*text) {
		size_t len = min_t(size_t, strlen(text), 1000);

		err = pen_write_len(&pen, text, len);
		if (err)
			break;
		text += len;
	}
	pen_close(&pen);
	return err;
}

static bool said_so(void)
{
	return strstr(rules_last_error(), ": out of memory\n");
}

static void each_allocation_of(struct kunit *test, operation op, bool is_write)
{
	char *rules = rules_read(test);
	u64 generation = rules_generation();
	unsigned int which;
	long live;
	int err;

	kapt_drain();
	live = kapt_live();
	for (which = 1; which <= MOST_ALLOCS && !has_failed(test);
	     which++) {
		kapt_fail_at(which);
		err = op(test);
		if (!kapt_failed())
			break;
		kapt_fail_at(0);
		KUNIT_EXPECT_EQ_MSG(test, err, -ENOMEM, "allocation %u", which);
		if (is_write)
			KUNIT_EXPECT_TRUE_MSG(test, said_so(), "allocation %u",
					      which);
		/* an unfinished transaction goes with its file */
		rules_set(test, "#");
		expect_unchanged(test, rules, generation, live, which);
	}
	kapt_fail_at(0);
	KUNIT_EXPECT_EQ(test, err, 0);
	KUNIT_EXPECT_GT(test, which, 1U);
	KUNIT_EXPECT_LE(test, which, (unsigned int)MOST_ALLOCS);
	kunit_info(test, "%u allocations failed\n", which - 1);
}

static void some_rules(struct kunit *test)
{
	rules_set(test, "name=a port=1-100 idle=1s\nname=b cgroup=/a/* cnt=1\n"
			"raddr=10.0.0.0/8,2001:db8::/32 idle=2s\n"
			"name=c uid=5,7-9 prio=3 action=skip");
}

static int write_one(struct kunit *test)
{
	return write_all(test, "name=d port=80,443 laddr=::1 idle=9s");
}

static void first_rule(struct kunit *test)
{
	/* attaching to the tracepoint takes memory, too */
	each_allocation_of(test, write_one, true);
}

static void one_more_rule(struct kunit *test)
{
	some_rules(test);
	each_allocation_of(test, write_one, true);
}

static int write_edit(struct kunit *test)
{
	return write_all(test, "del name=a\ndel id=3\n"
			       "name=a cgroup=/**/x cnt=9");
}

static void edit(struct kunit *test)
{
	some_rules(test);
	each_allocation_of(test, write_edit, true);
}

static int write_flush(struct kunit *test)
{
	return write_all(test, "flush");
}

static void flush(struct kunit *test)
{
	some_rules(test);
	each_allocation_of(test, write_flush, true);
}

/* So many that stage, names and index have to grow; cut into many writes. */
static char *many_rules(struct kunit *test)
{
	static const char * const more[] = {
		"", " cgroup=/a/b*", " raddr=10.0.0.0/9,::/3", " uid=1-9",
	};
	size_t room = MANY_RULES * 100, len;
	char *text = kunit_kzalloc(test, room, GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, text);
	len = scnprintf(text, room, "begin\n");
	for (i = 0; i < MANY_RULES; i++)
		len += scnprintf(text + len, room - len,
				 "name=n%u port=%u-%u%s idle=%us\n", i,
				 1 + i * 250, 4000 + i * 300, more[i % 4],
				 i + 1);
	scnprintf(text + len, room - len, "del name=n5\ncommit\n");
	return text;
}

static int write_many(struct kunit *test)
{
	return write_all(test, test->priv);
}

static void transaction(struct kunit *test)
{
	some_rules(test);
	test->priv = many_rules(test);
	each_allocation_of(test, write_many, true);
}

static int read_rules(struct kunit *test)
{
	char *buf = test->priv;
	struct pen pen;
	ssize_t got;

	pen_open(test, &pen);
	got = kap_view_read(pen.file, kap_format_line, buf, 0, PAGE_SIZE);
	if (got > 0)
		got = kap_view_read(pen.file, kap_format_line, buf, got,
				    PAGE_SIZE);
	pen_close(&pen);
	return got;
}

static void reading(struct kunit *test)
{
	some_rules(test);
	test->priv = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, test->priv);
	each_allocation_of(test, read_rules, false);
}

static int enable(struct kunit *test)
{
	return kap_policy_enable(true);
}

static void enabling(struct kunit *test)
{
	some_rules(test);
	KUNIT_ASSERT_EQ(test, kap_policy_enable(false), 0);
	kapt_fail_at(1);
	KUNIT_EXPECT_EQ(test, kap_policy_enable(true), -ENOMEM);
	KUNIT_EXPECT_FALSE(test, kap_policy_enabled());
	each_allocation_of(test, enable, false);
	KUNIT_EXPECT_TRUE(test, kap_policy_enabled());
}

static struct kunit_case memory_cases[] = {
	KUNIT_CASE(first_rule),
	KUNIT_CASE(one_more_rule),
	KUNIT_CASE(edit),
	KUNIT_CASE(flush),
	KUNIT_CASE(transaction),
	KUNIT_CASE(reading),
	KUNIT_CASE(enabling),
	{}
};

struct kunit_suite memory_suite = {
	.name = "kapolicy_memory",
	.init = world_init,
	.exit = world_exit,
	.test_cases = memory_cases,
};

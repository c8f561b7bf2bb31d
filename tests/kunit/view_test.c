// SPDX-License-Identifier: GPL-2.0
/* view.c: what an open file that has been read in part keeps, and for how long. */
#include "suites.h"

#include <linux/delay.h>
#include <linux/string.h>

#include "fault.h"
#include "look.h"
#include "rule/format.h"
#include "sysfs/view.h"
#include "world.h"

/* Files that may be half-read at a time: VIEWS_MAX of view.c. */
#define VIEWS_MOST	64

/* View and transaction: each keeps the file, and has to see that nobody else does. */
static void closed_as_reader_and_writer(struct kunit *test)
{
	struct pen pen;
	char buf[8];
	long live;
	int i;

	rules_set(test, "idle=1s");
	kapt_drain();
	live = kapt_live();
	pen_open(test, &pen);
	KUNIT_EXPECT_EQ(test, kap_view_read(pen.file, kap_format_line, buf, 0,
					    sizeof(buf)),
			(ssize_t)sizeof(buf));
	KUNIT_EXPECT_EQ(test, pen_write(&pen, "begin\nflush\nidle=2s\n"), 0);
	/* open it stays, and goes on as both */
	msleep(2 * 1000);
	KUNIT_EXPECT_EQ(test, kap_view_read(pen.file, kap_format_line, buf,
					    sizeof(buf), sizeof(buf)),
			(ssize_t)sizeof(buf));
	KUNIT_EXPECT_EQ(test, pen_write(&pen, "idle=3s\n"), 0);
	pen_close(&pen);
	/* a look a second, by each of the two */
	for (i = 0; i < 100 && kapt_live() != live; i++)
		msleep(100);
	KUNIT_EXPECT_EQ(test, kapt_live(), live);
	KUNIT_EXPECT_STREQ(test, rules_text(test), "keepalive=on idle=1s\n");
}

/* pread(fd, buf, len, 0) again, half-way: the rules of now, not of then. */
static void read_from_the_start_again(struct kunit *test)
{
	static const char * const want[] = {
		"add keepalive=on idle=1s", "add keepalive=on idle=2s",
	};
	struct pen pen;
	char buf[32];
	size_t len = strlen(want[0]);
	int i;

	pen_open(test, &pen);
	for (i = 0; i < ARRAY_SIZE(want); i++) {
		rules_set(test, "flush");
		rules_set(test, i ? "idle=2s" : "idle=1s");
		KUNIT_EXPECT_EQ(test, kap_view_read(pen.file, kap_format_line,
						    buf, 0, len),
				(ssize_t)len);
		buf[len] = '\0';
		KUNIT_EXPECT_STREQ(test, (const char *)buf, want[i]);
	}
	pen_close(&pen);
}

/* As the shell's read does, to the end of its line. */
static void read_from_the_middle_again(struct kunit *test)
{
	static const char text[] = "add keepalive=on idle=1s  # id=1\n";
	static const loff_t from[] = { 0, 16, 5, 20, 19 };
	struct pen pen;
	char buf[8];
	int i;

	rules_set(test, "idle=1s\nidle=2s");
	pen_open(test, &pen);
	for (i = 0; i < ARRAY_SIZE(from); i++) {
		KUNIT_EXPECT_EQ(test, kap_view_read(pen.file, kap_format_line,
						    buf, from[i], sizeof(buf)),
				(ssize_t)sizeof(buf));
		KUNIT_EXPECT_EQ_MSG(test, memcmp(buf, text + from[i],
						 sizeof(buf)), 0,
				    "at %lld", from[i]);
		/* into the next line */
		if (!i)
			kap_view_read(pen.file, kap_format_line, buf,
				      sizeof(text) + 3, sizeof(buf));
	}
	pen_close(&pen);
}

static ssize_t read_some(struct pen *pen, loff_t off)
{
	char buf[8];

	return kap_view_read(pen->file, kap_format_line, buf, off, sizeof(buf));
}

/*
 * world_exit() comes while the search for closed files has a view in hand, and
 * must not free it before the search is over.
 */
static void unloaded_during_a_search(struct kunit *test)
{
	struct pen pen;

	rules_set(test, "idle=1s");
	pen_open(test, &pen);
	KUNIT_EXPECT_EQ(test, read_some(&pen, 0), (ssize_t)8);
	KUNIT_EXPECT_EQ(test, pen_write(&pen, "begin\nflush\n"), 0);
	pen_close(&pen);
	kapt_look_slowly();
	KUNIT_EXPECT_TRUE(test, kapt_looking(5 * 1000));
}

/* More files than that are not held, but those that are closed do not count. */
static void half_read_files_have_a_bound(struct kunit *test)
{
	struct pen *pen = kunit_kzalloc(test, VIEWS_MOST * sizeof(*pen),
					GFP_KERNEL);
	struct pen more;
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, pen);
	rules_set(test, "idle=1s");
	for (i = 0; i < VIEWS_MOST; i++) {
		pen_open(test, &pen[i]);
		KUNIT_EXPECT_EQ(test, read_some(&pen[i], 0), (ssize_t)8);
	}
	pen_open(test, &more);
	KUNIT_EXPECT_EQ(test, read_some(&more, 0), (ssize_t)-ENFILE);
	KUNIT_EXPECT_EQ(test, read_some(&pen[0], 8), (ssize_t)8);
	pen_close(&pen[1]);
	KUNIT_EXPECT_EQ(test, read_some(&more, 0), (ssize_t)8);
	for (i = 0; i < VIEWS_MOST; i++) {
		if (i != 1)
			pen_close(&pen[i]);
	}
	pen_close(&more);
}

static struct kunit_case view_cases[] = {
	KUNIT_CASE(closed_as_reader_and_writer),
	KUNIT_CASE(read_from_the_start_again),
	KUNIT_CASE(read_from_the_middle_again),
	KUNIT_CASE(unloaded_during_a_search),
	KUNIT_CASE(half_read_files_have_a_bound),
	{}
};

struct kunit_suite view_suite = {
	.name = "kapolicy_view",
	.init = world_init,
	.exit = world_exit,
	.test_cases = view_cases,
};

// SPDX-License-Identifier: GPL-2.0
/*
 * write.c, txn.c: what a program writes, in pieces cut anywhere, overtaken,
 * aborted, never committed.
 */
#include "suites.h"

#include <linux/mm.h>
#include <linux/string.h>

#include "fault.h"
#include "rule/format.h"
#include "rule/limits.h"
#include "sysfs/view.h"
#include "sysfs/write.h"
#include "world.h"

/* Transactions that may have rules at once: OPEN_MAX of txn.c. */
#define OPEN_MOST	16

static const char script[] =
	"begin # all of it\n"
	"flush\n"
	"add name=a port=80 idle=60s\n"
	"\n"
	"\tname=b detect=30s\n"
	"del name=a\n"
	"add name=a rport=1-5 cnt=3 # again\n"
	"commit # done\n";

static const char script_rules[] =
	"name=b keepalive=on idle=15s intvl=5s cnt=3 user_timeout=auto\n"
	"name=a rport=1-5 keepalive=on cnt=3\n";

/* sysfs hands "begin" over whole: it is in the first of 4096 bytes. */
#define BEGIN_LEN	5

static void expect_rules(struct kunit *test, const char *want, const char *what,
			 size_t at)
{
	char *text = rules_text(test);

	KUNIT_EXPECT_STREQ_MSG(test, text, want, "%s at %zu", what, at);
	kunit_kfree(test, text);
}

static void expect_error(struct kunit *test, int err, int want_err,
			 const char *want)
{
	KUNIT_EXPECT_EQ(test, err, want_err);
	KUNIT_EXPECT_STREQ(test, rules_last_error(), want);
}

/* Writes up to @text[@len] in pieces that end at @cut, then every @step. */
static int write_cut(struct kunit *test, const char *text, size_t len,
		     size_t cut, size_t step)
{
	struct pen pen;
	size_t at = 0;
	int err = 0;

	pen_open(test, &pen);
	while (at < len && !err) {
		size_t end = at ? at + step : cut;

		end = min(end, len);
		err = pen_write_len(&pen, text + at, end - at);
		at = end;
	}
	pen_close(&pen);
	return err;
}

static void cut_once_anywhere(struct kunit *test)
{
	size_t len = strlen(script), cut;

	for (cut = BEGIN_LEN; cut <= len && !has_failed(test); cut++) {
		rules_set(test, "flush\nname=old idle=1s");
		KUNIT_EXPECT_EQ_MSG(test,
				    write_cut(test, script, len, cut, len), 0,
				    "cut at %zu: %s", cut, rules_last_error());
		expect_rules(test, script_rules, "cut", cut);
	}
}

static void cut_into_equal_pieces(struct kunit *test)
{
	size_t len = strlen(script), step, cut;

	for (step = 1; step <= 20 && !has_failed(test); step++) {
		for (cut = BEGIN_LEN; cut < BEGIN_LEN + step; cut++) {
			rules_set(test, "flush\nname=old idle=1s");
			KUNIT_EXPECT_EQ_MSG(test,
					    write_cut(test, script, len, cut,
						      step),
					    0, "steps of %zu: %s", step,
					    rules_last_error());
			expect_rules(test, script_rules, "steps", step);
		}
	}
}

/* "commit" need not end in a newline: printf commit. */
static void without_the_last_newline(struct kunit *test)
{
	static const char text[] = "begin\nflush\nidle=7s\ncommit";
	size_t len = strlen(text), cut;

	for (cut = BEGIN_LEN; cut <= len && !has_failed(test); cut++) {
		rules_set(test, "flush\nname=old idle=1s");
		KUNIT_EXPECT_EQ(test, write_cut(test, text, len, cut, 3), 0);
		expect_rules(test, "keepalive=on idle=7s\n", "cut", cut);
	}
}

/* Nothing may follow "commit" but what is nothing, and that may be cut, too. */
static void behind_the_commit(struct kunit *test)
{
	struct pen pen;

	pen_open(test, &pen);
	KUNIT_EXPECT_EQ(test, pen_write(&pen, "begin\nidle=1s\ncommit\n \t"), 0);
	expect_rules(test, "keepalive=on idle=1s\n", "blanks", 0);
	/* the transaction is over */
	KUNIT_EXPECT_EQ(test, pen_write(&pen, "flush\n"), 0);
	expect_rules(test, "", "after blanks", 0);
	KUNIT_EXPECT_EQ(test, pen_write(&pen, "begin\nidle=2s\ncommit\n# fl"),
			0);
	expect_rules(test, "keepalive=on idle=2s\n", "half a comment", 0);
	KUNIT_EXPECT_EQ(test, pen_write(&pen, "ush\nflush\nidle=3s\n"), 0);
	expect_rules(test, "keepalive=on idle=3s\n", "the rest of it", 0);
	KUNIT_EXPECT_EQ(test, pen_write(&pen, "begin\ncommit\nfl"), -EINVAL);
	pen_close(&pen);
	expect_rules(test, "keepalive=on idle=3s\n", "a command", 0);
}

/* The same error at the same place, wherever the pieces were cut. */
static void cut_anywhere_with_an_error(struct kunit *test)
{
	static const char text[] =
		"begin\nflush\n\nidle=1s\n"
		"port=80,70000 idle=1s\nidle=2s\ncommit\n";
	size_t len = strlen(text), cut, step;

	rules_set(test, "name=old idle=1s");
	for (cut = BEGIN_LEN; cut <= len && !has_failed(test); cut++) {
		for (step = 1; step <= len; step += 9) {
			int err = write_cut(test, text, len, cut, step);

			expect_error(test, err, -EINVAL,
				     "5:9-13: port out of range (1-65535)\n");
			expect_rules(test, "name=old keepalive=on idle=1s\n",
				     "cut", cut);
		}
	}
}

static void nothing_is_seen_before_commit(struct kunit *test)
{
	size_t len = strlen(script), at;
	struct pen pen;

	rules_set(test, "name=old idle=1s");
	pen_open(test, &pen);
	KUNIT_EXPECT_EQ(test, pen_write_len(&pen, script, BEGIN_LEN), 0);
	for (at = BEGIN_LEN; at < len - strlen("commit # done\n"); at++) {
		KUNIT_EXPECT_EQ(test, pen_write_len(&pen, script + at, 1), 0);
		if (at % 8 == 0)
			expect_rules(test, "name=old keepalive=on idle=1s\n",
				     "before commit", at);
	}
	KUNIT_EXPECT_EQ(test, rules_generation(), 1ULL);
	KUNIT_EXPECT_EQ(test, pen_write(&pen, script + at), 0);
	pen_close(&pen);
	expect_rules(test, script_rules, "after commit", at);
	KUNIT_EXPECT_EQ(test, rules_generation(), 2ULL);
}

static void the_loser_is_told(struct kunit *test)
{
	struct pen pen;

	rules_set(test, "name=old idle=1s");
	pen_open(test, &pen);
	KUNIT_EXPECT_EQ(test, pen_write(&pen, "begin\nflush\n"), 0);
	KUNIT_EXPECT_EQ(test, pen_write(&pen, "name=lost idle=2s\n"), 0);
	rules_set(test, "name=won idle=3s");
	expect_error(test, pen_write(&pen, "# a comment\n commit\n"), -ESTALE,
		     "5:2-7: transaction overtaken by another change of the rules\n");
	expect_rules(test,
		     "name=old keepalive=on idle=1s\n"
		     "name=won keepalive=on idle=3s\n", "overtaken", 0);
	/* and can begin anew on the same file */
	KUNIT_EXPECT_EQ(test, pen_write(&pen, "begin\nflush\ncommit\n"), 0);
	pen_close(&pen);
	expect_rules(test, "", "begun anew", 0);
}

static void a_reader_does_not_overtake(struct kunit *test)
{
	struct pen pen;

	pen_open(test, &pen);
	KUNIT_EXPECT_EQ(test, pen_write(&pen, "begin\nidle=2s\n"), 0);
	expect_rules(test, "", "meanwhile", 0);
	rules_set(test, "# no change");
	KUNIT_EXPECT_EQ(test, rules_write(test, "port=0 idle=1s"), -EINVAL);
	KUNIT_EXPECT_EQ(test, pen_write(&pen, "commit\n"), 0);
	pen_close(&pen);
	expect_rules(test, "keepalive=on idle=2s\n", "committed", 0);
}

static void two_at_once(struct kunit *test)
{
	struct pen a, b;

	pen_open(test, &a);
	pen_open(test, &b);
	KUNIT_EXPECT_EQ(test, pen_write(&a, "begin\nname=a idle=1s\n"), 0);
	KUNIT_EXPECT_EQ(test, pen_write(&b, "begin\nname=b idle=2s\nname="), 0);
	KUNIT_EXPECT_EQ(test, pen_write(&a, "commit\n"), 0);
	KUNIT_EXPECT_EQ(test, pen_write(&b, "c cnt=1\n"), 0);
	KUNIT_EXPECT_EQ(test, pen_write(&b, "commit\n"), -ESTALE);
	pen_close(&a);
	pen_close(&b);
	expect_rules(test, "name=a keepalive=on idle=1s\n", "two", 0);
}

static void aborted_is_forgotten(struct kunit *test)
{
	struct pen pen;

	rules_set(test, "idle=1s");
	pen_open(test, &pen);
	KUNIT_EXPECT_EQ(test, pen_write(&pen, "begin\nflush\nidle=2s\nabort\n"),
			0);
	expect_rules(test, "keepalive=on idle=1s\n", "aborted", 0);
	KUNIT_EXPECT_EQ(test, rules_generation(), 1ULL);
	/* outside of one again */
	KUNIT_EXPECT_EQ(test, pen_write(&pen, "idle=3s\n"), 0);
	expect_error(test, pen_write(&pen, "commit\n"), -EINVAL,
		     "1:1-6: no transaction is open on this file\n");
	pen_close(&pen);
	KUNIT_EXPECT_EQ(test, rules_generation(), 2ULL);
}

static void never_committed_goes_with_its_file(struct kunit *test)
{
	struct pen pen;
	long live;

	rules_set(test, "idle=1s");
	kapt_drain();
	live = kapt_live();
	pen_open(test, &pen);
	KUNIT_EXPECT_EQ(test, pen_write(&pen, "begin\nflush\nidle=2s\nidl"), 0);
	KUNIT_EXPECT_GT(test, kapt_live(), live);
	/* it stays for as long as the file is open */
	rules_set(test, "#");
	KUNIT_EXPECT_GT(test, kapt_live(), live);
	pen_close(&pen);
	rules_set(test, "#");
	KUNIT_EXPECT_EQ(test, kapt_live(), live);
	expect_rules(test, "keepalive=on idle=1s\n", "never committed", 0);
}

/* world_exit() finds what of it is left. */
static void left_open_at_unload(struct kunit *test)
{
	struct pen pen;

	pen_open(test, &pen);
	KUNIT_EXPECT_EQ(test, pen_write(&pen, "begin\nname=a idle=2s\nidl"), 0);
	pen_close(&pen);
}

static void what_follows_an_error_is_refused(struct kunit *test)
{
	static const char why[] = "2:1-3: unknown key\n";
	struct pen pen;

	rules_set(test, "idle=1s");
	pen_open(test, &pen);
	KUNIT_EXPECT_EQ(test, pen_write(&pen, "begin\n"), 0);
	expect_error(test, pen_write(&pen, "foo=1\n"), -EINVAL, why);
	expect_error(test, pen_write(&pen, "idle=5s\n"), -EINVAL, why);
	expect_error(test, pen_write(&pen, "flush\n"), -EINVAL, why);
	expect_error(test, pen_write(&pen, "commit\n"), -EINVAL, why);
	expect_rules(test, "keepalive=on idle=1s\n", "refused", 0);
	/* its commit was its end */
	KUNIT_EXPECT_EQ(test, pen_write(&pen, "idle=5s\n"), 0);
	pen_close(&pen);
}

static void offset_zero_begins_anew(struct kunit *test)
{
	struct pen pen;

	pen_open(test, &pen);
	KUNIT_EXPECT_EQ(test, pen_write(&pen, "begin\nidle=1s\n"), 0);
	pen.off = 0;
	KUNIT_EXPECT_EQ(test, pen_write(&pen, "idle=2s\n"), 0);
	pen_close(&pen);
	expect_rules(test, "keepalive=on idle=2s\n", "anew", 0);
	/* nor is it the rest of a comment */
	pen_open(test, &pen);
	KUNIT_EXPECT_EQ(test, pen_write(&pen, "begin\nidle=3s\ncommit # and"),
			0);
	pen.off = 0;
	KUNIT_EXPECT_EQ(test, pen_write(&pen, "flush\n"), 0);
	pen_close(&pen);
	expect_rules(test, "", "behind a comment", 0);
}

static void a_gap_is_refused(struct kunit *test)
{
	struct pen pen;

	pen_open(test, &pen);
	KUNIT_EXPECT_EQ(test, pen_write(&pen, "begin\nidle=1s\n"), 0);
	pen.off++;
	expect_error(test, pen_write(&pen, "commit\n"), -EINVAL,
		     "3:1-1: write does not continue where the last one of the transaction ended\n");
	pen_close(&pen);
	expect_rules(test, "", "gap", 0);
}

static void commands_out_of_place(struct kunit *test)
{
	expect_error(test, rules_write(test, "idle=1s\n begin"), -EINVAL,
		     "2:2-6: begin must be the first command of a write\n");
	expect_error(test, rules_write(test, "begin\nbegin\n"), -EINVAL,
		     "2:1-5: begin inside a transaction\n");
	expect_error(test, rules_write(test, "abort"), -EINVAL,
		     "1:1-5: no transaction is open on this file\n");
	expect_error(test, rules_write(test, "begin\ncommit\nidle=1s\n"),
		     -EINVAL,
		     "3:1-7: nothing may follow commit or abort in the same write\n");
	expect_rules(test, "", "out of place", 0);
}

/* Too long for one write: refused unless it is a transaction. */
static void a_full_page(struct kunit *test)
{
	char *text = kunit_kzalloc(test, PAGE_SIZE + 1, GFP_KERNEL);
	struct pen pen;

	KUNIT_ASSERT_NOT_NULL(test, text);
	memset(text, '\n', KAP_WRITE_MAX);
	memcpy(text, "idle=1s", strlen("idle=1s"));
	pen_open(test, &pen);
	expect_error(test, pen_write_len(&pen, text, KAP_WRITE_MAX), -E2BIG,
		     "1:1-1: write of 4096 bytes or more outside begin ... commit\n");
	KUNIT_EXPECT_EQ(test, pen_write_len(&pen, text, KAP_WRITE_MAX - 1), 0);
	pen.off = 0;
	memcpy(text, "begin\nidle=2s", strlen("begin\nidle=2s"));
	KUNIT_EXPECT_EQ(test, pen_write_len(&pen, text, KAP_WRITE_MAX), 0);
	KUNIT_EXPECT_EQ(test, pen_write(&pen, "commit"), 0);
	pen_close(&pen);
	expect_rules(test, "keepalive=on idle=1s\nkeepalive=on idle=2s\n",
		     "full page", 0);
}

/* "begin", "flush" and one line of KAP_LINE_MAX bytes, of which some is comment. */
static char *longest_line(struct kunit *test, size_t *len)
{
	size_t room = KAP_LINE_MAX + 64, head, end;
	char *text = kunit_kzalloc(test, room, GFP_KERNEL);
	u32 uid = 100000;

	KUNIT_ASSERT_NOT_NULL(test, text);
	*len = scnprintf(text, room, "begin\nflush\n");
	head = *len;
	end = head + KAP_LINE_MAX;
	*len += scnprintf(text + *len, room - *len, "idle=1s uid=1");
	for (; *len < end - 100; uid += 2)
		*len += scnprintf(text + *len, room - *len, ",%u", uid);
	*len += scnprintf(text + *len, room - *len, " #");
	memset(text + *len, 'x', end - *len);
	*len = end;
	return text;
}

/* What is read of the rules, and goes into @pen as it comes. */
static int copy_rules(struct kunit *test, struct pen *pen)
{
	char *page = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	struct pen reader;
	loff_t off = 0;
	ssize_t got;
	int err = 0;

	KUNIT_ASSERT_NOT_NULL(test, page);
	pen_open(test, &reader);
	while (!err) {
		got = kap_view_read(reader.file, kap_format_line, page, off,
				    PAGE_SIZE);
		if (got <= 0)
			break;
		err = pen_write_len(pen, page, got);
		off += got;
	}
	pen_close(&reader);
	KUNIT_EXPECT_EQ(test, got, (ssize_t)0);
	KUNIT_EXPECT_GT(test, off, (loff_t)KAP_LINE_MAX - 200);
	return err;
}

static void the_longest_line(struct kunit *test)
{
	size_t len, at, end, step;
	char *text = longest_line(test, &len);
	struct pen pen;
	u64 generation;

	for (step = 4096; step > 500; step /= 3) {
		rules_set(test, "flush");
		pen_open(test, &pen);
		for (at = 0; at < len; at = end) {
			end = min(at + step, len);
			KUNIT_ASSERT_EQ(test,
					pen_write_len(&pen, text + at,
						      end - at), 0);
		}
		KUNIT_EXPECT_EQ(test, pen_write(&pen, "\ncommit\n"), 0);
		pen_close(&pen);
	}
	generation = rules_generation();
	/* read and written back, it is the same rule */
	pen_open(test, &pen);
	KUNIT_EXPECT_EQ(test, pen_write(&pen, "begin\nflush\n"), 0);
	KUNIT_EXPECT_EQ(test, copy_rules(test, &pen), 0);
	KUNIT_EXPECT_EQ(test, pen_write(&pen, "commit"), 0);
	pen_close(&pen);
	KUNIT_EXPECT_EQ(test, rules_generation(), generation);
}

/* How much of it has come when it is refused is not to be seen. */
static void a_line_too_long(struct kunit *test)
{
	size_t len, more;
	char *text = longest_line(test, &len);
	struct pen pen;

	for (more = 0; more <= 3; more++) {
		pen_open(test, &pen);
		KUNIT_EXPECT_EQ(test, pen_write_len(&pen, text, len - more), 0);
		expect_error(test, pen_write_len(&pen, "xxxx\n", more + 2),
			     -EINVAL,
			     "3:1-262145: line too long (262144 bytes at most)\n");
		pen_close(&pen);
	}
	expect_rules(test, "", "too long", 0);
}

/* Memory for rules has a bound: the oldest of too many is dropped. */
static void one_too_many(struct kunit *test)
{
	struct pen pen[OPEN_MOST + 1];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(pen); i++) {
		pen_open(test, &pen[i]);
		KUNIT_EXPECT_EQ(test, pen_write(&pen[i], "begin\nidle=1s\n"),
				0);
	}
	expect_error(test, pen_write(&pen[0], "commit\n"), -ESTALE,
		     "1:1-1: transaction dropped: too many were open at once\n");
	KUNIT_EXPECT_EQ(test, pen_write(&pen[1], "commit\n"), 0);
	for (i = 0; i < ARRAY_SIZE(pen); i++)
		pen_close(&pen[i]);
	expect_rules(test, "keepalive=on idle=1s\n", "one too many", 0);
}

/* read(2) at KAP_ERROR_OFFSET, behind the text of the rules. */
static void expect_file_error(struct kunit *test, struct pen *pen,
			      const char *want)
{
	char buf[128];
	ssize_t n = kap_write_file_error(pen->file, buf, 0, sizeof(buf) - 1);

	KUNIT_ASSERT_GE(test, n, (ssize_t)0);
	buf[n] = '\0';
	KUNIT_EXPECT_STREQ(test, (const char *)buf, want);
}

/* Whatever others write, the error of a failed transaction is its file's own. */
static void the_error_of_a_file(struct kunit *test)
{
	static const char why[] = "2:6-6: port out of range (1-65535)\n";
	struct pen pen, other;
	char part[5] = "";

	pen_open(test, &pen);
	pen_open(test, &other);
	KUNIT_EXPECT_EQ(test, pen_write(&pen, "begin\n"), 0);
	expect_file_error(test, &pen, "");
	KUNIT_EXPECT_EQ(test, pen_write(&pen, "port=0 idle=1s\n"), -EINVAL);
	KUNIT_EXPECT_EQ(test, pen_write(&other, "begin\nx=1\n"), -EINVAL);
	rules_set(test, "idle=1s");
	expect_file_error(test, &pen, why);
	expect_file_error(test, &other, "2:1-1: unknown key\n");
	KUNIT_EXPECT_STREQ(test, rules_last_error(), "");
	KUNIT_EXPECT_EQ(test, kap_write_file_error(pen.file, part, 3, 4),
			(ssize_t)4);
	KUNIT_EXPECT_STREQ(test, (const char *)part, "-6: ");
	KUNIT_EXPECT_EQ(test, kap_write_file_error(pen.file, part, 100, 4),
			(ssize_t)0);
	/* it goes with the transaction */
	KUNIT_EXPECT_EQ(test, pen_write(&pen, "abort\n"), 0);
	expect_file_error(test, &pen, "");
	pen_close(&pen);
	pen_close(&other);
}

static struct kunit_case txn_cases[] = {
	KUNIT_CASE(cut_once_anywhere),
	KUNIT_CASE(cut_into_equal_pieces),
	KUNIT_CASE(without_the_last_newline),
	KUNIT_CASE(behind_the_commit),
	KUNIT_CASE(cut_anywhere_with_an_error),
	KUNIT_CASE(nothing_is_seen_before_commit),
	KUNIT_CASE(the_loser_is_told),
	KUNIT_CASE(a_reader_does_not_overtake),
	KUNIT_CASE(two_at_once),
	KUNIT_CASE(aborted_is_forgotten),
	KUNIT_CASE(never_committed_goes_with_its_file),
	KUNIT_CASE(left_open_at_unload),
	KUNIT_CASE(what_follows_an_error_is_refused),
	KUNIT_CASE(offset_zero_begins_anew),
	KUNIT_CASE(a_gap_is_refused),
	KUNIT_CASE(commands_out_of_place),
	KUNIT_CASE(a_full_page),
	KUNIT_CASE(the_longest_line),
	KUNIT_CASE(a_line_too_long),
	KUNIT_CASE(the_error_of_a_file),
	KUNIT_CASE(one_too_many),
	{}
};

struct kunit_suite txn_suite = {
	.name = "kapolicy_txn",
	.init = world_init,
	.exit = world_exit,
	.test_cases = txn_cases,
};

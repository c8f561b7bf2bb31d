// SPDX-License-Identifier: GPL-2.0
/*
 * The tables of tests/vectors, read and compared by the code of tests/unit; and
 * what is too long for a table.
 */
#include "suites.h"

#include <linux/slab.h>

#include "unit_main.h"

#include "../unit/vectors.c"
#include "kunit_tap.h"

static void run_table(struct kunit *test, const char *name,
		      void (*one)(const struct vec_file *f,
				  const struct vec *v))
{
	struct vec_file f;
	size_t i;

	kapt_tap_begin(test);
	vec_read(&f, name);
	for (i = 0; i < f.n; i++)
		one(&f, &f.v[i]);
	KUNIT_EXPECT_EQ(test, (size_t)kapt_tap_end(), f.n);
	vec_free(&f);
}

static void accept_vectors(struct kunit *test)
{
	run_table(test, "accept.txt", test_accept);
}

static void refuse_vectors(struct kunit *test)
{
	run_table(test, "refuse.txt", test_refuse);
}

static void command_vectors(struct kunit *test)
{
	run_table(test, "commands.txt", test_command);
}

static void cgroup_vectors(struct kunit *test)
{
	run_table(test, "cgroup.txt", test_cgroup);
}

/* Tables whose lines depend on the ones before. */
static void run_whole(struct kunit *test, const char *name,
		      const char * const *word, void (*all)(const struct vec_file *f))
{
	struct vec_file f;
	size_t n = 0;

	kapt_tap_begin(test);
	vec_read(&f, name);
	/* counted first: the words are cut apart */
	for (; *word; word++)
		n += count_tests(&f, *word);
	all(&f);
	KUNIT_EXPECT_EQ(test, (size_t)kapt_tap_end(), n);
	vec_free(&f);
}

static void match_vectors(struct kunit *test)
{
	static const char * const words[] = { "conn ", NULL };

	run_whole(test, "match.txt", words, test_match);
}

static void decide_vectors(struct kunit *test)
{
	static const char * const words[] = { "app ", "again ", NULL };

	run_whole(test, "decide.txt", words, test_decide);
}

/* A line, and one that would be when it is read back with its id. */
static void lines_that_are_too_long(struct kunit *test)
{
	static const char head[] = "cgroup=/a/", tail[] = " idle=60s";
	char *line = kunit_kzalloc(test, KAP_LINE_MAX + 1, GFP_KERNEL);
	struct parsed p;
	size_t len;

	KUNIT_ASSERT_NOT_NULL(test, line);
	kapt_tap_begin(test);
	for (len = KAP_LINE_MAX; len <= KAP_LINE_MAX + 1; len++) {
		memset(line, 'b', len);
		memcpy(line, head, strlen(head));
		memcpy(line + len - strlen(tail), tail, strlen(tail));
		parse_bytes(&p, line, len);
		tap_ok(p.err == -EINVAL && p.diag.error == KAP_E_LINE &&
		       p.diag.col == 1 && p.diag.end == len && !p.cmd.rule,
		       "%zu bytes: %s at %u-%u", len,
		       kap_error_name(p.diag.error), p.diag.col, p.diag.end);
	}
	kapt_tap_end();
}

static struct kunit_case vectors_cases[] = {
	KUNIT_CASE(accept_vectors),
	KUNIT_CASE(refuse_vectors),
	KUNIT_CASE(command_vectors),
	KUNIT_CASE(cgroup_vectors),
	KUNIT_CASE(match_vectors),
	KUNIT_CASE(decide_vectors),
	KUNIT_CASE(lines_that_are_too_long),
	{}
};

struct kunit_suite vectors_suite = {
	.name = "kapolicy_vectors",
	.test_cases = vectors_cases,
};

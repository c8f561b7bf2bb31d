// SPDX-License-Identifier: GPL-2.0
#include "kunit_tap.h"

#include <kunit/test.h>
#include <linux/kernel.h>

#include "tap.h"

/* What KUnit keeps of a test's output is little: the first failures will do. */
#define SHOWN	5
#define TEXT	400

static struct kunit *tap_test;	/* KUnit runs one at a time */
static unsigned int run, failed;

/**
 * kapt_tap_begin - the tap_*() calls that follow are part of a test
 * @test: the test
 */
void kapt_tap_begin(struct kunit *test)
{
	tap_test = test;
	run = 0;
	failed = 0;
}

/**
 * kapt_tap_end - they are over
 *
 * Fails the test if there were none.
 *
 * Return: how many there were.
 */
unsigned int kapt_tap_end(void)
{
	KUNIT_EXPECT_GT(tap_test, run, 0U);
	if (failed)
		kunit_info(tap_test, "%u of %u failed\n", failed, run);
	return run;
}

void tap_plan(unsigned int tests)
{
}

int tap_done(void)
{
	return failed;
}

bool tap_ok(bool ok, const char *fmt, ...)
{
	char text[TEXT];
	va_list args;

	run++;
	if (ok || failed++ >= SHOWN)
		return ok;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	KUNIT_FAIL(tap_test, "%s\n", text);
	return false;
}

void tap_note(const char *fmt, ...)
{
	char text[TEXT];
	va_list args;

	if (failed > SHOWN)
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	kunit_info(tap_test, "%s\n", text);
}

void tap_bail(const char *fmt, ...)
{
	char text[TEXT];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	KUNIT_FAIL(tap_test, "%s\n", text);
	kunit_try_catch_throw(&tap_test->try_catch);
}

// SPDX-License-Identifier: GPL-2.0
/* tests/unit/decide.c: every mix of options set, with every rule and mode. */
#include "suites.h"

#include "unit_main.h"

#include "../unit/decide.c"
#include "kunit_tap.h"

static void decide_every_mix(struct kunit *test)
{
	kapt_tap_begin(test);
	KUNIT_EXPECT_EQ(test, unit_main(), 0);
	kapt_tap_end();
}

static struct kunit_case decide_cases[] = {
	KUNIT_CASE(decide_every_mix),
	{}
};

struct kunit_suite decide_suite = {
	.name = "kapolicy_decide",
	.test_cases = decide_cases,
};

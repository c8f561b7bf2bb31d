/* SPDX-License-Identifier: GPL-2.0 */
/* Code of tests/unit, which speaks TAP, inside a KUnit case. */
#ifndef _KAPOLICY_KUNIT_TAP_H
#define _KAPOLICY_KUNIT_TAP_H

struct kunit;

void kapt_tap_begin(struct kunit *test);
unsigned int kapt_tap_end(void);

#endif /* _KAPOLICY_KUNIT_TAP_H */

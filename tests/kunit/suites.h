/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KAPOLICY_KUNIT_SUITES_H
#define _KAPOLICY_KUNIT_SUITES_H

#include <kunit/test.h>

extern struct kunit_suite vectors_suite;
extern struct kunit_suite cgroup_suite;
extern struct kunit_suite decide_suite;
extern struct kunit_suite index_suite;
extern struct kunit_suite ruleset_suite;
extern struct kunit_suite memory_suite;
extern struct kunit_suite parts_suite;
extern struct kunit_suite txn_suite;
extern struct kunit_suite view_suite;
extern struct kunit_suite key_suite;
extern struct kunit_suite apply_suite;
extern struct kunit_suite conn_suite;
extern struct kunit_suite race_suite;
extern struct kunit_suite sweep_suite;

#endif /* _KAPOLICY_KUNIT_SUITES_H */

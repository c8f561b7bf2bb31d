// SPDX-License-Identifier: GPL-2.0
/*
 * The suites run when the module is loaded. Not beside kapolicy.ko, which would
 * have its say about the connections the tests make.
 */
#include "suites.h"

#include <linux/module.h>

kunit_test_suites(&vectors_suite, &cgroup_suite, &decide_suite, &index_suite,
		  &ruleset_suite, &parts_suite, &memory_suite, &txn_suite,
		  &view_suite, &key_suite, &apply_suite, &conn_suite,
		  &race_suite, &sweep_suite);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("KUnit tests of kapolicy");

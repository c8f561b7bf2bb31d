/* SPDX-License-Identifier: GPL-2.0 */
/*
 * In front of a program of tests/unit that is included for its functions:
 * gives its main() another name.
 */
#include <linux/compiler.h>

static int __maybe_unused unit_main(void);
#define main(...) __maybe_unused unit_main(__VA_ARGS__)

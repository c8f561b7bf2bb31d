/* SPDX-License-Identifier: GPL-2.0 */
/* Test Anything Protocol, as run.sh reads it. */
#ifndef _KAPOLICY_TAP_H
#define _KAPOLICY_TAP_H

#include <stdbool.h>

void tap_plan(unsigned int tests);
bool tap_ok(bool ok, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void tap_todo(const char *why, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void tap_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
int tap_done(void);

/* No result is worth anything behind this. */
void tap_bail(const char *fmt, ...)
	__attribute__((format(printf, 1, 2), noreturn));

#endif /* _KAPOLICY_TAP_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* A program that sets options of its socket while the module is at work on it. */
#ifndef _KAPOLICY_KUNIT_MEDDLE_H
#define _KAPOLICY_KUNIT_MEDDLE_H

#include "rule/rule.h"

struct sock;

/*
 * When: all was found unset; it was decided what to set; one option was found
 * to be what it was, and is to be replaced by an atomic operation.
 */
enum meddle_at {
	MEDDLE_NEVER, MEDDLE_UNTOUCHED, MEDDLE_DECIDED, MEDDLE_REPLACING,
};

/* For the tests. */
void kapt_meddle_with(struct sock *sk, enum meddle_at at,
		      const struct kap_values *v);
bool kapt_meddled(void);

/* What the module calls by way of meddle_calls.h. */
unsigned int kapt_meddle(enum meddle_at at, unsigned int result);

#endif /* _KAPOLICY_KUNIT_MEDDLE_H */

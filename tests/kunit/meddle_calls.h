/* SPDX-License-Identifier: GPL-2.0 */
/* As alloc.h, for conn.c: between its looking and its setting comes meddle.c. */
#ifndef _KAPOLICY_KUNIT_MEDDLE_CALLS_H
#define _KAPOLICY_KUNIT_MEDDLE_CALLS_H

#include "conn/trace.h"
#include "meddle.h"
#include "rule/decide.h"

/* The last thing asked before a socket counts as untouched. */
#define trace_kapolicy_apply_enabled() \
	kapt_meddle(MEDDLE_UNTOUCHED, trace_kapolicy_apply_enabled())
#define kap_rule_decide(rule, app, to) \
	kapt_meddle(MEDDLE_DECIDED, kap_rule_decide(rule, app, to))

#endif /* _KAPOLICY_KUNIT_MEDDLE_CALLS_H */

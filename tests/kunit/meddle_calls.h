/* SPDX-License-Identifier: GPL-2.0 */
/* As alloc.h: between looking at an option and setting it comes meddle.c. */
#ifndef _KAPOLICY_KUNIT_MEDDLE_CALLS_H
#define _KAPOLICY_KUNIT_MEDDLE_CALLS_H

#include "compat/linux/atomic.h"
#include "meddle.h"

static inline u32 kapt_cmpxchg(void *p, size_t size, u32 old, u32 new)
{
	kapt_meddle(MEDDLE_REPLACING, 0);
	return size == 1 ? kap_cmpxchg((u8 *)p, old, new) :
			   kap_cmpxchg((u32 *)p, old, new);
}

#undef kap_cmpxchg
#define kap_cmpxchg(p, old, new)	kapt_cmpxchg(p, sizeof(*(p)), old, new)

/* What is inline there shall see that. */
#include "conn/trace.h"
#include "rule/decide.h"

/* The last thing asked before a socket counts as untouched. */
#define trace_kapolicy_apply_enabled() \
	kapt_meddle(MEDDLE_UNTOUCHED, trace_kapolicy_apply_enabled())
#define kap_rule_decide(rule, app, to) \
	kapt_meddle(MEDDLE_DECIDED, kap_rule_decide(rule, app, to))

#endif /* _KAPOLICY_KUNIT_MEDDLE_CALLS_H */

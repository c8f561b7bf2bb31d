/* SPDX-License-Identifier: GPL-2.0 */
/* As alloc.h, for stage.c: UML has no kprobes; most tests are of kernels that do. */
#ifndef _KAPOLICY_KUNIT_FEATURES_CALLS_H
#define _KAPOLICY_KUNIT_FEATURES_CALLS_H

#include "conn/hook.h"
#include "probe.h"

#define kap_hook_can_hold()	(kapt_can_hold || kap_hook_can_hold())
#define kap_hook_can_stall()	(kapt_can_stall || kap_hook_can_stall())

#endif /* _KAPOLICY_KUNIT_FEATURES_CALLS_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* As alloc.h: for hook.c, which has this header anyway. Not all can have it. */
#ifndef _KAPOLICY_KUNIT_ALLOC_PROBE_H
#define _KAPOLICY_KUNIT_ALLOC_PROBE_H

#include <linux/tracepoint.h>

#include "fault.h"

#define tracepoint_probe_register(tp, probe, data) \
	kapt_probe_register(tp, probe, data)

#endif /* _KAPOLICY_KUNIT_ALLOC_PROBE_H */

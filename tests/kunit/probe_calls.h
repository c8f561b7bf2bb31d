/* SPDX-License-Identifier: GPL-2.0 */
/* As alloc.h, for hook.c: what it asks of its tracepoint passes by probe.c. */
#ifndef _KAPOLICY_KUNIT_PROBE_CALLS_H
#define _KAPOLICY_KUNIT_PROBE_CALLS_H

#include <linux/tracepoint.h>

#include "probe.h"

#define tracepoint_probe_register(tp, probe, data) \
	kapt_probe_register(tp, probe, data)
#define tracepoint_synchronize_unregister()	kapt_probe_synchronize()

#endif /* _KAPOLICY_KUNIT_PROBE_CALLS_H */

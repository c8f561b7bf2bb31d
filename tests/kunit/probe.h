/* SPDX-License-Identifier: GPL-2.0 */
/* The probe of hook.c: its registration can fail, and it can be late. */
#ifndef _KAPOLICY_KUNIT_PROBE_H
#define _KAPOLICY_KUNIT_PROBE_H

#include <linux/types.h>

struct sock;
struct tracepoint;

/* For the tests. */
void kapt_probe_late(struct sock *sk);

/* What hook.c calls by way of probe_calls.h. */
int kapt_probe_register(struct tracepoint *tp, void *probe, void *data);
void kapt_probe_synchronize(void);

/* What rules believe that this kernel can. True but in tests of that. */
extern bool kapt_can_hold, kapt_can_stall;

#endif /* _KAPOLICY_KUNIT_PROBE_H */

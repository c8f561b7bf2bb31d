/* SPDX-License-Identifier: GPL-2.0 */
/* How long a dead peer stays unnoticed. Pure. */
#ifndef _KAPCTL_UNNOTICED_H
#define _KAPCTL_UNNOTICED_H

#include "rule/rule.h"

/* Milliseconds that never end. */
#define KAP_NEVER	U64_MAX

/**
 * struct kap_retries - what limits retransmission
 * @retries2: net.ipv4.tcp_retries2 of the namespace
 * @rto: first retransmission timeout, ms
 * @rto_max: longest retransmission timeout, ms
 */
struct kap_retries {
	u32 retries2;
	u32 rto;
	u32 rto_max;
};

u64 kap_unnoticed_idle(const struct kap_values *v);
u64 kap_unnoticed_busy(const struct kap_values *v, const struct kap_retries *r);

#endif /* _KAPCTL_UNNOTICED_H */

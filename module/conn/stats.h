/* SPDX-License-Identifier: GPL-2.0 */
/* Counters over all rules. */
#ifndef _KAPOLICY_STATS_H
#define _KAPOLICY_STATS_H

#include <linux/percpu.h>

#include "rule/rule.h"

#define KAP_STAT_CONNECTIONS	KAP_COUNT_NR
#define KAP_STAT_NR		(KAP_COUNT_NR + 1)

/* Like "matched" of a rule: here are those no rule matched. */
#define KAP_STAT_UNMATCHED	KAP_STAT_CONNECTIONS

/* Wrap at the size of a long, as the counters of /proc/net/snmp do. */
struct kap_stats {
	unsigned long n[KAP_STAT_NR];
};

DECLARE_PER_CPU(struct kap_stats, kap_stats);

static inline void kap_stats_inc(unsigned int stat)
{
	this_cpu_inc(kap_stats.n[stat]);
}

unsigned long kap_stats_sum(unsigned int stat);

#endif /* _KAPOLICY_STATS_H */

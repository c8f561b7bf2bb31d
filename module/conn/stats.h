/* SPDX-License-Identifier: GPL-2.0 */
/* Counters over all rules. */
#ifndef _KAPOLICY_STATS_H
#define _KAPOLICY_STATS_H

#include <linux/percpu.h>

#include "rule/rule.h"

/*
 * What is counted beyond enum kap_count: new connections without a rule, and
 * changes by programs that nothing could be done about for want of memory.
 */
#define KAP_STAT_UNMATCHED	KAP_COUNT_NR
#define KAP_STAT_NOT_HELD	(KAP_COUNT_NR + 1)
#define KAP_STAT_NR		(KAP_COUNT_NR + 2)

/* What is shown beyond enum kap_shown: all new connections, and the latter. */
#define KAP_SHOWN_CONNECTIONS	KAP_SHOWN_NR
#define KAP_SHOWN_NOT_HELD	(KAP_SHOWN_NR + 1)
#define KAP_SHOWN_STATS		(KAP_SHOWN_NR + 2)

/* Wrap at the size of a long, as the counters of /proc/net/snmp do. */
struct kap_stats {
	unsigned long n[KAP_STAT_NR];
};

DECLARE_PER_CPU(struct kap_stats, kap_stats);

static inline void kap_stats_inc(unsigned int stat)
{
	this_cpu_inc(kap_stats.n[stat]);
}

/**
 * kap_stats_count - count what became of a connection a rule won
 * @rule: the rule
 * @what: for the rule and for the sum over all rules
 *
 * Context: any; the caller or its rule set holds @rule.
 */
static __always_inline void kap_stats_count(struct kap_rule *rule,
					    enum kap_count what)
{
	struct kap_counts __percpu *percpu = READ_ONCE(rule->percpu);

	if (likely(percpu))
		this_cpu_inc(percpu->n[what]);
	else
		atomic64_inc(&rule->counts[what]);
	kap_stats_inc(what);
}

unsigned long kap_stats_sum(unsigned int shown);

#endif /* _KAPOLICY_STATS_H */

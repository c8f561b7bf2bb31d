// SPDX-License-Identifier: GPL-2.0
#include "conn/stats.h"

#include <linux/cpumask.h>

DEFINE_PER_CPU(struct kap_stats, kap_stats);

static unsigned long sum(unsigned int stat)
{
	unsigned long n = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		n += READ_ONCE(per_cpu_ptr(&kap_stats, cpu)->n[stat]);
	return n;
}

/**
 * kap_stats_sum - add up what is shown as one file of stats/
 * @shown: enum kap_shown, KAP_SHOWN_CONNECTIONS or KAP_SHOWN_NOT_HELD
 *
 * Context: any.
 * Return: connections since load; for the two of HELD, changes.
 */
unsigned long kap_stats_sum(unsigned int shown)
{
	unsigned long matched;

	switch (shown) {
	case KAP_SHOWN_APPLIED:
		return sum(KAP_COUNT_APPLIED);
	case KAP_SHOWN_APP_SET:
		return sum(KAP_COUNT_APP_SET);
	case KAP_SHOWN_HELD:
		return sum(KAP_COUNT_HELD);
	case KAP_SHOWN_NOT_HELD:
		return sum(KAP_STAT_NOT_HELD);
	case KAP_SHOWN_TIMED_OUT:
		return sum(KAP_COUNT_TIMED_OUT);
	default:
		matched = sum(KAP_COUNT_APPLIED) + sum(KAP_COUNT_APP_SET) +
			  sum(KAP_COUNT_SKIPPED);
		return shown == KAP_SHOWN_MATCHED ?
		       matched : matched + sum(KAP_STAT_UNMATCHED);
	}
}

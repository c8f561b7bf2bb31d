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
 * kap_stats_sum - a counter over all CPUs
 * @stat: enum kap_count or KAP_STAT_CONNECTIONS
 *
 * Context: any.
 * Return: connections since load.
 */
unsigned long kap_stats_sum(unsigned int stat)
{
	unsigned long n = sum(stat);

	if (stat == KAP_COUNT_MATCHED || stat == KAP_STAT_CONNECTIONS)
		n += sum(KAP_COUNT_APPLIED) + sum(KAP_COUNT_APP_SET);
	if (stat == KAP_STAT_CONNECTIONS)
		n += sum(KAP_COUNT_SKIPPED);
	return n;
}

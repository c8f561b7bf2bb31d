// SPDX-License-Identifier: GPL-2.0
#include "ruleset/counters.h"

#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/percpu.h>
#include <linux/sched.h>

/**
 * kap_counters_alloc - give the rules of a set counters of each processor
 * @rules: the rules; those of the present set may be in use by the probe
 * @n: how many; above KAP_PERCPU_RULES nothing is done
 *
 * A rule keeps its counters for as long as it lives, also in a larger set.
 *
 * Context: process, may sleep; under the lock of policy.c.
 * Return: 0 or -ENOMEM, then some rules have them.
 */
int kap_counters_alloc(struct kap_rule *const *rules, u32 n)
{
	struct kap_counts __percpu *percpu;
	u32 i;

	if (n > KAP_PERCPU_RULES)
		return 0;
	for (i = 0; i < n; i++) {
		if (rules[i]->percpu)
			continue;
		percpu = alloc_percpu(struct kap_counts);
		if (!percpu)
			return -ENOMEM;
		/* a probe that sees the pointer finds zeros behind it */
		smp_store_release(&rules[i]->percpu, percpu);
		cond_resched();
	}
	return 0;
}

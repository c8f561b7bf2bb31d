/* SPDX-License-Identifier: GPL-2.0 */
/* Under -icount shift=0 the time stamp counter counts instructions. */
#ifndef KAPBENCH_CLOCK_H
#define KAPBENCH_CLOCK_H

#include <time.h>

#include "bench.h"

enum ticker { BY_TSC, BY_THREAD, BY_MONOTONIC };

static inline uint64_t tick(enum ticker by)
{
	uint32_t lo, hi;

	if (by == BY_TSC) {
		asm volatile("rdtsc" : "=a"(lo), "=d"(hi) : : "memory");
		return (uint64_t)hi << 32 | lo;
	}
	return now_ns(by == BY_THREAD ? CLOCK_THREAD_CPUTIME_ID :
					CLOCK_MONOTONIC);
}

#endif

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KAPBENCH_MEMORY_H
#define KAPBENCH_MEMORY_H

#include "bench.h"

struct memory {
	long free, slab, vmalloc;	/* KB */
};

struct memory memory_settled(void);

#endif

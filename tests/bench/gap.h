/* SPDX-License-Identifier: GPL-2.0 */
/* How long everybody else is kept off the CPU. */
#ifndef KAPBENCH_GAP_H
#define KAPBENCH_GAP_H

#include <stdint.h>

void gap_watch(void);
uint64_t gap_end(void);

#endif

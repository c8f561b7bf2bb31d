/* SPDX-License-Identifier: GPL-2.0 */
/* Sorts without keeping a CPU for long. Pure. */
#ifndef _KAPOLICY_SORT_H
#define _KAPOLICY_SORT_H

#include <linux/types.h>

#define KAP_SORT_RUN	2048	/* elements between two reschedule points */

void kap_sort(void *v, void *spare, u32 n, size_t size,
	      int (*cmp)(const void *a, const void *b));

#endif /* _KAPOLICY_SORT_H */

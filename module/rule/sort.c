// SPDX-License-Identifier: GPL-2.0
#include "rule/sort.h"

#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/sort.h>
#include <linux/string.h>

/* Merges [a, mid) and [mid, end), both sorted, into @to. */
static void merge(char *to, const char *a, const char *mid, const char *end,
		  size_t size, int (*cmp)(const void *a, const void *b))
{
	const char *b = mid;
	u32 n;

	for (n = 1; a < mid && b < end; n++, to += size) {
		const char **least = cmp(a, b) <= 0 ? &a : &b;

		memcpy(to, *least, size);
		*least += size;
		if (n % KAP_SORT_RUN == 0)
			cond_resched();
	}
	memcpy(to, a, mid - a);
	memcpy(to + (mid - a), b, end - b);
}

/**
 * kap_sort - sort an array of any size
 * @v: the array
 * @spare: room for as many elements; not used up to KAP_SORT_RUN of them
 * @n: number of elements
 * @size: size of an element
 * @cmp: less than, equal to or greater than 0, as for sort()
 *
 * sort() keeps the CPU until it is done, for 131,072 elements that is too long.
 *
 * Context: process, may sleep.
 */
void kap_sort(void *v, void *spare, u32 n, size_t size,
	      int (*cmp)(const void *a, const void *b))
{
	char *from = v, *to = spare;
	size_t i, run, all = n * size;

	for (i = 0; i < n; i += KAP_SORT_RUN) {
		sort(from + i * size, min_t(size_t, n - i, KAP_SORT_RUN), size,
		     cmp, NULL);
		cond_resched();
	}
	for (run = KAP_SORT_RUN * size; run < all; run *= 2) {
		for (i = 0; i < all; i += 2 * run)
			merge(to + i, from + i, from + min(i + run, all),
			      from + min(i + 2 * run, all), size, cmp);
		swap(from, to);
	}
	if (from != v)
		memcpy(v, from, all);
}

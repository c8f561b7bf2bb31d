/* SPDX-License-Identifier: GPL-2.0 */
/* Arrays that may be large. Pure. */
#ifndef _KAPOLICY_ARRAY_H
#define _KAPOLICY_ARRAY_H

#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#define KAP_COPY_STEP	BIT(20)	/* bytes copied before others may run */

/**
 * kap_array_alloc - allocate an array
 * @n: elements; may be 0
 * @size: of each
 *
 * kvmalloc() warns when it is asked for more than INT_MAX bytes.
 *
 * Context: process, may sleep.
 * Return: the array, not zeroed, for kvfree(); NULL when out of memory or when
 *	it would be too large.
 */
static inline void *kap_array_alloc(u64 n, u32 size)
{
	n += !n;
	return n > INT_MAX / size ? NULL : kvmalloc(n * size, GFP_KERNEL);
}

/**
 * kap_array_resize - move an array to memory of another size
 * @v: the array; freed on success
 * @used: elements that are kept
 * @n: elements there is to be room for
 * @size: of each
 *
 * Context: process, may sleep; lets others run now and then.
 * Return: the new array, or NULL, then nothing has changed.
 */
static inline void *kap_array_resize(void *v, u64 used, u64 n, u32 size)
{
	char *to = kap_array_alloc(n, size);
	size_t at, bytes = used * size;

	for (at = 0; to && at < bytes; at += KAP_COPY_STEP) {
		memcpy(to + at, (char *)v + at,
		       min_t(size_t, bytes - at, KAP_COPY_STEP));
		cond_resched();
	}
	if (to)
		kvfree(v);
	return to;
}

/**
 * kap_array_pause - let others run, in a loop that may be long
 * @i: number of the step
 *
 * Context: process, may sleep.
 */
static inline void kap_array_pause(u32 i)
{
	if (!(i % 1024))
		cond_resched();
}

#endif /* _KAPOLICY_ARRAY_H */

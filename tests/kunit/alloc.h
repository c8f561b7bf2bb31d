/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Kbuild has each of the module's own sources include this first, so that what
 * they allocate passes by fault.c.
 */
#ifndef _KAPOLICY_KUNIT_ALLOC_H
#define _KAPOLICY_KUNIT_ALLOC_H

#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "fault.h"

/* Newer kernels have macros of these names. */
#undef kmalloc
#undef kzalloc
#undef kfree
#undef kvmalloc
#undef kvzalloc
#undef kvmalloc_array
#undef kvcalloc
#undef kvfree
#undef alloc_percpu
#undef free_percpu
#undef alloc_workqueue
#undef destroy_workqueue

#define kmalloc(size, gfp)		kapt_kmalloc(size, gfp)
#define kzalloc(size, gfp)		kapt_kmalloc(size, (gfp) | __GFP_ZERO)
#define kfree(p)			kapt_kfree(p)
#define kvmalloc(size, gfp)		kapt_kvmalloc(size, gfp)
#define kvzalloc(size, gfp)		kapt_kvmalloc(size, (gfp) | __GFP_ZERO)
#define kvmalloc_array(n, size, gfp) \
	kapt_kvmalloc(array_size(n, size), gfp)
#define kvcalloc(n, size, gfp) \
	kapt_kvmalloc(array_size(n, size), (gfp) | __GFP_ZERO)
#define kvfree(p)			kapt_kvfree(p)
#define alloc_percpu(type) \
	((typeof(type) __percpu *)kapt_alloc_percpu(sizeof(type), \
						    __alignof__(type)))
#define free_percpu(p)			kapt_free_percpu(p)
#define alloc_workqueue(name, flags, most) \
	kapt_alloc_workqueue(name, flags, most)
#define destroy_workqueue(wq)		kapt_destroy_workqueue(wq)

#endif /* _KAPOLICY_KUNIT_ALLOC_H */

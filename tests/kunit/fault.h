/* SPDX-License-Identifier: GPL-2.0 */
/* Allocations of the module's own sources, counted and failing on demand. */
#ifndef _KAPOLICY_KUNIT_FAULT_H
#define _KAPOLICY_KUNIT_FAULT_H

#include <linux/types.h>

struct workqueue_struct;

/* For the tests. */
void kapt_fail_at(unsigned int which);
bool kapt_failed(void);
long kapt_live(void);
void kapt_drain(void);

/* Is it this one that is to fail? */
bool kapt_fails(void);

/* What the sources call by way of alloc.h. */
void *kapt_kmalloc(size_t size, gfp_t gfp);
void *kapt_kvmalloc(size_t size, gfp_t gfp);
void kapt_kfree(const void *p);
void kapt_kvfree(const void *p);
void __percpu *kapt_alloc_percpu(size_t size, size_t align);
void kapt_free_percpu(void __percpu *p);
struct workqueue_struct *kapt_alloc_workqueue(const char *name,
					      unsigned int flags, int most);
void kapt_destroy_workqueue(struct workqueue_struct *wq);

#endif /* _KAPOLICY_KUNIT_FAULT_H */

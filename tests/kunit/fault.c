// SPDX-License-Identifier: GPL-2.0
#include "fault.h"

#include <linux/atomic.h>
#include <linux/bug.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

static atomic_long_t live;	/* allocations that have not been freed */
static unsigned int fail_in;	/* the one to fail, counted down; 0: none */
static bool failed;
static struct workqueue_struct *free_wq;	/* where rule sets are freed */

/**
 * kapt_fail_at - have an allocation fail
 * @which: the next is 1; 0: none
 */
void kapt_fail_at(unsigned int which)
{
	fail_in = which;
	failed = false;
}

/* Has it come to that allocation since? */
bool kapt_failed(void)
{
	return failed;
}

long kapt_live(void)
{
	return atomic_long_read(&live);
}

/* Waits until every rule set that was replaced is freed. */
void kapt_drain(void)
{
	rcu_barrier();
	if (free_wq)
		flush_workqueue(free_wq);
}

/* Is this the one? Only tasks get here: the probe must not allocate. */
bool kapt_fails(void)
{
	WARN_ON_ONCE(!in_task());
	if (!fail_in || --fail_in)
		return false;
	failed = true;
	return true;
}

static void *count(void *p)
{
	if (p)
		atomic_long_inc(&live);
	return p;
}

static void uncount(const void *p)
{
	if (p)
		atomic_long_dec(&live);
}

void *kapt_kmalloc(size_t size, gfp_t gfp)
{
	return kapt_fails() ? NULL : count(kmalloc(size, gfp));
}

void *kapt_kvmalloc(size_t size, gfp_t gfp)
{
	return kapt_fails() ? NULL : count(kvmalloc(size, gfp));
}

void kapt_kfree(const void *p)
{
	uncount(p);
	kfree(p);
}

void kapt_kvfree(const void *p)
{
	uncount(p);
	kvfree(p);
}

void __percpu *kapt_alloc_percpu(size_t size, size_t align)
{
	void __percpu *p;

	if (kapt_fails())
		return NULL;
	p = __alloc_percpu(size, align);
	if (p)
		atomic_long_inc(&live);
	return p;
}

void kapt_free_percpu(void __percpu *p)
{
	if (p)
		atomic_long_dec(&live);
	free_percpu(p);
}

struct workqueue_struct *kapt_alloc_workqueue(const char *name,
					      unsigned int flags, int most)
{
	if (kapt_fails())
		return NULL;
	free_wq = count(alloc_workqueue("%s", flags, most, name));
	return free_wq;
}

void kapt_destroy_workqueue(struct workqueue_struct *wq)
{
	uncount(wq);
	free_wq = NULL;
	destroy_workqueue(wq);
}

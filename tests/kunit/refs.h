/* SPDX-License-Identifier: GPL-2.0 */
/* References that are taken where only RCU keeps what they are on. */
#ifndef _KAPOLICY_KUNIT_REFS_H
#define _KAPOLICY_KUNIT_REFS_H

#include <linux/rcupdate.h>
#include <linux/refcount.h>

/* How many were taken, and how many of them outside a read-side section. */
extern u32 kapt_refs_taken, kapt_refs_unprotected;

/* What policy.c calls by way of refs_calls.h. */
static inline void kapt_refcount_inc(refcount_t *refs)
{
	kapt_refs_taken++;
	kapt_refs_unprotected += !rcu_read_lock_held();
	refcount_inc(refs);
}

#endif /* _KAPOLICY_KUNIT_REFS_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* As alloc.h, for policy.c: its references are counted by refs.h. */
#ifndef _KAPOLICY_KUNIT_REFS_CALLS_H
#define _KAPOLICY_KUNIT_REFS_CALLS_H

#include "refs.h"

#define refcount_inc(refs)	kapt_refcount_inc(refs)

#endif /* _KAPOLICY_KUNIT_REFS_CALLS_H */

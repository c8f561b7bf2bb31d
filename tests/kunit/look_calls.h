/* SPDX-License-Identifier: GPL-2.0 */
/* As alloc.h, for view.c: before it looks at a view in its list comes look.c. */
#ifndef _KAPOLICY_KUNIT_LOOK_CALLS_H
#define _KAPOLICY_KUNIT_LOOK_CALLS_H

#include <linux/list.h>

#include "look.h"

#undef list_for_each_entry
#define list_for_each_entry(pos, head, member) \
	for ((pos) = list_first_entry(head, typeof(*(pos)), member); \
	     &(pos)->member != (head) && kapt_look(); \
	     (pos) = list_next_entry(pos, member))

#endif /* _KAPOLICY_KUNIT_LOOK_CALLS_H */

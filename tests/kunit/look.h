/* SPDX-License-Identifier: GPL-2.0 */
/* A work item that looks for a closed file, held up while it looks at views. */
#ifndef _KAPOLICY_KUNIT_LOOK_H
#define _KAPOLICY_KUNIT_LOOK_H

#include <linux/types.h>

/* For the tests. */
void kapt_look_slowly(void);
bool kapt_looking(unsigned int ms);

/* What view.c calls by way of look_calls.h. */
bool kapt_look(void);

#endif /* _KAPOLICY_KUNIT_LOOK_H */

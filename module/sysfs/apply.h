/* SPDX-License-Identifier: GPL-2.0 */
/* The file "apply": has the rules applied to connections that exist. */
#ifndef _KAPOLICY_SYSFS_APPLY_H
#define _KAPOLICY_SYSFS_APPLY_H

#include <linux/sysfs.h>

extern const struct bin_attribute kap_apply_attr;

#endif /* _KAPOLICY_SYSFS_APPLY_H */

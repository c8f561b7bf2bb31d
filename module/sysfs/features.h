/* SPDX-License-Identifier: GPL-2.0 */
/* The files of features/: what this kernel lets the module do. */
#ifndef _KAPOLICY_FEATURES_H
#define _KAPOLICY_FEATURES_H

#include <linux/sysfs.h>

extern const struct attribute_group kap_features_group;

#endif /* _KAPOLICY_FEATURES_H */

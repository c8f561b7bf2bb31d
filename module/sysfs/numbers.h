/* SPDX-License-Identifier: GPL-2.0 */
/* The files that hold one number each. */
#ifndef _KAPOLICY_NUMBERS_H
#define _KAPOLICY_NUMBERS_H

#include <linux/sysfs.h>

extern const struct bin_attribute kap_enabled_attr;
extern const struct bin_attribute kap_max_rules_attr;
extern const struct attribute_group kap_numbers_group;
extern const struct attribute_group kap_stats_group;

#endif /* _KAPOLICY_NUMBERS_H */

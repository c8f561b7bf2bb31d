/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KAPOLICY_SYSFS_H
#define _KAPOLICY_SYSFS_H

int kap_sysfs_init(void);
void kap_sysfs_exit(void);

#endif /* _KAPOLICY_SYSFS_H */

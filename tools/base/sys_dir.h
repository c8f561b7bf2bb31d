/* SPDX-License-Identifier: GPL-2.0 */
/* Where sysfs is. */
#ifndef _KAPCTL_SYS_DIR_H
#define _KAPCTL_SYS_DIR_H

const char *kap_sys_dir(void);

#endif /* _KAPCTL_SYS_DIR_H */

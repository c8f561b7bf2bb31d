/* SPDX-License-Identifier: GPL-2.0 */
/* Where cgroups are. */
#ifndef _KAPCTL_HOST_CGROUP_H
#define _KAPCTL_HOST_CGROUP_H

char *kap_cgroup_mount(void);
char *kap_cgroup_own(void);

#endif /* _KAPCTL_HOST_CGROUP_H */

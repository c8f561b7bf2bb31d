/* SPDX-License-Identifier: GPL-2.0 */
/* Paths of cgroups by id. */
#ifndef _KAPCTL_SEE_CGROUP_H
#define _KAPCTL_SEE_CGROUP_H

#include <stdbool.h>

#include "rule/rule.h"

/**
 * struct kap_cgroups - the cgroups there are
 * @root: those asked for, a tree of tsearch()
 * @mount: where cgroup2 is, or NULL
 * @fd: a descriptor of it, or -1
 * @read: all are in @root
 */
struct kap_cgroups {
	void *root;
	char *mount;
	int fd;
	bool read;
};

void kap_cgroups_start(struct kap_cgroups *all);
const char *kap_cgroups_find(struct kap_cgroups *all, u64 id);
void kap_cgroups_free(struct kap_cgroups *all);

#endif /* _KAPCTL_SEE_CGROUP_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* Change the rules in force, and report why the module refuses. */
#ifndef _KAPCTL_APPLY_H
#define _KAPCTL_APPLY_H

#include "host/sysfs.h"
#include "rules/source.h"

int kap_apply(enum kap_change change, const struct kap_source *source,
	      size_t n);
int kap_apply_behind(const char *front, const struct kap_source *source);

#endif /* _KAPCTL_APPLY_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* Where the cgroup of a systemd unit is. */
#ifndef _KAPCTL_UNIT_H
#define _KAPCTL_UNIT_H

#include <stdbool.h>
#include <stddef.h>

bool kap_unit_is(const char *name, size_t len);
char *kap_unit_path(const char *name, size_t len);

#endif /* _KAPCTL_UNIT_H */

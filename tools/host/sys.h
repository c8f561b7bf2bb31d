/* SPDX-License-Identifier: GPL-2.0 */
/* What the host says of itself. */
#ifndef _KAPCTL_SYS_H
#define _KAPCTL_SYS_H

#include <stddef.h>

int kap_sys_peek(const char *path, char *buf, size_t size);

#endif /* _KAPCTL_SYS_H */

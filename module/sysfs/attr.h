/* SPDX-License-Identifier: GPL-2.0 */
/* What the files that hold one value share: permission to write, numbers. */
#ifndef _KAPOLICY_ATTR_H
#define _KAPOLICY_ATTR_H

#include <linux/types.h>

struct file;

bool kap_attr_may_write(const struct file *file);
ssize_t kap_attr_number_read(u32 n, char *buf, loff_t off, size_t len);
int kap_attr_number_parse(const char *buf, size_t len, u32 max, u32 *n);

#endif /* _KAPOLICY_ATTR_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* Writes to the rules file: lines, commands, errors. */
#ifndef _KAPOLICY_WRITE_H
#define _KAPOLICY_WRITE_H

#include <linux/types.h>

struct file;

int kap_write_init(void);
void kap_write_exit(void);
ssize_t kap_write(struct file *file, const char *buf, loff_t off, size_t len);
ssize_t kap_write_last_error(char *buf, size_t size);
ssize_t kap_write_file_error(struct file *file, char *buf, loff_t off,
			     size_t len);

#endif /* _KAPOLICY_WRITE_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* Reads of the rules and counters files, consistent over many read(2) calls. */
#ifndef _KAPOLICY_VIEW_H
#define _KAPOLICY_VIEW_H

#include <linux/types.h>

#include "rule/rule.h"

struct file;

/* kap_format_line() or kap_format_counters() */
typedef size_t (*kap_view_fn)(const struct kap_rule *rule, char *buf,
			      size_t size);

ssize_t kap_view_read(struct file *file, kap_view_fn format, char *buf,
		      loff_t off, size_t len);
bool kap_view_file_closed(struct file *file);
void kap_view_exit(void);

#endif /* _KAPOLICY_VIEW_H */

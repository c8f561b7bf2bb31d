/* SPDX-License-Identifier: GPL-2.0 */
/* Reads of the rules and counters files, consistent over many read(2) calls. */
#ifndef _KAPOLICY_VIEW_H
#define _KAPOLICY_VIEW_H

#include <linux/jiffies.h>
#include <linux/types.h>

#include "rule/rule.h"

struct file;

/*
 * Views and transactions (txn.c) are state of an open file, but sysfs does not
 * say when a file is closed. So each holds the struct file: its address cannot
 * come to mean another open file, and once only our references are left, the
 * file has been closed. A held file keeps its mount busy and its network
 * namespace alive, so while any is held, this is how often we look for it.
 */
#define KAP_SWEEP_INTERVAL	HZ

/* kap_format_line() or kap_format_counters() */
typedef size_t (*kap_view_fn)(const struct kap_rule *rule, char *buf,
			      size_t size);

ssize_t kap_view_read(struct file *file, kap_view_fn format, char *buf,
		      loff_t off, size_t len);
bool kap_view_file_closed(struct file *file);
void kap_view_exit(void);

#endif /* _KAPOLICY_VIEW_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* The files of the module in /sys. */
#ifndef _KAPCTL_SYSFS_H
#define _KAPCTL_SYSFS_H

#include <stdbool.h>
#include <stddef.h>

struct kap_source;

/**
 * struct kap_refusal - why the module refused a change
 * @err: errno value
 * @line: line of the text, from 1; 0 when it is none of them
 * @col: first offending column
 * @end: last offending column
 * @message: its words; empty when it left none
 */
struct kap_refusal {
	int err;
	unsigned int line;
	unsigned int col;
	unsigned int end;
	char message[128];
};

enum kap_change { KAP_CHANGE_SOME, KAP_CHANGE_ALL };

int kap_sysfs_require(void);
char *kap_sysfs_path(const char *name);
bool kap_sysfs_source(struct kap_source *source, const char *name);
bool kap_sysfs_number(const char *name, unsigned long long *number);
int kap_sysfs_put(const char *name, const char *value);
bool kap_sysfs_set(const char *name, const char *value);
bool kap_sysfs_change(enum kap_change change, const char *text, size_t len,
		      struct kap_refusal *refusal);

#endif /* _KAPCTL_SYSFS_H */

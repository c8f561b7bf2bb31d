/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KAPOLICY_COMPAT_LINUX_SYSFS_H
#define _KAPOLICY_COMPAT_LINUX_SYSFS_H

#include <linux/sysfs.h>

/*
 * Callbacks of a binary attribute get it as const since 6.16. The compiler
 * knows which: both kinds are made, and the one that fits is taken.
 */
#define KAP_BIN_CALLBACK(member, name) \
	.member = _Generic(((struct bin_attribute *)NULL)->member, \
		ssize_t (*)(struct file *, struct kobject *, \
			    struct bin_attribute *, char *, loff_t, size_t): \
			name##_mutable, \
		default: name##_const)

#define KAP_DEFINE_BIN_CALLBACK(name) \
static ssize_t __maybe_unused \
name##_mutable(struct file *file, struct kobject *kobj, \
	       struct bin_attribute *attr, char *buf, loff_t off, size_t len) \
{ \
	return name(file, buf, off, len); \
} \
static ssize_t __maybe_unused \
name##_const(struct file *file, struct kobject *kobj, \
	     const struct bin_attribute *attr, char *buf, loff_t off, \
	     size_t len) \
{ \
	return name(file, buf, off, len); \
}

#endif /* _KAPOLICY_COMPAT_LINUX_SYSFS_H */

// SPDX-License-Identifier: GPL-2.0
/* /sys/kernel/kapolicy: Documentation/ABI/testing/sysfs-kernel-kapolicy */
#include "sysfs/sysfs.h"

#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/kobject.h>

#include "compat/linux/sysfs.h"
#include "rule/format.h"
#include "sysfs/apply.h"
#include "sysfs/attr.h"
#include "sysfs/features.h"
#include "sysfs/numbers.h"
#include "sysfs/view.h"
#include "sysfs/write.h"

static struct kobject *root;	/* NULL before init and after exit */

static ssize_t rules_read(struct file *file, char *buf, loff_t off, size_t len)
{
	if (off >= KAP_ERROR_OFFSET)
		return kap_write_file_error(file, buf, off - KAP_ERROR_OFFSET,
					    len);
	return kap_view_read(file, kap_format_line, buf, off, len);
}

static ssize_t rules_write(struct file *file, char *buf, loff_t off, size_t len)
{
	if (!kap_attr_may_write(file))
		return -EPERM;
	return kap_write(file, buf, off, len);
}

static ssize_t counters_read(struct file *file, char *buf, loff_t off,
			     size_t len)
{
	return kap_view_read(file, kap_format_counters, buf, off, len);
}

KAP_DEFINE_BIN_CALLBACK(rules_read)
KAP_DEFINE_BIN_CALLBACK(rules_write)
KAP_DEFINE_BIN_CALLBACK(counters_read)

static const struct bin_attribute rules_attr = {
	.attr = { .name = "rules", .mode = 0600 },
	KAP_BIN_CALLBACK(read, rules_read),
	KAP_BIN_CALLBACK(write, rules_write),
};

static const struct bin_attribute counters_attr = {
	.attr = { .name = "counters", .mode = 0400 },
	KAP_BIN_CALLBACK(read, counters_read),
};

static ssize_t last_error_show(struct kobject *kobj,
			       struct kobj_attribute *attr, char *buf)
{
	return kap_write_last_error(buf, PAGE_SIZE);
}

static struct kobj_attribute last_error_attr =
	__ATTR(last_error, 0400, last_error_show, NULL);

/* The writable ones come last: nobody changes anything before all are there. */
static const struct bin_attribute *const bin_attrs[] = {
	&counters_attr,
	&kap_apply_attr,
	&kap_enabled_attr,
	&kap_max_rules_attr,
	&rules_attr,
};

static const struct attribute_group *const groups[] = {
	&kap_features_group,
	&kap_numbers_group,
	&kap_stats_group,
};

static int create_files(void)
{
	size_t i;
	int err = sysfs_create_file(root, &last_error_attr.attr);

	for (i = 0; !err && i < ARRAY_SIZE(groups); i++)
		err = sysfs_create_group(root, groups[i]);
	for (i = 0; !err && i < ARRAY_SIZE(bin_attrs); i++)
		err = sysfs_create_bin_file(root, bin_attrs[i]);
	return err;
}

/**
 * kap_sysfs_init - make the files
 *
 * Context: process, may sleep. Everything they lead to is ready.
 * Return: 0 or a negative errno value, then there are none.
 */
int kap_sysfs_init(void)
{
	int err = kap_write_init();

	if (err)
		return err;
	root = kobject_create_and_add("kapolicy", kernel_kobj);
	err = root ? create_files() : -ENOMEM;
	if (err)
		kap_sysfs_exit();
	return err;
}

/**
 * kap_sysfs_exit - remove the files and what is kept for open ones
 *
 * Waits for reads and writes in progress. Descriptors that are still open get
 * ENODEV from then on, from the kernel, not from us.
 *
 * Context: process, may sleep.
 */
void kap_sysfs_exit(void)
{
	/* this removes the files and waits, whoever still holds @root */
	kobject_del(root);
	kobject_put(root);
	root = NULL;
	/* transactions first: the search for closed files looks at views */
	kap_write_exit();
	kap_view_exit();
}

// SPDX-License-Identifier: GPL-2.0
/* /sys/kernel/kapolicy: Documentation/ABI/testing/sysfs-kernel-kapolicy */
#include "sysfs/sysfs.h"

#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/kobject.h>
#include <linux/string.h>
#include <linux/user_namespace.h>

#include "compat/linux/sysfs.h"
#include "conn/stats.h"
#include "policy/policy.h"
#include "rule/format.h"
#include "sysfs/view.h"
#include "sysfs/write.h"

static struct kobject *root;	/* constant from init to exit */

static ssize_t rules_read(struct file *file, char *buf, loff_t off, size_t len)
{
	return kap_view_read(file, kap_format_line, buf, off, len);
}

/*
 * Root alone will not do, nor a descriptor that somebody with more opened, nor
 * one that somebody with less hands to a program with more: to a setuid one as
 * its standard output, say. Only binary attributes are told the file.
 */
static bool may_write(const struct file *file)
{
	return capable(CAP_NET_ADMIN) &&
	       file_ns_capable(file, &init_user_ns, CAP_NET_ADMIN);
}

static ssize_t rules_write(struct file *file, char *buf, loff_t off, size_t len)
{
	if (!may_write(file))
		return -EPERM;
	return kap_write(file, buf, off, len);
}

static ssize_t counters_read(struct file *file, char *buf, loff_t off,
			     size_t len)
{
	return kap_view_read(file, kap_format_counters, buf, off, len);
}

static ssize_t number_read(u32 n, char *buf, loff_t off, size_t len)
{
	char text[16];
	int size = scnprintf(text, sizeof(text), "%u\n", n);

	return memory_read_from_buffer(buf, len, &off, text, size);
}

static int number_parse(const char *buf, size_t len, u32 max, u32 *n)
{
	char text[16];
	int err;

	if (len >= sizeof(text))
		return -EINVAL;
	memcpy(text, buf, len);
	text[len] = '\0';
	err = kstrtou32(text, 10, n);
	if (err)
		return err;
	return *n > max ? -EINVAL : 0;
}

static ssize_t enabled_read(struct file *file, char *buf, loff_t off,
			    size_t len)
{
	return number_read(kap_policy_enabled(), buf, off, len);
}

static ssize_t enabled_write(struct file *file, char *buf, loff_t off,
			     size_t len)
{
	u32 on;
	int err;

	if (!may_write(file))
		return -EPERM;
	/* kstrtobool() takes "1x" */
	err = number_parse(buf, len, 1, &on);
	if (!err)
		err = kap_policy_enable(on);
	return err ? err : len;
}

static ssize_t max_rules_read(struct file *file, char *buf, loff_t off,
			      size_t len)
{
	return number_read(kap_policy_max_rules(), buf, off, len);
}

static ssize_t max_rules_write(struct file *file, char *buf, loff_t off,
			       size_t len)
{
	u32 n;
	int err;

	if (!may_write(file))
		return -EPERM;
	err = number_parse(buf, len, KAP_RULES_MAX, &n);
	if (err)
		return err;
	kap_policy_set_max_rules(n);
	return len;
}

KAP_DEFINE_BIN_CALLBACK(rules_read)
KAP_DEFINE_BIN_CALLBACK(rules_write)
KAP_DEFINE_BIN_CALLBACK(counters_read)
KAP_DEFINE_BIN_CALLBACK(enabled_read)
KAP_DEFINE_BIN_CALLBACK(enabled_write)
KAP_DEFINE_BIN_CALLBACK(max_rules_read)
KAP_DEFINE_BIN_CALLBACK(max_rules_write)

static const struct bin_attribute rules_attr = {
	.attr = { .name = "rules", .mode = 0644 },
	KAP_BIN_CALLBACK(read, rules_read),
	KAP_BIN_CALLBACK(write, rules_write),
};

static const struct bin_attribute counters_attr = {
	.attr = { .name = "counters", .mode = 0444 },
	KAP_BIN_CALLBACK(read, counters_read),
};

static const struct bin_attribute enabled_attr = {
	.attr = { .name = "enabled", .mode = 0644 },
	KAP_BIN_CALLBACK(read, enabled_read),
	KAP_BIN_CALLBACK(write, enabled_write),
};

static const struct bin_attribute max_rules_attr = {
	.attr = { .name = "max_rules", .mode = 0644 },
	KAP_BIN_CALLBACK(read, max_rules_read),
	KAP_BIN_CALLBACK(write, max_rules_write),
};

static ssize_t generation_show(struct kobject *kobj,
			       struct kobj_attribute *attr, char *buf)
{
	struct kap_ruleset *set = kap_policy_get();
	ssize_t len = sysfs_emit(buf, "%llu\n", set->generation);

	kap_ruleset_put(set);
	return len;
}

static ssize_t last_error_show(struct kobject *kobj,
			       struct kobj_attribute *attr, char *buf)
{
	return kap_write_last_error(buf, PAGE_SIZE);
}

static ssize_t abi_version_show(struct kobject *kobj,
				struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", KAP_ABI_VERSION);
}

static struct kobj_attribute generation_attr = __ATTR_RO(generation);
static struct kobj_attribute last_error_attr = __ATTR_RO(last_error);
static struct kobj_attribute abi_version_attr = __ATTR_RO(abi_version);

static struct attribute *root_attrs[] = {
	&generation_attr.attr,
	&last_error_attr.attr,
	&abi_version_attr.attr,
	NULL
};

static const struct attribute_group root_group = {
	.attrs = root_attrs,
};

static ssize_t stat_show(struct kobject *kobj, struct kobj_attribute *attr,
			 char *buf);

#define STAT_ATTR(text) { \
	.attr = { .name = text, .mode = 0444 }, \
	.show = stat_show, \
}

static struct kobj_attribute stat_attr[KAP_SHOWN_STATS] = {
#define X(id, text) [KAP_SHOWN_##id] = STAT_ATTR(text),
	KAP_COUNTS(X)
#undef X
	[KAP_SHOWN_CONNECTIONS] = STAT_ATTR("connections"),
};

static ssize_t stat_show(struct kobject *kobj, struct kobj_attribute *attr,
			 char *buf)
{
	return sysfs_emit(buf, "%lu\n", kap_stats_sum(attr - stat_attr));
}

static struct attribute *stat_attrs[KAP_SHOWN_STATS + 1] = {
#define X(id, text) &stat_attr[KAP_SHOWN_##id].attr,
	KAP_COUNTS(X)
#undef X
	&stat_attr[KAP_SHOWN_CONNECTIONS].attr,
	NULL
};

static const struct attribute_group stats_group = {
	.name = "stats",
	.attrs = stat_attrs,
};

/**
 * kap_sysfs_init - make the files
 *
 * Context: process, may sleep. Everything they lead to is ready.
 * Return: 0 or a negative errno value, then there are none.
 */
int kap_sysfs_init(void)
{
	int err;

	root = kobject_create_and_add("kapolicy", kernel_kobj);
	if (!root)
		return -ENOMEM;
	err = sysfs_create_group(root, &root_group);
	if (!err)
		err = sysfs_create_group(root, &stats_group);
	if (!err)
		err = sysfs_create_bin_file(root, &enabled_attr);
	if (!err)
		err = sysfs_create_bin_file(root, &max_rules_attr);
	if (!err)
		err = sysfs_create_bin_file(root, &counters_attr);
	if (!err)
		err = sysfs_create_bin_file(root, &rules_attr);
	if (err)
		kap_sysfs_exit();
	return err;
}

/**
 * kap_sysfs_exit - remove the files
 *
 * Waits for reads and writes in progress. Descriptors that are still open get
 * ENODEV from then on, from the kernel, not from us.
 *
 * Context: process, may sleep.
 */
void kap_sysfs_exit(void)
{
	/* not left to the last reference: it is what removes and waits */
	kobject_del(root);
	kobject_put(root);
}

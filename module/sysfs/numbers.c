// SPDX-License-Identifier: GPL-2.0
#include "sysfs/numbers.h"

#include <linux/kobject.h>

#include "compat/linux/sysfs.h"
#include "conn/stats.h"
#include "policy/policy.h"
#include "sysfs/attr.h"

static ssize_t enabled_read(struct file *file, char *buf, loff_t off,
			    size_t len)
{
	return kap_attr_number_read(kap_policy_enabled(), buf, off, len);
}

static ssize_t enabled_write(struct file *file, char *buf, loff_t off,
			     size_t len)
{
	u32 on;
	int err;

	if (!kap_attr_may_write(file))
		return -EPERM;
	/* kstrtobool() takes "1x" */
	err = kap_attr_number_parse(buf, len, 1, &on);
	if (!err)
		err = kap_policy_enable(on);
	return err ? err : len;
}

static ssize_t max_rules_read(struct file *file, char *buf, loff_t off,
			      size_t len)
{
	return kap_attr_number_read(kap_policy_max_rules(), buf, off, len);
}

static ssize_t max_rules_write(struct file *file, char *buf, loff_t off,
			       size_t len)
{
	u32 n;
	int err;

	if (!kap_attr_may_write(file))
		return -EPERM;
	err = kap_attr_number_parse(buf, len, KAP_RULES_MAX, &n);
	if (err)
		return err;
	kap_policy_set_max_rules(n);
	return len;
}

KAP_DEFINE_BIN_CALLBACK(enabled_read)
KAP_DEFINE_BIN_CALLBACK(enabled_write)
KAP_DEFINE_BIN_CALLBACK(max_rules_read)
KAP_DEFINE_BIN_CALLBACK(max_rules_write)

const struct bin_attribute kap_enabled_attr = {
	.attr = { .name = "enabled", .mode = 0644 },
	KAP_BIN_CALLBACK(read, enabled_read),
	KAP_BIN_CALLBACK(write, enabled_write),
};

const struct bin_attribute kap_max_rules_attr = {
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

static ssize_t abi_version_show(struct kobject *kobj,
				struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", KAP_ABI_VERSION);
}

static struct kobj_attribute generation_attr = __ATTR_RO(generation);
static struct kobj_attribute abi_version_attr = __ATTR_RO(abi_version);

static struct attribute *number_attrs[] = {
	&generation_attr.attr,
	&abi_version_attr.attr,
	NULL
};

const struct attribute_group kap_numbers_group = {
	.attrs = number_attrs,
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
	[KAP_SHOWN_NOT_HELD] = STAT_ATTR("not_held"),
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
	&stat_attr[KAP_SHOWN_NOT_HELD].attr,
	NULL
};

const struct attribute_group kap_stats_group = {
	.name = "stats",
	.attrs = stat_attrs,
};

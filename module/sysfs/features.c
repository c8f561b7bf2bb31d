// SPDX-License-Identifier: GPL-2.0
#include "sysfs/features.h"

#include <linux/kobject.h>

#include "conn/hook.h"

static ssize_t hold_show(struct kobject *kobj, struct kobj_attribute *attr,
			 char *buf)
{
	return sysfs_emit(buf, "%d\n", kap_hook_can_hold());
}

static ssize_t stall_show(struct kobject *kobj, struct kobj_attribute *attr,
			  char *buf)
{
	return sysfs_emit(buf, "%d\n", kap_hook_can_stall());
}

static struct kobj_attribute hold_attr = __ATTR_RO(hold);
static struct kobj_attribute stall_attr = __ATTR_RO(stall);

static struct attribute *features_attrs[] = {
	&hold_attr.attr,
	&stall_attr.attr,
	NULL
};

const struct attribute_group kap_features_group = {
	.name = "features",
	.attrs = features_attrs,
};

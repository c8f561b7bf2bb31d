// SPDX-License-Identifier: GPL-2.0
/*
 * kapolicy: TCP keepalive and user timeout by rule.
 *
 * write -> parse -> stage -> ruleset (index) -> policy (RCU pointer)
 *                                                  |
 * tracepoint -> hook -> conn: sock key -> index -> decide -> sock, stats, trace
 */
#include <linux/init.h>
#include <linux/module.h>
#include <linux/moduleparam.h>

#include "conn/hook.h"
#include "policy/policy.h"
#include "ruleset/cgroup_cache.h"
#include "sysfs/sysfs.h"

/* The way back into a host that a rule has cut off: kapolicy.off at boot. */
static bool off;
module_param(off, bool, 0444);
MODULE_PARM_DESC(off, "come up with enabled=0");

static int __init kapolicy_init(void)
{
	int err;

	err = kap_hook_init();
	if (err)
		return err;
	err = kap_cgroup_init();
	if (err)
		return err;
	err = kap_policy_init();
	if (err)
		goto err_cgroup;
	if (off)
		err = kap_policy_enable(false);
	if (err)
		goto err_policy;
	err = kap_sysfs_init();
	if (err)
		goto err_policy;
	return 0;

err_policy:
	kap_policy_exit();
err_cgroup:
	kap_cgroup_exit();
	return err;
}

static void __exit kapolicy_exit(void)
{
	kap_sysfs_exit();
	kap_policy_exit();
	kap_cgroup_exit();
}

module_init(kapolicy_init);
module_exit(kapolicy_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("the kapolicy authors");
MODULE_DESCRIPTION("TCP keepalive and user timeout by cgroup and port rule");
MODULE_VERSION(KAP_VERSION);

// SPDX-License-Identifier: GPL-2.0
#include "sysfs/apply.h"

#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/string.h>

#include "compat/linux/sysfs.h"
#include "conn/sweep.h"
#include "policy/policy.h"
#include "rule/parse.h"
#include "sysfs/attr.h"

#define DEL	"del "

/* Serialises sweeps. Held for the whole of one, so readers wait for its end. */
static DEFINE_MUTEX(applying);
static struct kap_swept last;	/* protected by @applying */

/* What stands behind "del" is what names a rule here. */
static int parse_rule_ref(const char *buf, size_t len, struct kap_cmd *cmd)
{
	char line[sizeof(DEL) + sizeof("name=") + KAP_NAME_MAX];
	struct kap_parser *parser;
	struct kap_diag diag;
	size_t i;
	int err;

	if (len > sizeof(line) - strlen(DEL))
		return -EINVAL;
	for (i = 0; i < len; i++) {
		if (buf[i] <= ' ' || buf[i] == '#')
			return -EINVAL;
	}
	parser = kap_parser_alloc();
	if (!parser)
		return -ENOMEM;
	memcpy(line, DEL, strlen(DEL));
	memcpy(line + strlen(DEL), buf, len);
	err = kap_parse_line(parser, line, strlen(DEL) + len, cmd, &diag);
	kap_parser_free(parser);
	return err ? -EINVAL : 0;
}

static const struct kap_rule *find_rule(const struct kap_ruleset *set,
					const struct kap_cmd *cmd)
{
	const struct kap_rule *rule;
	u32 i;

	for (i = 0; i < set->n; i++) {
		rule = set->order[i];
		if (cmd->op == KAP_OP_DEL_ID ?
		    rule->id == cmd->id :
		    rule->name && !strcmp(rule->name, cmd->name))
			return rule;
	}
	return NULL;
}

/* While connections are left alone, a new one would get nothing. */
static int apply_set(const struct kap_ruleset *set, const struct kap_rule *only)
{
	struct kap_swept swept = {};
	int err;

	err = mutex_lock_interruptible(&applying);
	if (err)
		return err;
	if (kap_policy_enabled())
		err = kap_sweep(set, only, &swept);
	last = swept;
	mutex_unlock(&applying);
	return err;
}

static ssize_t apply_write(struct file *file, char *buf, loff_t off, size_t len)
{
	const struct kap_rule *only = NULL;
	size_t n = len && buf[len - 1] == '\n' ? len - 1 : len;
	struct kap_ruleset *set;
	struct kap_cmd cmd;
	bool all = n == strlen("all") && !memcmp(buf, "all", n);
	int err;

	if (!kap_attr_may_write(file))
		return -EPERM;
	err = all ? 0 : parse_rule_ref(buf, n, &cmd);
	if (err)
		return err;
	set = kap_policy_get();
	if (!all)
		only = find_rule(set, &cmd);
	err = all || only ? apply_set(set, only) : -ENOENT;
	kap_ruleset_put(set);
	return err ? err : len;
}

static ssize_t apply_read(struct file *file, char *buf, loff_t off, size_t len)
{
	char text[128];
	int size;

	size = mutex_lock_interruptible(&applying);
	if (size)
		return size;
	size = scnprintf(text, sizeof(text),
			 "looked=%llu matched=%llu applied=%llu app_set=%llu\n",
			 last.looked, last.matched, last.applied, last.app_set);
	mutex_unlock(&applying);
	return memory_read_from_buffer(buf, len, &off, text, size);
}

KAP_DEFINE_BIN_CALLBACK(apply_read)
KAP_DEFINE_BIN_CALLBACK(apply_write)

const struct bin_attribute kap_apply_attr = {
	.attr = { .name = "apply", .mode = 0644 },
	KAP_BIN_CALLBACK(read, apply_read),
	KAP_BIN_CALLBACK(write, apply_write),
};

/* SPDX-License-Identifier: GPL-2.0 */
/* What a line says, parsed. Pure. */
#ifndef _KAPOLICY_CMD_H
#define _KAPOLICY_CMD_H

#include "rule/rule.h"
#include "rule/text.h"

enum kap_op {
	KAP_OP_NONE,		/* blank line or comment */
	KAP_OP_ADD,
	KAP_OP_DEL_ID,
	KAP_OP_DEL_NAME,
	KAP_OP_DESTROY,		/* as KAP_OP_DEL_NAME; no error without a rule */
	KAP_OP_FLUSH,
	KAP_OP_BEGIN,
	KAP_OP_COMMIT,
	KAP_OP_ABORT,
};

/**
 * struct kap_cmd - one parsed line
 * @op: what to do
 * @rule: KAP_OP_ADD: the new rule; the caller owns its one reference
 * @id: KAP_OP_DEL_ID
 * @name: KAP_OP_DEL_NAME, KAP_OP_DESTROY
 * @where: the columns of the whole command
 * @arg: the columns of the value of name= or id=, for errors found later
 * @key: where each key of the rule stands; col 0 when it is not there
 */
struct kap_cmd {
	enum kap_op op;
	struct kap_rule *rule;
	u64 id;
	char name[KAP_NAME_MAX + 1];
	struct kap_span where;
	struct kap_span arg;
	struct kap_span key[KAP_KEY_NR];
};

#endif /* _KAPOLICY_CMD_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* Text to commands and rules, with positions for errors. Pure. */
#ifndef _KAPOLICY_PARSE_H
#define _KAPOLICY_PARSE_H

#include "errors.h"
#include "rule.h"

enum kap_op {
	KAP_OP_NONE,		/* blank line or comment */
	KAP_OP_ADD,
	KAP_OP_DEL_ID,
	KAP_OP_DEL_NAME,
	KAP_OP_FLUSH,
	KAP_OP_BEGIN,
	KAP_OP_COMMIT,
	KAP_OP_ABORT,
};

/* Columns of a line, as in struct kap_diag. */
struct kap_span {
	u32 col;
	u32 end;
};

/**
 * struct kap_cmd - one parsed line
 * @op: what to do
 * @rule: KAP_OP_ADD: the new rule; the caller owns its one reference
 * @id: KAP_OP_DEL_ID
 * @name: KAP_OP_DEL_NAME
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

struct kap_parser;

struct kap_parser *kap_parser_alloc(void);
void kap_parser_free(struct kap_parser *p);
int __must_check kap_parse_line(struct kap_parser *p, const char *line,
				size_t len, struct kap_cmd *cmd,
				struct kap_diag *diag);
/* For words that describe a connection (kapctl test): key=value without lists */
int kap_key_find(const char *s, size_t len);
const char *kap_key_name(enum kap_word key);

#endif /* _KAPOLICY_PARSE_H */

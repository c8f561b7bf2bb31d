/* SPDX-License-Identifier: GPL-2.0 */
/* Executes the commands of a write on a copy of the rules. */
#ifndef _KAPOLICY_COMMAND_H
#define _KAPOLICY_COMMAND_H

#include "rule/parse.h"

struct file;
struct kap_stage;
struct kap_txn;

/**
 * struct kap_write - one write in progress, on the stack of the writer
 * @file: the open file
 * @parser: scratch memory of the parser
 * @txn: the transaction that the write is part of, or NULL
 * @stage: the edited rules of a write outside a transaction; NULL until a
 *	command needs them
 * @diag: the first error; @diag.line counts lines
 * @end: KAP_OP_COMMIT or KAP_OP_ABORT once the write has had one
 * @end_at: the columns of @end
 * @end_line: the line of @end
 * @begun: the write has had a command
 */
struct kap_write {
	struct file *file;
	struct kap_parser *parser;
	struct kap_txn *txn;
	struct kap_stage *stage;
	struct kap_diag diag;
	enum kap_op end;
	struct kap_span end_at;
	u32 end_line;
	bool begun;
};

int kap_command_line(struct kap_write *w, const char *line, size_t len);
int kap_command_fail(struct kap_write *w, enum kap_error error,
		     struct kap_span at);
int kap_command_publish(struct kap_write *w, struct kap_stage *st);

#endif /* _KAPOLICY_COMMAND_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* Transactions: what stays with an open rules file between two writes. */
#ifndef _KAPOLICY_TXN_H
#define _KAPOLICY_TXN_H

#include <linux/list.h>

#include "rule/errors.h"
#include "rule/limits.h"

struct file;
struct kap_stage;

/**
 * struct kap_txn - the transaction of an open file
 * @node: in the list of transactions
 * @file: held, see view.h
 * @stage: rules so far; NULL after an error
 * @error: what went wrong, when @stage is NULL
 * @next: file offset the next write must have
 * @line: complete lines so far
 * @len: bytes of @text
 * @text: the line the last write was cut in
 * @ran: it has been executed already, before its newline came
 * @over: and ended the transaction; only the rest of the line is awaited
 *
 * All protected by the write lock of write.c.
 */
struct kap_txn {
	struct list_head node;
	struct file *file;
	struct kap_stage *stage;
	struct kap_diag error;
	loff_t next;
	u32 line;
	u32 len;
	bool ran;
	bool over;
	char text[KAP_LINE_MAX + 1];
};

struct kap_txn *kap_txn_begin(struct file *file);
struct kap_txn *kap_txn_find(const struct file *file);
void kap_txn_fail(struct kap_txn *txn, const struct kap_diag *why);
void kap_txn_end(struct kap_txn *txn);
void kap_txn_free(struct kap_txn *txn);
bool kap_txn_sweep(void);
void kap_txn_exit(void);

#endif /* _KAPOLICY_TXN_H */

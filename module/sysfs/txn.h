/* SPDX-License-Identifier: GPL-2.0 */
/* Transactions: what is kept for an open rules file between two writes. */
#ifndef _KAPOLICY_TXN_H
#define _KAPOLICY_TXN_H

#include <linux/list.h>

#include "rule/errors.h"

struct file;
struct kap_stage;

/**
 * struct kap_txn - the transaction of an open file
 * @node: in the list of transactions
 * @file: held, see view.h
 * @stage: rules so far; NULL when the transaction has failed or is over
 * @error: why it has failed; @error.error is KAP_E_NONE if it has not
 * @next: file offset at which the next write has to begin
 * @line: number of complete lines so far
 * @len: length of @text
 * @room: bytes allocated for @text
 * @text: the line that the last write was cut in
 * @ran: @text has been executed before its newline came
 * @over: the transaction has ended; only the rest of its last line may come
 *
 * All protected by the lock "writing" of write.c.
 */
struct kap_txn {
	struct list_head node;
	struct file *file;
	struct kap_stage *stage;
	struct kap_diag error;
	loff_t next;
	u32 line;
	u32 len;
	u32 room;
	char *text;
	bool ran;
	bool over;
};

struct kap_txn *kap_txn_begin(struct file *file);
struct kap_txn *kap_txn_find(const struct file *file);
enum kap_error __must_check kap_txn_append(struct kap_txn *txn,
					   const char *buf, size_t len);
void kap_txn_fail(struct kap_txn *txn, const struct kap_diag *why);
void kap_txn_end(struct kap_txn *txn);
void kap_txn_free(struct kap_txn *txn);
bool kap_txn_sweep(void);
void kap_txn_exit(void);

#endif /* _KAPOLICY_TXN_H */

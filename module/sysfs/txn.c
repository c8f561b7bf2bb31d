// SPDX-License-Identifier: GPL-2.0
#include "sysfs/txn.h"

#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "policy/policy.h"
#include "policy/stage.h"
#include "rule/limits.h"
#include "sysfs/view.h"

#define OPEN_MAX	16	/* with rules; for one more the oldest fails */

static LIST_HEAD(txns);		/* protected by the write lock of write.c */

/**
 * kap_txn_free - free a transaction
 * @txn: the transaction
 *
 * Context: process, may sleep; write lock held.
 */
void kap_txn_free(struct kap_txn *txn)
{
	list_del(&txn->node);
	fput(txn->file);
	kap_stage_free(txn->stage);
	kvfree(txn->text);
	kfree(txn);
}

/**
 * kap_txn_append - append to the line that the last write was cut in
 * @txn: the transaction
 * @buf: what comes next in the line
 * @len: bytes of it
 *
 * Context: process, may sleep; write lock held.
 * Return: KAP_E_NONE; KAP_E_LINE or KAP_E_MEMORY if nothing was appended.
 */
enum kap_error kap_txn_append(struct kap_txn *txn, const char *buf, size_t len)
{
	u32 room;
	char *text;

	if (len > KAP_LINE_MAX - txn->len)
		return KAP_E_LINE;
	if (txn->len + len > txn->room) {
		room = max_t(u32, txn->len + len, 2 * txn->room);
		text = kvmalloc(room, GFP_KERNEL);
		if (!text)
			return KAP_E_MEMORY;
		if (txn->len)
			memcpy(text, txn->text, txn->len);
		kvfree(txn->text);
		txn->text = text;
		txn->room = room;
	}
	if (len)
		memcpy(txn->text + txn->len, buf, len);
	txn->len += len;
	return KAP_E_NONE;
}

/**
 * kap_txn_fail - throw the rules of a transaction away
 * @txn: the transaction; it refuses what its writer still sends
 * @why: the error to refuse it with
 *
 * Context: process, may sleep; write lock held.
 */
void kap_txn_fail(struct kap_txn *txn, const struct kap_diag *why)
{
	kap_stage_free(txn->stage);
	txn->stage = NULL;
	txn->error = *why;
}

/**
 * kap_txn_end - end a transaction, but expect the rest of its last line
 * @txn: the transaction
 *
 * Context: process, may sleep; write lock held.
 */
void kap_txn_end(struct kap_txn *txn)
{
	kap_stage_free(txn->stage);
	txn->stage = NULL;
	txn->over = true;
}

/**
 * kap_txn_find - find the transaction of an open file
 * @file: the file
 *
 * Frees the transactions of files that have been closed. So no more files are
 * held than are open, and one that was just closed.
 *
 * Context: process, may sleep; write lock held.
 * Return: the transaction, or NULL.
 */
struct kap_txn *kap_txn_find(const struct file *file)
{
	struct kap_txn *txn, *next, *found = NULL;

	list_for_each_entry_safe(txn, next, &txns, node) {
		if (txn->file == file)
			found = txn;
		else if (kap_view_file_closed(txn->file))
			kap_txn_free(txn);
	}
	return found;
}

/**
 * kap_txn_sweep - free the transactions of files that have been closed
 *
 * Context: process, may sleep; write lock held.
 * Return: whether any are left.
 */
bool kap_txn_sweep(void)
{
	kap_txn_find(NULL);
	return !list_empty(&txns);
}

/* Bounds the memory for rules, however many transactions are left open. */
static void fail_oldest(void)
{
	struct kap_diag why = {
		.error = KAP_E_DROPPED, .line = 1, .col = 1, .end = 1,
	};
	struct kap_txn *txn, *oldest = NULL;
	u32 n = 0;

	list_for_each_entry_reverse(txn, &txns, node) {
		if (!txn->stage)
			continue;
		oldest = txn;
		n++;
	}
	if (n >= OPEN_MAX)
		kap_txn_fail(oldest, &why);
}

/**
 * kap_txn_begin - begin a transaction
 * @file: open file that has none
 *
 * Context: process, may sleep; write lock held.
 * Return: the transaction, or NULL when out of memory.
 */
struct kap_txn *kap_txn_begin(struct file *file)
{
	struct kap_txn *txn = kzalloc(sizeof(*txn), GFP_KERNEL);

	if (!txn)
		return NULL;
	fail_oldest();
	txn->stage = kap_policy_edit();
	if (!txn->stage) {
		kfree(txn);
		return NULL;
	}
	txn->file = get_file(file);
	list_add_tail(&txn->node, &txns);
	return txn;
}

/**
 * kap_txn_exit - free all transactions
 *
 * Context: process, may sleep; nobody writes any more.
 */
void kap_txn_exit(void)
{
	struct kap_txn *txn, *next;

	list_for_each_entry_safe(txn, next, &txns, node)
		kap_txn_free(txn);
}

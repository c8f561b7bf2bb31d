// SPDX-License-Identifier: GPL-2.0
/*
 * Writes to the rules file.
 *
 * A write outside a transaction is edited into a copy of the active rules, and
 * the copy is published if every line was good. From "begin" on, the copy and
 * the line the last write was cut in stay with the open file until "commit",
 * which publishes it unless another change came first. The first error ends
 * all: the copy is thrown away, and of a transaction only the error is kept,
 * so that what its writer still sends is refused instead of applied alone.
 */
#include "sysfs/write.h"

#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "policy/stage.h"
#include "sysfs/command.h"
#include "sysfs/txn.h"
#include "sysfs/view.h"

/* Serialises writers; protects all below. Taken before the policy's lock. */
static DEFINE_MUTEX(writing);
static struct kap_parser *parser;
static struct kap_diag last_error;

static void sweep(struct work_struct *work);
static DECLARE_DELAYED_WORK(sweep_work, sweep);

/* Appends to the line the last write was cut in. */
static int join(struct kap_write *w, const char *buf, size_t len)
{
	struct kap_txn *txn = w->txn;
	struct kap_span most = { 1, KAP_LINE_MAX + 1 };

	if (txn->len + len > KAP_LINE_MAX) {
		w->diag.line += !txn->ran;
		return kap_command_fail(w, KAP_E_LINE, most);
	}
	memcpy(txn->text + txn->len, buf, len);
	txn->len += len;
	return 0;
}

/* That line is complete now. It may have run before its last bytes came. */
static int run_joined(struct kap_write *w)
{
	struct kap_txn *txn = w->txn;
	u32 len = txn->len;
	struct kap_cmd cmd;

	txn->len = 0;
	if (!txn->ran)
		return kap_command_line(w, txn->text, len);
	txn->ran = false;
	return kap_parse_line(w->parser, txn->text, len, &cmd, &w->diag);
}

/* What a line would be; an error is not reported, a rule not kept. */
static enum kap_op line_op(const char *line, size_t len)
{
	struct kap_diag diag;
	struct kap_cmd cmd;

	if (kap_parse_line(parser, line, len, &cmd, &diag))
		return KAP_OP_ADD;
	kap_rule_put(cmd.rule);
	return cmd.op;
}

/*
 * Behind the last newline, in a transaction: more of the line may come, but
 * "commit" and "abort" need not wait for it. printf commit has no newline.
 */
static int run_tail(struct kap_write *w, const char *buf, size_t len)
{
	struct kap_txn *txn = w->txn;
	enum kap_op op;
	int err = join(w, buf, len);

	if (err || txn->ran || !txn->len)
		return err;
	op = line_op(txn->text, txn->len);
	if (w->end && op == KAP_OP_NONE) {
		/* only of a comment is the rest known to mean nothing */
		if (!memchr(txn->text, '#', txn->len))
			txn->len = 0;
		return 0;
	}
	if (!w->end && op != KAP_OP_COMMIT && op != KAP_OP_ABORT)
		return 0;
	err = kap_command_line(w, txn->text, txn->len);
	txn->ran = true;
	return err;
}

static int run_lines(struct kap_write *w, const char *buf, size_t len)
{
	const char *nl;
	int err;

	while ((nl = memchr(buf, '\n', len))) {
		if (w->txn && w->txn->len) {
			err = join(w, buf, nl - buf);
			if (!err)
				err = run_joined(w);
		} else {
			err = kap_command_line(w, buf, nl - buf);
		}
		if (err)
			return err;
		len -= nl + 1 - buf;
		buf = nl + 1;
	}
	if (w->txn)
		return run_tail(w, buf, len);
	if (!len)
		return 0;
	err = kap_command_line(w, buf, len);
	if (!err && w->txn) {
		/* "begin", whose newline is still to come */
		w->txn->ran = true;
		err = join(w, buf, len);
	}
	return err;
}

/* All lines were good. */
static int finish(struct kap_write *w, loff_t next)
{
	struct kap_txn *txn = w->txn;
	int err = 0;

	if (!txn)
		return w->stage ? kap_command_publish(w, w->stage) : 0;
	if (w->end == KAP_OP_COMMIT)
		err = kap_command_publish(w, txn->stage);
	txn->next = next;
	txn->line = w->diag.line;
	if (w->end && !txn->len) {
		kap_txn_free(txn);
		w->txn = NULL;
	} else if (w->end) {
		/* the rest of its last line may be about to come */
		kap_txn_end(txn);
	}
	return err;
}

/* The rest of the last line of a transaction that is over; steps behind it. */
static int write_rest(struct kap_write *w, const char **buf, size_t *len)
{
	const char *nl = memchr(*buf, '\n', *len);
	size_t part = nl ? nl - *buf : *len;
	struct kap_cmd cmd;
	int err;

	w->diag.line = w->txn->line;
	err = join(w, *buf, part);
	/* "commit", "abort" or a comment, or none any more; never a rule */
	if (!err)
		err = kap_parse_line(parser, w->txn->text, w->txn->len, &cmd,
				     &w->diag);
	w->diag.line = err ? w->diag.line : 0;
	if (err || nl) {
		kap_txn_free(w->txn);
		w->txn = NULL;
		*len -= part + 1;
		*buf += part + 1;
	} else {
		w->txn->next += part;
		*len = 0;
	}
	return err;
}

/*
 * A transaction that has failed ends where its writer ends it: its commit is
 * refused like all that comes before, its abort is not.
 */
static int write_failed(struct kap_write *w, const char *buf, size_t len)
{
	const char *nl = memchr(buf, '\n', len);
	enum kap_op op = line_op(buf, nl ? nl - buf : len);

	w->diag = w->txn->error;
	if (op == KAP_OP_COMMIT || op == KAP_OP_ABORT) {
		kap_txn_free(w->txn);
		w->txn = NULL;
	}
	return op == KAP_OP_ABORT ? 0 : kap_error_errno(w->diag.error);
}

/* Is the first command of a write "begin"? */
static bool begins(const char *buf, size_t len)
{
	enum kap_op op = KAP_OP_NONE;

	while (len && op == KAP_OP_NONE) {
		const char *nl = memchr(buf, '\n', len);
		size_t line = nl ? nl - buf : len;

		op = line_op(buf, line);
		line += !!nl;
		buf += line;
		len -= line;
	}
	return op == KAP_OP_BEGIN;
}

/* About the write as a whole. */
static int fail_write(struct kap_write *w, enum kap_error error)
{
	w->diag.error = error;
	w->diag.line++;
	w->diag.col = 1;
	w->diag.end = 1;
	return kap_error_errno(error);
}

/* Offset 0 begins anew, and so does "begin" after an error. */
static bool begins_anew(const struct kap_txn *txn, const char *buf, loff_t off,
			size_t len)
{
	if (txn->over)
		return off != txn->next;
	return (!off && txn->next) || (!txn->stage && begins(buf, len));
}

static int run_write(struct kap_write *w, const char *buf, loff_t off,
		     size_t len)
{
	int err;

	if (w->txn)
		w->diag.line = w->txn->line;
	if (w->txn && off != w->txn->next)
		err = fail_write(w, KAP_E_OFFSET);
	else if (!w->txn && len >= KAP_WRITE_MAX && !begins(buf, len))
		err = fail_write(w, KAP_E_TOO_BIG);
	else
		err = run_lines(w, buf, len);
	if (!err)
		err = finish(w, off + len);
	if (err && w->txn) {
		w->txn->next = off;
		kap_txn_fail(w->txn, &w->diag);
	}
	return err;
}

static int do_write(struct kap_write *w, const char *buf, loff_t off,
		    size_t len)
{
	const char *start = buf;
	int err = 0;

	w->txn = kap_txn_find(w->file);
	if (w->txn && begins_anew(w->txn, buf, off, len)) {
		kap_txn_free(w->txn);
		w->txn = NULL;
	}
	if (w->txn && w->txn->over)
		err = write_rest(w, &buf, &len);
	else if (w->txn && !w->txn->stage)
		return write_failed(w, buf, len);
	if (err || !len)
		return err;
	return run_write(w, buf, off + (buf - start), len);
}

/* Lets go of files that have been closed inside a transaction. */
static void sweep(struct work_struct *work)
{
	mutex_lock(&writing);
	if (kap_txn_sweep())
		schedule_delayed_work(&sweep_work, KAP_SWEEP_INTERVAL);
	mutex_unlock(&writing);
}

/**
 * kap_write - one write to the rules file
 * @file: the open file
 * @buf: what was written
 * @off: offset in the file
 * @len: bytes of it, not 0
 *
 * Context: process, may sleep.
 * Return: @len, or a negative errno value with last_error set; then no rule
 *	has changed.
 */
ssize_t kap_write(struct file *file, const char *buf, loff_t off, size_t len)
{
	struct kap_write w = { .file = file, .parser = parser };
	int err;

	mutex_lock(&writing);
	err = do_write(&w, buf, off, len);
	kap_stage_free(w.stage);
	memset(&last_error, 0, sizeof(last_error));
	if (err)
		last_error = w.diag;
	if (w.txn)
		schedule_delayed_work(&sweep_work, KAP_SWEEP_INTERVAL);
	mutex_unlock(&writing);
	return err ? err : len;
}

/**
 * kap_write_last_error - why the last refused write was refused
 * @buf: where to
 * @size: bytes of @buf
 *
 * Context: process, may sleep.
 * Return: length of the text; 0 after an accepted write.
 */
ssize_t kap_write_last_error(char *buf, size_t size)
{
	ssize_t len = 0;

	mutex_lock(&writing);
	if (last_error.error)
		len = scnprintf(buf, size, "%u:%u-%u: %s\n", last_error.line,
				last_error.col, last_error.end,
				kap_error_text(last_error.error));
	mutex_unlock(&writing);
	return len;
}

/**
 * kap_write_init - get the scratch for parsing
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int kap_write_init(void)
{
	parser = kap_parser_alloc();
	return parser ? 0 : -ENOMEM;
}

/**
 * kap_write_exit - drop what unfinished writers have left
 *
 * Context: process, may sleep; sysfs is gone.
 */
void kap_write_exit(void)
{
	cancel_delayed_work_sync(&sweep_work);
	kap_txn_exit();
	kap_parser_free(parser);
}

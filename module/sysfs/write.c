// SPDX-License-Identifier: GPL-2.0
/*
 * Writes to the rules file.
 *
 * A write outside a transaction is edited into a copy of the active rules. The
 * copy is published if every line was good. From "begin" to "commit" the copy
 * stays with the open file, together with the start of the line that the last
 * write was cut in; "commit" publishes it unless another change came first. The
 * first error throws the copy away. Of a transaction the error is kept, so that
 * what its writer still sends is refused instead of being applied by itself.
 */
#include "sysfs/write.h"

#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "policy/stage.h"
#include "sysfs/command.h"
#include "sysfs/txn.h"
#include "sysfs/view.h"

/* Longer than "LINE:COL-COL: message" and a newline ever get. */
#define ERROR_ROOM	192

/* Serialises writers; protects all below. Taken before the policy's lock. */
static DEFINE_MUTEX(writing);
static struct kap_parser *parser;
static struct kap_diag last_error;

static void sweep_txns(struct work_struct *work);
static DECLARE_DELAYED_WORK(sweep_work, sweep_txns);

/* Appends to the line that the last write was cut in. */
static int append_to_line(struct kap_write *w, const char *buf, size_t len)
{
	struct kap_txn *txn = w->txn;
	enum kap_error error = kap_txn_append(txn, buf, len);
	struct kap_span at = { 1, error == KAP_E_LINE ? KAP_LINE_MAX + 1 : 1 };

	if (!error)
		return 0;
	/* a line that has been executed has been counted */
	w->diag.line += !txn->ran;
	return kap_command_fail(w, error, at);
}

/*
 * Executes the line that the last write was cut in, whose newline has come. If
 * it has been executed before, only what came since can still be wrong.
 */
static int run_cut_line(struct kap_write *w)
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

/*
 * Behind the last newline, in a transaction. More of the line may come, but
 * "commit" and "abort" do not wait for it, as "printf commit" has no newline.
 */
static int run_tail(struct kap_write *w, const char *buf, size_t len)
{
	struct kap_txn *txn = w->txn;
	enum kap_op op;
	int err = append_to_line(w, buf, len);

	if (err || txn->ran || !txn->len)
		return err;
	op = kap_parse_bare(txn->text, txn->len);
	if (w->end && op == KAP_OP_NONE) {
		/*
		 * After "commit" or "abort". Keep an unfinished comment, because
		 * the rest of it must be ignored as well. Drop mere blanks: what
		 * follows them may be a new command.
		 */
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

static int run_line(struct kap_write *w, const char *line, size_t len)
{
	int err;

	cond_resched();
	if (!w->txn || !w->txn->len)
		return kap_command_line(w, line, len);
	err = append_to_line(w, line, len);
	return err ? err : run_cut_line(w);
}

static int run_lines(struct kap_write *w, const char *buf, size_t len)
{
	const char *nl;
	int err;

	while ((nl = memchr(buf, '\n', len))) {
		err = run_line(w, buf, nl - buf);
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
		err = append_to_line(w, buf, len);
	}
	return err;
}

/* Called when all lines were good; the next write is expected at @next. */
static int finish_write(struct kap_write *w, loff_t next)
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

/*
 * Takes the rest of the last line of a transaction that is over, and moves @buf
 * and @len behind it. The line is "commit", "abort" or a comment, and whatever
 * follows makes it a comment, an error, or leaves it what it was: never a rule.
 */
static int write_rest(struct kap_write *w, const char **buf, size_t *len)
{
	const char *nl = memchr(*buf, '\n', *len);
	size_t part = nl ? nl - *buf : *len;
	struct kap_cmd cmd;
	int err;

	w->diag.line = w->txn->line;
	err = append_to_line(w, *buf, part);
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
 * A failed transaction lasts until its writer sends "commit" or "abort". Until
 * then every write is refused with the first error, unless it begins anew. So is
 * the commit; an abort succeeds.
 */
static int write_failed(struct kap_write *w, const char *buf, size_t len)
{
	const char *nl = memchr(buf, '\n', len);
	enum kap_op op = kap_parse_bare(buf, nl ? nl - buf : len);

	w->diag = w->txn->error;
	if (op == KAP_OP_COMMIT || op == KAP_OP_ABORT) {
		kap_txn_free(w->txn);
		w->txn = NULL;
	}
	return op == KAP_OP_ABORT ? 0 : kap_error_errno(w->diag.error);
}

/* Is the first command of a write "begin"? */
static bool starts_with_begin(const char *buf, size_t len)
{
	enum kap_op op = KAP_OP_NONE;

	while (len && op == KAP_OP_NONE) {
		const char *nl = memchr(buf, '\n', len);
		size_t line = nl ? nl - buf : len;

		op = kap_parse_bare(buf, line);
		line += !!nl;
		buf += line;
		len -= line;
	}
	return op == KAP_OP_BEGIN;
}

/* Reports an error of the write as a whole. */
static int fail_write(struct kap_write *w, enum kap_error error)
{
	struct kap_span whole = { 1, 1 };

	w->diag.line++;
	return kap_command_fail(w, error, whole);
}

/* Offset 0 begins anew, and so does "begin" after an error. */
static bool begins_anew(const struct kap_txn *txn, const char *buf, loff_t off,
			size_t len)
{
	if (txn->over)
		return off != txn->next;
	return (!off && txn->next) ||
	       (!txn->stage && starts_with_begin(buf, len));
}

static int run_write(struct kap_write *w, const char *buf, loff_t off,
		     size_t len)
{
	int err;

	if (w->txn)
		w->diag.line = w->txn->line;
	if (w->txn && off != w->txn->next)
		err = fail_write(w, KAP_E_OFFSET);
	else if (!w->txn && len >= KAP_WRITE_MAX &&
		 !starts_with_begin(buf, len))
		err = fail_write(w, KAP_E_TOO_BIG);
	else
		err = run_lines(w, buf, len);
	if (!err)
		err = finish_write(w, off + len);
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

/* Frees transactions whose file was closed before they ended. */
static void sweep_txns(struct work_struct *work)
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
 * kap_write_last_error - say why the last write was refused
 * @buf: where to
 * @size: bytes of @buf
 *
 * Context: process, may sleep.
 * Return: length of the text; 0 if the last write was accepted.
 */
ssize_t kap_write_last_error(char *buf, size_t size)
{
	size_t len;

	mutex_lock(&writing);
	len = kap_error_format(&last_error, buf, size);
	mutex_unlock(&writing);
	return len;
}

/**
 * kap_write_file_error - say why the transaction of an open file has failed
 * @file: the open file
 * @buf: where to
 * @off: offset in the text
 * @len: bytes of @buf
 *
 * Writes to other open files do not change the answer, as they change
 * last_error.
 *
 * Context: process, may sleep.
 * Return: bytes read; 0 behind the end of the text, or if no transaction of
 *	@file has failed and not been ended since.
 */
ssize_t kap_write_file_error(struct file *file, char *buf, loff_t off,
			     size_t len)
{
	const struct kap_txn *txn;
	char text[ERROR_ROOM];
	size_t n = 0;

	mutex_lock(&writing);
	txn = kap_txn_find(file);
	if (txn)
		n = kap_error_format(&txn->error, text, sizeof(text));
	mutex_unlock(&writing);
	return memory_read_from_buffer(buf, len, &off, text, n);
}

/**
 * kap_write_init - allocate the scratch memory of the parser
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
 * kap_write_exit - free the transactions that are still open
 *
 * Context: process, may sleep; sysfs is gone.
 */
void kap_write_exit(void)
{
	cancel_delayed_work_sync(&sweep_work);
	kap_txn_exit();
	kap_parser_free(parser);
}

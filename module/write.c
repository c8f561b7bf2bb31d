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
#include "write.h"

#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "parse.h"
#include "policy.h"
#include "stage.h"
#include "txn.h"

/* One write in progress, on the stack of the writer. */
struct write {
	struct file *file;
	struct kap_txn *txn;		/* NULL: outside a transaction */
	struct kap_stage *stage;	/* of a write outside one, once needed */
	struct kap_diag diag;
	size_t size;
	enum kap_op end;		/* KAP_OP_COMMIT or _ABORT, once seen */
	struct kap_span end_at;
	u32 end_line;
	bool begun;			/* a command has been seen */
};

/* Serialises writers; protects all below. Taken before the policy's lock. */
static DEFINE_MUTEX(write_lock);
static struct kap_parser *parser;
static struct kap_diag last_error;

static enum kap_error begin(struct write *w)
{
	if (w->txn)
		return KAP_E_IN_BEGIN;
	if (w->begun)
		return KAP_E_BEGIN;
	w->txn = kap_txn_begin(w->file);
	return w->txn ? KAP_E_NONE : KAP_E_MEMORY;
}

/* add, del and flush. */
static enum kap_error edit(struct write *w, struct kap_cmd *cmd)
{
	struct kap_stage *st = w->txn ? w->txn->stage : w->stage;
	enum kap_error error;

	if (!st) {
		st = kap_txn_stage();
		w->stage = st;
	}
	if (!st)
		return KAP_E_MEMORY;
	switch (cmd->op) {
	case KAP_OP_ADD:
		error = kap_stage_add(st, cmd->rule,
				      kap_policy_max_rules());
		if (!error)
			cmd->rule = NULL;
		return error;
	case KAP_OP_DEL_ID:
		return kap_stage_del_id(st, cmd->id);
	case KAP_OP_DEL_NAME:
		return kap_stage_del_name(st, cmd->name);
	default:
		kap_stage_flush(st);
		return KAP_E_NONE;
	}
}

static enum kap_error run_command(struct write *w, struct kap_cmd *cmd)
{
	if (w->end)
		return KAP_E_AFTER_COMMIT;
	switch (cmd->op) {
	case KAP_OP_BEGIN:
		return begin(w);
	case KAP_OP_COMMIT:
	case KAP_OP_ABORT:
		if (!w->txn)
			return KAP_E_NO_BEGIN;
		w->end = cmd->op;
		w->end_at = cmd->where;
		w->end_line = w->diag.line;
		return KAP_E_NONE;
	default:
		return edit(w, cmd);
	}
}

/* Errors that come after parsing: at the value they are about, if any. */
static int fail_command(struct write *w, const struct kap_cmd *cmd,
			enum kap_error error)
{
	bool at_value = error == KAP_E_EXISTS || error == KAP_E_NO_ID ||
			error == KAP_E_NO_NAME;
	struct kap_span at = at_value ? cmd->arg : cmd->where;

	w->diag.error = error;
	w->diag.col = at.col;
	w->diag.end = at.end;
	return kap_error_errno(error);
}

static int run_line(struct write *w, const char *line, size_t len)
{
	enum kap_error error;
	struct kap_cmd cmd;
	int err;

	w->diag.line++;
	err = kap_parse_line(parser, line, len, &cmd, &w->diag);
	if (err || cmd.op == KAP_OP_NONE)
		return err;
	error = run_command(w, &cmd);
	w->begun = true;
	kap_rule_put(cmd.rule);
	return error ? fail_command(w, &cmd, error) : 0;
}

/* The rest of the line the last write was cut in, with what it began with. */
static int run_joined(struct write *w, const char *buf, size_t len)
{
	struct kap_txn *txn = w->txn;

	if (txn->len + len > KAP_LINE_MAX) {
		w->diag.line++;
		w->diag.error = KAP_E_LINE;
		w->diag.col = 1;
		w->diag.end = txn->len + len;
		return kap_error_errno(KAP_E_LINE);
	}
	memcpy(txn->text + txn->len, buf, len);
	len += txn->len;
	txn->len = 0;
	return run_line(w, txn->text, len);
}

/*
 * Behind the last newline. Outside a transaction it is a line. Inside, more of
 * it may come, unless it says "commit" or "abort" already and the write was
 * not cut at the size of a chunk: printf commit > rules has no newline.
 */
static int run_tail(struct write *w, const char *buf, size_t len)
{
	struct kap_txn *txn = w->txn;
	struct kap_diag diag;
	struct kap_cmd cmd;

	if (!len)
		return 0;
	if (!txn)
		return run_line(w, buf, len);
	if (txn->len + len > KAP_LINE_MAX)
		return run_joined(w, buf, len);
	memcpy(txn->text + txn->len, buf, len);
	txn->len += len;
	if (w->size % KAP_WRITE_MAX == 0 ||
	    kap_parse_line(parser, txn->text, txn->len, &cmd, &diag))
		return 0;
	kap_rule_put(cmd.rule);
	if (cmd.op != KAP_OP_COMMIT && cmd.op != KAP_OP_ABORT)
		return 0;
	return run_joined(w, NULL, 0);
}

static int run_lines(struct write *w, const char *buf, size_t len)
{
	const char *nl;
	int err = 0;

	while (!err && (nl = memchr(buf, '\n', len))) {
		if (w->txn && w->txn->len)
			err = run_joined(w, buf, nl - buf);
		else
			err = run_line(w, buf, nl - buf);
		len -= nl + 1 - buf;
		buf = nl + 1;
	}
	return err ? err : run_tail(w, buf, len);
}

static int publish(struct write *w, struct kap_stage *st)
{
	enum kap_error error = kap_policy_publish(st);

	if (!error)
		return 0;
	w->diag.error = error;
	if (w->end) {
		w->diag.line = w->end_line;
		w->diag.col = w->end_at.col;
		w->diag.end = w->end_at.end;
	} else {
		w->diag.line = 1;
		w->diag.col = 1;
		w->diag.end = 1;
	}
	return kap_error_errno(error);
}

/* All lines were good. */
static int finish(struct write *w, loff_t next)
{
	struct kap_txn *txn = w->txn;
	int err = 0;

	if (!txn)
		return w->stage ? publish(w, w->stage) : 0;
	if (w->end == KAP_OP_COMMIT)
		err = publish(w, txn->stage);
	if (w->end) {
		kap_txn_free(txn);
		w->txn = NULL;
	} else {
		txn->next = next;
		txn->line = w->diag.line;
	}
	return err;
}

/*
 * A transaction that has failed ends where its writer ends it: its commit is
 * refused like all that comes before, its abort is not.
 */
static int write_failed(struct write *w, const char *buf, size_t len)
{
	const char *nl = memchr(buf, '\n', len);
	struct kap_diag diag;
	struct kap_cmd cmd;

	w->diag = w->txn->error;
	if (kap_parse_line(parser, buf, nl ? nl - buf : len, &cmd, &diag))
		cmd.op = KAP_OP_NONE;
	else
		kap_rule_put(cmd.rule);
	if (cmd.op == KAP_OP_COMMIT || cmd.op == KAP_OP_ABORT) {
		kap_txn_free(w->txn);
		w->txn = NULL;
	}
	return cmd.op == KAP_OP_ABORT ? 0 : kap_error_errno(w->diag.error);
}

/* Is the first command of a write "begin"? */
static bool begins(const char *buf, size_t len)
{
	struct kap_cmd cmd = { .op = KAP_OP_NONE };
	const char *end = buf + len, *nl;
	struct kap_diag diag;

	while (buf < end && cmd.op == KAP_OP_NONE) {
		nl = memchr(buf, '\n', end - buf);
		if (!nl)
			nl = end;
		if (kap_parse_line(parser, buf, nl - buf, &cmd, &diag))
			return false;
		buf = nl + 1;
	}
	kap_rule_put(cmd.rule);
	return cmd.op == KAP_OP_BEGIN;
}

/* About the write as a whole. */
static int fail_write(struct write *w, enum kap_error error)
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
	return (!off && txn->next) || (!txn->stage && begins(buf, len));
}

static int do_write(struct write *w, const char *buf, loff_t off, size_t len)
{
	int err;

	w->txn = kap_txn_find(w->file);
	if (w->txn && begins_anew(w->txn, buf, off, len)) {
		kap_txn_free(w->txn);
		w->txn = NULL;
	}
	if (w->txn && !w->txn->stage)
		return write_failed(w, buf, len);
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
ssize_t kap_write(struct file *file, const char *buf, loff_t off,
		      size_t len)
{
	struct write w = { .file = file, .size = len };
	int err;

	mutex_lock(&write_lock);
	err = do_write(&w, buf, off, len);
	kap_stage_free(w.stage);
	memset(&last_error, 0, sizeof(last_error));
	if (err)
		last_error = w.diag;
	mutex_unlock(&write_lock);
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

	mutex_lock(&write_lock);
	if (last_error.error)
		len = scnprintf(buf, size, "%u:%u-%u: %s\n", last_error.line,
				last_error.col, last_error.end,
				kap_error_text(last_error.error));
	mutex_unlock(&write_lock);
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
	kap_txn_exit();
	kap_parser_free(parser);
}

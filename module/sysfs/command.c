// SPDX-License-Identifier: GPL-2.0
#include "sysfs/command.h"

#include <linux/string.h>

#include "policy/policy.h"
#include "policy/stage.h"
#include "sysfs/txn.h"

static enum kap_error begin_txn(struct kap_write *w)
{
	if (w->txn)
		return KAP_E_IN_BEGIN;
	if (w->begun)
		return KAP_E_BEGIN;
	w->txn = kap_txn_begin(w->file);
	return w->txn ? KAP_E_NONE : KAP_E_MEMORY;
}

/* add, del, destroy and flush. */
static enum kap_error edit_rules(struct kap_write *w, struct kap_cmd *cmd)
{
	struct kap_stage *st = w->txn ? w->txn->stage : w->stage;
	enum kap_error error;

	if (!st) {
		st = kap_policy_edit();
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
	case KAP_OP_DESTROY:
		error = kap_stage_del_name(st, cmd->name);
		return error == KAP_E_NO_NAME ? KAP_E_NONE : error;
	default:
		kap_stage_flush(st);
		return KAP_E_NONE;
	}
}

static enum kap_error run_command(struct kap_write *w, struct kap_cmd *cmd)
{
	if (w->end)
		return KAP_E_AFTER_COMMIT;
	switch (cmd->op) {
	case KAP_OP_BEGIN:
		return begin_txn(w);
	case KAP_OP_COMMIT:
	case KAP_OP_ABORT:
		if (!w->txn)
			return KAP_E_NO_BEGIN;
		w->end = cmd->op;
		w->end_at = cmd->where;
		w->end_line = w->diag.line;
		return KAP_E_NONE;
	default:
		return edit_rules(w, cmd);
	}
}

/* An error found after parsing is at the value it is about, if there is one. */
static struct kap_span error_span(const struct kap_cmd *cmd,
				  enum kap_error error)
{
	if (error == KAP_E_EXISTS || error == KAP_E_NO_ID ||
	    error == KAP_E_NO_NAME)
		return cmd->arg;
	return cmd->where;
}

/**
 * kap_command_fail - report an error of the present line
 * @w: the write
 * @error: what is wrong
 * @at: where
 *
 * Context: any.
 * Return: the errno value of @error, negative.
 */
int kap_command_fail(struct kap_write *w, enum kap_error error,
		     struct kap_span at)
{
	w->diag.error = error;
	w->diag.col = at.col;
	w->diag.end = at.end;
	return kap_error_errno(error);
}

/**
 * kap_command_line - execute one line
 * @w: the write
 * @line: its first byte
 * @len: its length without the newline
 *
 * Context: process, may sleep; write lock held.
 * Return: 0 or a negative errno value, reported.
 */
int kap_command_line(struct kap_write *w, const char *line, size_t len)
{
	enum kap_error error;
	struct kap_cmd cmd;
	int err;

	w->diag.line++;
	err = kap_parse_line(w->parser, line, len, &cmd, &w->diag);
	if (err || cmd.op == KAP_OP_NONE)
		return err;
	error = run_command(w, &cmd);
	w->begun = true;
	kap_rule_put(cmd.rule);
	return error ? kap_command_fail(w, error, error_span(&cmd, error)) : 0;
}

/**
 * kap_command_publish - put the rules that a write has edited into force
 * @w: the write, all of whose lines were good
 * @st: the rules; only good for kap_stage_free() afterwards
 *
 * Context: process, may sleep; write lock held.
 * Return: 0 or a negative errno value, reported at "commit" if there is one.
 */
int kap_command_publish(struct kap_write *w, struct kap_stage *st)
{
	struct kap_span whole = { 1, 1 };
	enum kap_error error = kap_policy_publish(st);

	if (!error)
		return 0;
	w->diag.line = w->end ? w->end_line : 1;
	memcpy(w->diag.id, st->overlap, sizeof(w->diag.id));
	return kap_command_fail(w, error, w->end ? w->end_at : whole);
}

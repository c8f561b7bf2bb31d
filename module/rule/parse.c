// SPDX-License-Identifier: GPL-2.0
/* Lines: comments, commands and words. */
#include "rule/parse.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "rule/key.h"
#include "rule/parse_rule.h"
#include "rule/parse_value.h"
#include "rule/parser.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Return the next word of @t, and move @t behind it. Empty at the end. */
static struct kap_text next_word(struct kap_text *t)
{
	struct kap_text w;

	while (t->s < t->end && is_blank(*t->s))
		t->s++;
	w.s = t->s;
	while (t->s < t->end && !is_blank(*t->s))
		t->s++;
	w.end = t->s;
	return w;
}

/* Split a word at its first "=". Returns false if it has none. */
static bool split_word(struct kap_text w, struct kap_text *key,
		       struct kap_text *value)
{
	key->s = w.s;
	for (key->end = w.s; key->end < w.end && *key->end != '='; key->end++)
		;
	value->s = key->end + 1;
	value->end = w.end;
	return key->end < w.end;
}

/* Report a word that is not allowed here: at its key, if it has one. */
static int fail_word(struct kap_parser *p, enum kap_error error,
		     struct kap_text w)
{
	struct kap_text key, value;

	if (split_word(w, &key, &value) && key.s < key.end)
		w = key;
	return kap_parse_fail_at(p, error, w);
}

static struct kap_span span_of(const struct kap_parser *p, struct kap_text t)
{
	struct kap_span span = { t.s - p->line + 1, t.end - p->line };

	return span;
}

/* Make room for all list elements: a list has one more than it has commas. */
static int reserve_items(struct kap_parser *p, struct kap_text t)
{
	u32 n = KAP_INDEXED_FIELDS;

	for (; t.s < t.end; t.s++)
		n += *t.s == ',';
	if (n <= KAP_ITEMS_SMALL)
		return 0;
	p->item = kvmalloc_array(n, 2 * sizeof(*p->item), GFP_KERNEL);
	if (!p->item)
		return kap_parse_fail_span(p, KAP_E_MEMORY, p->cmd->where);
	p->spare = p->item + n;
	return 0;
}

static int parse_rule(struct kap_parser *p, struct kap_text t)
{
	struct kap_text w, key, value;
	int k, err = reserve_items(p, t);

	if (err)
		return err;
	for (w = next_word(&t); w.s < w.end; w = next_word(&t)) {
		if (!split_word(w, &key, &value))
			return kap_parse_fail_at(p, KAP_E_WORD, w);
		k = kap_key_find(key.s, key.end - key.s);
		if (k < 0)
			return fail_word(p, KAP_E_KEY, w);
		if (p->cmd->key[k].col)
			return kap_parse_fail_at(p, KAP_E_REPEATED, key);
		p->cmd->key[k] = span_of(p, w);
		if (value.s == value.end)
			return kap_parse_fail_at(p, KAP_E_EMPTY, value);
		err = kap_parse_value(p, k, value);
		if (err)
			return err;
	}
	if (p->name.s)
		p->cmd->arg = span_of(p, p->name);
	p->cmd->op = KAP_OP_ADD;
	return kap_parse_finish(p);
}

/* Read the operand of del, or of destroy, which takes no id=. */
static int parse_del(struct kap_parser *p, struct kap_text t, bool destroy)
{
	struct kap_text w = next_word(&t), rest = next_word(&t), key, value;
	enum kap_error error = destroy ? KAP_E_DESTROY : KAP_E_DEL;
	bool id;
	int err;

	if (w.s == w.end)
		return kap_parse_fail_span(p, error, p->cmd->where);
	if (!split_word(w, &key, &value))
		return kap_parse_fail_at(p, error, w);
	id = !destroy && kap_text_is(key, "id");
	if (!id && !kap_text_is(key, "name"))
		return fail_word(p, error, w);
	if (rest.s < rest.end)
		return fail_word(p, error, rest);
	if (value.s == value.end)
		return kap_parse_fail_at(p, KAP_E_EMPTY, value);
	p->cmd->arg = span_of(p, value);
	if (id) {
		err = kap_parse_number(p, value, 1, KAP_ID_MAX, KAP_E_ID,
				       &p->cmd->id);
		p->cmd->op = KAP_OP_DEL_ID;
		return err;
	}
	err = kap_parse_value(p, KAP_KEY_NAME, value);
	if (err)
		return err;
	memcpy(p->cmd->name, value.s, value.end - value.s);
	p->cmd->op = destroy ? KAP_OP_DESTROY : KAP_OP_DEL_NAME;
	return 0;
}

static const struct {
	const char *name;
	enum kap_op op;
} commands[] = {
	{ "flush", KAP_OP_FLUSH },
	{ "begin", KAP_OP_BEGIN },
	{ "commit", KAP_OP_COMMIT },
	{ "abort", KAP_OP_ABORT },
};

static int parse_command(struct kap_parser *p, struct kap_text t)
{
	struct kap_text all = t, w = next_word(&t), key, value;
	size_t i;

	if (split_word(w, &key, &value))
		return parse_rule(p, all);
	if (kap_text_is(w, "add"))
		return parse_rule(p, t);
	if (kap_text_is(w, "del"))
		return parse_del(p, t, false);
	if (kap_text_is(w, "destroy"))
		return parse_del(p, t, true);
	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		if (!kap_text_is(w, commands[i].name))
			continue;
		w = next_word(&t);
		if (w.s < w.end)
			return fail_word(p, KAP_E_EXTRA, w);
		p->cmd->op = commands[i].op;
		return 0;
	}
	return kap_parse_fail_at(p, KAP_E_COMMAND, w);
}

/* Cut comment and blanks. Sets the first unprintable byte, if there is one. */
static const char *trim_line(struct kap_text *t)
{
	const char *s;

	for (s = t->s; s < t->end && *s != '#'; s++) {
		/* bytes above 0x7f: UTF-8 in a cgroup name */
		if (*s == 0x7f || ((unsigned char)*s < ' ' && *s != '\t'))
			return s;
	}
	t->end = s;
	while (t->s < t->end && is_blank(*t->s))
		t->s++;
	while (t->s < t->end && is_blank(t->end[-1]))
		t->end--;
	return NULL;
}

/**
 * kap_parse_line - parse one line
 * @p: parser
 * @line: its first byte, need not be terminated
 * @len: its length without the newline
 * @cmd: the result; when it is KAP_OP_ADD, the caller owns @cmd->rule
 * @diag: where and why, on error; its @line member is not touched
 *
 * Context: process, may sleep. One caller at a time for one parser.
 * Return: 0 or a negative errno value; then there is nothing to free.
 */
int kap_parse_line(struct kap_parser *p, const char *line, size_t len,
		   struct kap_cmd *cmd, struct kap_diag *diag)
{
	struct kap_text t = { line, line + len };
	const char *bad;
	int err;

	memset(p, 0, offsetof(struct kap_parser, small));
	p->item = p->small;
	memset(cmd, 0, sizeof(*cmd));
	p->line = line;
	p->diag = diag;
	p->cmd = cmd;
	p->rule.prio = KAP_PRIO_DEFAULT;
	diag->error = KAP_E_NONE;

	/* mark one byte only: a caller need not have read the rest of the line */
	if (len > KAP_LINE_MAX)
		return kap_parse_fail(p, KAP_E_LINE, line,
				      line + KAP_LINE_MAX + 1);
	bad = trim_line(&t);
	if (bad)
		return kap_parse_fail(p, KAP_E_CHAR, bad, bad + 1);
	if (t.s == t.end)
		return 0;
	cmd->where = span_of(p, t);
	err = parse_command(p, t);
	if (p->item != p->small)
		kvfree(p->item);
	return err;
}

/**
 * kap_parse_bare - tell the commands that are a single word from other lines
 * @line: its first byte, need not be terminated
 * @len: its length without the newline
 *
 * Does not parse other lines, so this is cheap and says nothing about errors.
 *
 * Context: any.
 * Return: what the line is: KAP_OP_NONE, or the command if it is one word and
 *	nothing but blanks and a comment beside it; KAP_OP_ADD otherwise.
 */
enum kap_op kap_parse_bare(const char *line, size_t len)
{
	struct kap_text t = { line, line + len }, w = next_word(&t), rest;
	const char *hash = memchr(w.s, '#', w.end - w.s);
	size_t i;

	if (hash) {
		w.end = hash;
		t.s = t.end;
	}
	rest = next_word(&t);
	if (len > KAP_LINE_MAX || (rest.s < rest.end && *rest.s != '#'))
		return KAP_OP_ADD;
	if (w.s == w.end)
		return KAP_OP_NONE;
	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		if (kap_text_is(w, commands[i].name))
			return commands[i].op;
	}
	return KAP_OP_ADD;
}

/**
 * kap_parser_alloc - scratch for parsing
 *
 * Context: process, may sleep.
 * Return: a parser for kap_parser_free(), or NULL.
 */
struct kap_parser *kap_parser_alloc(void)
{
	return kvmalloc(sizeof(struct kap_parser), GFP_KERNEL);
}

/**
 * kap_parser_free - free a parser
 * @p: parser or NULL
 *
 * Context: process, may sleep.
 */
void kap_parser_free(struct kap_parser *p)
{
	kvfree(p);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The parser stops at the first error. To find all errors, repair that word, or
 * blank it out if no fixer knows it, and parse again. If the parser takes the
 * line in the end and no word was blanked out, the line is the suggestion.
 */
#include "words/suggest.h"

#include <stdlib.h>
#include <string.h>

#include "rule/key.h"
#include "words/names.h"
#include "words/repair.h"

#define ROUNDS_MAX	32

static bool (* const fixers[])(const struct kap_problem *p,
			       struct kap_repair *r) = {
	kap_fix_rule, kap_fix_bytes, kap_fix_word, kap_fix_key, kap_fix_cgroup,
	kap_fix_address, kap_fix_list, kap_fix_duration, kap_fix_value,
};

/* Parses the line with numbers for names; @at gets columns of @line itself. */
static int parse(struct kap_parser *parser, const struct kap_edit *line,
		 const char *where, enum kap_error *error, struct kap_span *at)
{
	struct kap_edit plain;
	struct kap_diag diag;
	struct kap_cmd cmd;
	int err;

	kap_edit_init(&plain, line->s, line->len);
	kap_names_expand(&plain, where);
	err = kap_parse_line(parser, plain.s, plain.len, &cmd, &diag);
	if (err) {
		*error = diag.error;
		*at = kap_edit_origin(&plain,
				      (struct kap_span){ diag.col, diag.end });
	} else if (cmd.op == KAP_OP_ADD) {
		kap_rule_put(cmd.rule);
	}
	kap_edit_free(&plain);
	return err;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The word that an error is in, and its parts. */
static void locate(struct kap_problem *p, const struct kap_edit *line,
		   enum kap_error error, struct kap_span at, const char *where)
{
	const char *end = line->s + strcspn(line->s, "#"), *is;

	/* an unprintable character may stand in a comment */
	if (error == KAP_E_CHAR || end > line->s + line->len)
		end = line->s + line->len;
	while (end > line->s && is_blank(end[-1]))
		end--;
	memset(p, 0, sizeof(*p));
	p->line = line->s;
	p->end = end;
	p->error = error;
	p->where = where;
	p->at.s = line->s + at.col - 1;
	p->at.end = line->s + (at.end < line->len ? at.end : line->len);
	if (p->at.end < p->at.s)
		p->at.end = p->at.s;
	p->word = (struct kap_text){ p->at.s, p->at.s };
	if (p->word.s > end)
		p->word.s = end;
	while (p->word.s > line->s && !is_blank(p->word.s[-1]))
		p->word.s--;
	p->word.end = p->word.s;
	while (p->word.end < end && !is_blank(*p->word.end))
		p->word.end++;
	is = memchr(p->word.s, '=', kap_word_length(p->word));
	if (is)
		p->value = (struct kap_text){ is + 1, p->word.end };
	p->key = is ? kap_key_find(p->word.s, is - p->word.s) : -1;
}

/* Blank out a word that has no repair; the columns of the others stay. */
static void leave_out(struct kap_edit *line, const struct kap_problem *p)
{
	struct kap_text out = p->word;

	if (out.s == out.end)
		out.end = line->s + line->len;
	memset(line->s + (out.s - line->s), ' ', out.end - out.s);
}

/* Errors of the whole rule are not reported once a word was blanked out. */
static bool is_of_whole(enum kap_error error)
{
	return error == KAP_E_NOTHING || error == KAP_E_AUTO ||
	       error == KAP_E_OFF || error == KAP_E_COMMAND ||
	       error == KAP_E_DEL ||
	       error == KAP_E_LINE || error == KAP_E_MEMORY;
}

/* Commands other than add, and lines that are too long, have no repair. */
static bool is_beyond_repair(const struct kap_edit *line, enum kap_error error)
{
	const char *s = line->s + strspn(line->s, " \t");

	return error == KAP_E_LINE || error == KAP_E_MEMORY ||
	       error == KAP_E_EXTRA || !strcmp(s, "del") ||
	       (error != KAP_E_DEL && !strncmp(s, "del ", 4)) ||
	       !strncmp(s, "destroy ", 8);
}

/* Report one NUL only: programs and UTF-16 have hundreds. */
static bool is_binary(const struct kap_problem *p)
{
	return p->error == KAP_E_CHAR &&
	       memchr(p->line, '\0', p->end - p->line);
}

/* Does an error touch one that was reported? Then it is its consequence. */
static bool is_said(const struct kap_advice *advice, struct kap_span at)
{
	size_t i;

	for (i = 0; i < advice->n; i++) {
		const struct kap_span *old = &advice->v[i].at;

		if (at.col <= old->end && old->col <= at.end)
			return true;
	}
	return false;
}

static void add_finding(struct kap_advice *advice, enum kap_error error,
			struct kap_span at, struct kap_repair *r)
{
	struct kap_finding *f;

	if (advice->n == KAP_FINDINGS_MAX || (advice->n && is_said(advice, at)))
		return;
	f = &advice->v[advice->n++];
	f->message = r->message ? r->message : kap_error_text(error);
	f->at = at;
	f->hint = r->hint;
	r->hint = NULL;
}

static void repair(struct kap_repair *r, const struct kap_problem *p)
{
	size_t i;

	memset(r, 0, sizeof(*r));
	for (i = 0; i < sizeof(fixers) / sizeof(fixers[0]); i++) {
		if (fixers[i](p, r))
			break;
	}
}

/* One round. Returns whether the line is to be parsed again. */
static bool treat(struct kap_advice *advice, struct kap_edit *line,
		  const struct kap_problem *p, struct kap_span at, bool *whole)
{
	struct kap_span origin = kap_edit_origin(line, at);
	struct kap_repair r;
	bool more = true;

	if (is_beyond_repair(line, p->error))
		memset(&r, 0, sizeof(r));
	else
		repair(&r, p);
	if (is_beyond_repair(line, p->error) || is_binary(p))
		more = false;
	add_finding(advice, p->error, origin, &r);
	if (r.front) {
		free(advice->front);
		advice->front = r.front;
		r.front = NULL;
	}
	if (r.text) {
		kap_edit_replace(line, r.at.s - line->s, r.at.end - r.at.s,
				 r.text);
	} else {
		*whole = false;
		more &= !is_of_whole(p->error);
		leave_out(line, p);
	}
	kap_repair_free(&r);
	return more;
}

static char *trimmed(const struct kap_edit *line)
{
	const char *s = line->s, *end = line->s + line->len;

	while (s < end && is_blank(*s))
		s++;
	while (end > s && is_blank(end[-1]))
		end--;
	return strndup(s, end - s);
}

/**
 * kap_suggest - find all that is wrong with a line
 * @advice: the result; free it with kap_suggest_free()
 * @parser: a parser
 * @line: a line that it refuses
 * @len: its length
 * @where: the file that the line is of, or NULL
 */
void kap_suggest(struct kap_advice *advice, struct kap_parser *parser,
		 const char *line, size_t len, const char *where)
{
	struct kap_problem p;
	enum kap_error error;
	struct kap_span at;
	struct kap_edit e;
	bool whole = true, more = true;
	int round, err = 0;

	memset(advice, 0, sizeof(*advice));
	kap_edit_init(&e, line, len);
	for (round = 0; round < ROUNDS_MAX && more; round++) {
		err = parse(parser, &e, where, &error, &at);
		if (!err || (!whole && is_of_whole(error)))
			break;
		locate(&p, &e, error, at, where);
		more = treat(advice, &e, &p, at, &whole);
	}
	if (!err && whole)
		advice->text = trimmed(&e);
	kap_edit_free(&e);
}

/**
 * kap_suggest_free - free what there was to say
 * @advice: what kap_suggest() has filled in
 */
void kap_suggest_free(struct kap_advice *advice)
{
	size_t i;

	for (i = 0; i < advice->n; i++)
		free(advice->v[i].hint);
	free(advice->front);
	free(advice->text);
}

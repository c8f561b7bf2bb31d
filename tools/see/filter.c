// SPDX-License-Identifier: GPL-2.0
/*
 * A filter is the match keys of a rule, read by the parser of rules, and some
 * that only what is there has: state, program, pid.
 */
#include "see/filter.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "rule/key.h"
#include "rule/match.h"
#include "rules/source.h"
#include "see/conn.h"

#define FRONT	"action=skip "	/* a rule needs something to do */

#define MATCH_KEYS	(BIT(KAP_KEY_CGROUP) | BIT(KAP_KEY_DIR) | \
			 BIT(KAP_KEY_PORT) | BIT(KAP_KEY_LPORT) | \
			 BIT(KAP_KEY_RPORT) | BIT(KAP_KEY_LADDR) | \
			 BIT(KAP_KEY_RADDR) | BIT(KAP_KEY_UID))

/**
 * struct scan - a filter that is being read
 * @f: the result
 * @source: the text
 * @line: its only line
 * @words: FRONT and the line; keys of ours become blanks
 * @seen: keys of ours that were there
 */
struct scan {
	struct kap_filter *f;
	const struct kap_source *source;
	struct kap_line line;
	char *words;
	unsigned int seen;
};

static bool fail(const struct scan *s, size_t col, size_t end,
		 const char *message)
{
	struct kap_span at = { col + 1, end > col ? end : col + 1 };

	kap_source_report(KAP_ERROR, s->source, &s->line, at, "%s", message);
	return false;
}

static bool take_state(struct scan *s, size_t at, size_t end)
{
	s->f->state = kap_conn_state_find(s->line.s + at, end - at);
	return s->f->state > 0 ||
	       fail(s, at, end, "no such state (established, syn-sent, fin-wait-1, fin-wait-2, close-wait, last-ack, closing)");
}

static bool take_program(struct scan *s, size_t at, size_t end)
{
	s->f->program = strndup(s->line.s + at, end - at);
	return true;
}

static bool take_pid(struct scan *s, size_t at, size_t end)
{
	char *stop;
	long pid = strtol(s->line.s + at, &stop, 10);

	if (stop != s->line.s + end || pid < 1 || pid > 4194304)
		return fail(s, at, end, "pid out of range (1-4194304)");
	s->f->pid = pid;
	return true;
}

static const struct {
	const char *name;
	bool (*take)(struct scan *s, size_t at, size_t end);
} own_keys[] = {
	{ "state", take_state },
	{ "program", take_program },
	{ "pid", take_pid },
};

/* The word from @at to @end, with its key up to @value: is it one of ours? */
static bool take_word(struct scan *s, size_t at, size_t value, size_t end)
{
	const char *key = s->line.s + at;
	size_t i, len = value - at;

	for (i = 0; i < ARRAY_SIZE(own_keys); i++) {
		if (strlen(own_keys[i].name) != len ||
		    memcmp(own_keys[i].name, key, len))
			continue;
		if (s->seen & BIT(i))
			return fail(s, at, value, "key given twice");
		s->seen |= BIT(i);
		if (value + 1 >= end)
			return fail(s, at, end, "value missing");
		memset(s->words + strlen(FRONT) + at, ' ', end - at);
		return own_keys[i].take(s, value + 1, end);
	}
	return true;
}

static bool scan_words(struct scan *s)
{
	size_t at = 0, len = s->line.len;

	for (;;) {
		size_t end, value;
		int key;

		at += strspn(s->line.s + at, " \t");
		if (at >= len)
			return true;
		end = at + strcspn(s->line.s + at, " \t");
		value = at + strcspn(s->line.s + at, "= \t");
		key = value < end ? kap_key_find(s->line.s + at, value - at) :
				    -1;
		if (key >= 0 && !(MATCH_KEYS & BIT(key)))
			return fail(s, at, value,
				    "not a match key, so no filter");
		if (value < end && !take_word(s, at, value, end))
			return false;
		at = end;
	}
}

static bool parse_rest(struct scan *s)
{
	struct kap_parser *parser = kap_parser_alloc();
	struct kap_diag diag;
	struct kap_cmd cmd;
	size_t skip = strlen(FRONT);
	int err;

	if (!parser) {
		kap_diag_error("%s", kap_error_text(KAP_E_MEMORY));
		return false;
	}
	err = kap_parse_line(parser, s->words, strlen(s->words), &cmd, &diag);
	kap_parser_free(parser);
	if (!err)
		s->f->rule = cmd.rule;
	return !err || fail(s, diag.col - skip - 1, diag.end - skip,
			    diag.error == KAP_E_KEY ?
			    "unknown filter (state, program, pid or a match key of a rule)" :
			    kap_error_text(diag.error));
}

/**
 * kap_filter_parse - read a filter
 * @f: the result; free it whatever comes back
 * @source: the words, one line; none match every connection
 *
 * Return: whether it is one; if not, reported.
 */
bool kap_filter_parse(struct kap_filter *f, const struct kap_source *source)
{
	struct scan s = {
		.f = f,
		.source = source,
		.line = { source->text, source->len, 1 },
	};
	bool ok;

	memset(f, 0, sizeof(*f));
	s.words = kap_mem_alloc(strlen(FRONT) + source->len + 1);
	strcpy(stpcpy(s.words, FRONT), source->text);
	ok = scan_words(&s) && parse_rest(&s);
	free(s.words);
	return ok;
}

/**
 * kap_filter_matches - is this connection asked for?
 * @f: the filter
 * @c: the connection
 *
 * Return: whether it is.
 */
bool kap_filter_matches(const struct kap_filter *f, const struct kap_conn *c)
{
	struct kap_key key;

	if (f->state && c->state != f->state)
		return false;
	if (f->pid && (!c->owner || c->owner->pid != f->pid))
		return false;
	if (f->program && (!c->owner || strcmp(c->owner->program, f->program)))
		return false;
	kap_conn_key(c, &key);
	return kap_rule_matches(f->rule, &key);
}

/**
 * kap_filter_free - free what a filter holds
 * @f: the filter
 */
void kap_filter_free(struct kap_filter *f)
{
	kap_rule_put(f->rule);
	free(f->program);
}

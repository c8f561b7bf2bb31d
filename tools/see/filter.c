// SPDX-License-Identifier: GPL-2.0
/*
 * A filter is the match keys of a rule, read by the parser of rules with all
 * that the tool adds to them, and keys of its own: state, program, pid.
 */
#include "see/filter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "rule/key.h"
#include "rule/match.h"
#include "rules/source.h"
#include "see/conn.h"
#include "words/repair.h"

#define FRONT	"action=skip "	/* a rule needs something to do */

#define MATCH_KEYS	(BIT(KAP_KEY_CGROUP) | BIT(KAP_KEY_DIR) | \
			 BIT(KAP_KEY_PORT) | BIT(KAP_KEY_LPORT) | \
			 BIT(KAP_KEY_RPORT) | BIT(KAP_KEY_LADDR) | \
			 BIT(KAP_KEY_RADDR) | BIT(KAP_KEY_UID))

/**
 * struct scan - a filter that is being read
 * @f: the result
 * @written: FRONT and the words as they were given
 * @rest: the same, but keys of ours are blanks; shows @written
 * @line: the only line of @rest
 * @seen: keys of ours that were there
 */
struct scan {
	struct kap_filter *f;
	char *written;
	struct kap_source rest;
	struct kap_line line;
	unsigned int seen;
};

static bool fail(const struct scan *s, size_t at, size_t end,
		 const char *message)
{
	struct kap_span span = { at + 1, end > at ? end : at + 1 };

	kap_source_report(KAP_ERROR, &s->rest, &s->line, span, "%s", message);
	return false;
}

static bool take_state(struct scan *s, size_t at, size_t end)
{
	s->f->state = kap_conn_state_find(s->written + at, end - at);
	if (s->f->state > 0)
		return true;
	fail(s, at, end, "no such state (established, syn-sent, fin-wait-1, fin-wait-2, close-wait, last-ack, closing)");
	if (!strncasecmp(s->written + at, "listen", strlen("listen")))
		kap_diag_advise("hint", "a listening socket is no connection: ss -tln");
	return false;
}

static bool take_program(struct scan *s, size_t at, size_t end)
{
	s->f->program = strndup(s->written + at, end - at);
	return true;
}

static bool take_pid(struct scan *s, size_t at, size_t end)
{
	char *stop;
	long pid = strtol(s->written + at, &stop, 10);

	if (stop != s->written + end) {
		fail(s, at, end, kap_error_text(KAP_E_NUMBER));
		kap_diag_advise("hint", "a program is filtered by its name with program=");
		return false;
	}
	if (pid < 1 || pid > 4194304)
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

/* Is there such a key in a filter? What else there is, kap_source_parse() says. */
static bool check_key(const struct scan *s, size_t at, size_t value)
{
	struct kap_text name = { s->written + at, s->written + value };
	int key = kap_key_find(name.s, value - at);
	const char *meant;
	char *hint;

	if (key >= 0)
		return (MATCH_KEYS & BIT(key)) ||
		       fail(s, at, value, "not a match key, so no filter");
	meant = kap_key_meant(name);
	if (meant && strlen(meant) == value - at &&
	    !memcmp(meant, name.s, value - at))
		return true;
	fail(s, at, value,
	     "unknown filter (state, program, pid or a match key of a rule)");
	if (meant) {
		if (asprintf(&hint, "the key is called %s", meant) < 0)
			abort();
		kap_diag_advise("hint", hint);
		free(hint);
	}
	return false;
}

/* The word from @at to @end, with its key up to @value: is it one of ours? */
static bool take_word(struct scan *s, size_t at, size_t value, size_t end)
{
	const char *key = s->written + at;
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
		memset(s->rest.text + at, ' ', end - at);
		s->rest.shown = s->written;
		return own_keys[i].take(s, value + 1, end);
	}
	return check_key(s, at, value);
}

static bool scan_words(struct scan *s)
{
	const char *text = s->written;
	size_t at = strlen(FRONT);

	for (;;) {
		size_t end, value;

		at += strspn(text + at, " \t");
		if (!text[at])
			return true;
		end = at + strcspn(text + at, " \t");
		value = at + strcspn(text + at, "= \t");
		if (value < end && !take_word(s, at, value, end))
			return false;
		at = end;
	}
}

/* What is left is a rule, in which names are allowed and mistakes explained. */
static bool parse_rest(struct scan *s)
{
	struct kap_parser *parser = kap_parser_alloc();
	struct kap_cmd cmd;
	int err;

	if (!parser) {
		kap_diag_error("%s", kap_error_text(KAP_E_MEMORY));
		return false;
	}
	err = kap_source_parse(&s->rest, &s->line, parser, &cmd);
	kap_parser_free(parser);
	if (!err)
		s->f->rule = cmd.rule;
	return !err;
}

static char *with_front(const char *words)
{
	char *text = kap_mem_alloc(strlen(FRONT) + strlen(words) + 1);

	strcpy(stpcpy(text, FRONT), words);
	return text;
}

/**
 * kap_filter_parse - read a filter
 * @f: the result; free it whatever comes back
 * @words: the words on one line; none match every connection
 *
 * Return: whether it is one; if not, reported.
 */
bool kap_filter_parse(struct kap_filter *f, const char *words)
{
	struct scan s = { .f = f, .written = with_front(words) };
	bool ok;

	memset(f, 0, sizeof(*f));
	kap_source_words(&s.rest, with_front(words), strlen(FRONT));
	s.line = (struct kap_line){ s.rest.text, s.rest.len, 1 };
	ok = scan_words(&s) && parse_rest(&s);
	kap_source_free(&s.rest);
	free(s.written);
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

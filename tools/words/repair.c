// SPDX-License-Identifier: GPL-2.0
#include "words/repair.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static __attribute__((format(printf, 2, 0)))
void set(char **to, const char *fmt, va_list args)
{
	free(*to);
	if (vasprintf(to, fmt, args) < 0)
		abort();
}

/**
 * kap_repair_hint - say what to know
 * @r: the repair
 * @fmt: the hint, as for printf()
 */
void kap_repair_hint(struct kap_repair *r, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	set(&r->hint, fmt, args);
	va_end(args);
}

/**
 * kap_repair_replace - say what should stand there
 * @r: the repair
 * @at: where, in the line of the problem
 * @fmt: the text, as for printf()
 */
void kap_repair_replace(struct kap_repair *r, struct kap_text at,
			const char *fmt, ...)
{
	va_list args;

	r->at = at;
	va_start(args, fmt);
	set(&r->text, fmt, args);
	va_end(args);
}

/**
 * kap_repair_drop - say that a word should not be there
 * @r: the repair
 * @at: the word; a blank behind it goes with it
 */
void kap_repair_drop(struct kap_repair *r, struct kap_text at)
{
	at.end += *at.end == ' ';
	kap_repair_replace(r, at, "%s", "");
}

/**
 * kap_repair_not - say how to except what a word excludes by "!"
 * @p: the problem; its value begins with "!"
 * @r: the repair
 */
void kap_repair_not(const struct kap_problem *p, struct kap_repair *r)
{
	kap_repair_hint(r, "there is no \"not\": a rule in front makes the exception");
	kap_repair_drop(r, p->word);
	free(r->front);
	if (asprintf(&r->front, "%.*s%.*s action=skip",
		     (int)(p->value.s - p->word.s), p->word.s,
		     (int)kap_word_length(p->value) - 1, p->value.s + 1) < 0)
		abort();
}

/**
 * kap_repair_free - free what a repair holds
 * @r: the repair
 */
void kap_repair_free(struct kap_repair *r)
{
	free(r->hint);
	free(r->text);
	free(r->front);
	memset(r, 0, sizeof(*r));
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/**
 * kap_word_behind - the word behind another one
 * @p: the problem
 * @w: a word of its line
 *
 * Return: the word; empty when there is none.
 */
struct kap_text kap_word_behind(const struct kap_problem *p, struct kap_text w)
{
	struct kap_text next = { w.end, w.end };

	while (next.s < p->end && is_blank(*next.s))
		next.s++;
	for (next.end = next.s; next.end < p->end && !is_blank(*next.end);)
		next.end++;
	return next;
}

/**
 * kap_word_before - the word in front of another one
 * @p: the problem
 * @w: a word of its line
 *
 * Return: the word; empty when there is none.
 */
struct kap_text kap_word_before(const struct kap_problem *p, struct kap_text w)
{
	struct kap_text prev = { w.s, w.s };

	while (prev.end > p->line && is_blank(prev.end[-1]))
		prev.end--;
	for (prev.s = prev.end; prev.s > p->line && !is_blank(prev.s[-1]);)
		prev.s--;
	return prev;
}

/**
 * kap_word_length - how long is a word?
 * @w: the word
 *
 * Return: bytes.
 */
size_t kap_word_length(struct kap_text w)
{
	return w.end - w.s;
}

/**
 * kap_word_is - is a word one of a list, in whatever case?
 * @w: the word
 * @list: words, NULL behind the last
 *
 * Return: whether it is.
 */
bool kap_word_is(struct kap_text w, const char *const *list)
{
	for (; *list; list++) {
		if (strlen(*list) == kap_word_length(w) &&
		    !strncasecmp(w.s, *list, kap_word_length(w)))
			return true;
	}
	return false;
}

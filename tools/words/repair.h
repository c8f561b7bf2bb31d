/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is wrong with a line, and what could stand there instead. Each fixer
 * knows one kind of mistake; suggest.c asks them in turn.
 */
#ifndef _KAPCTL_REPAIR_H
#define _KAPCTL_REPAIR_H

#include <stdbool.h>
#include <stddef.h>

#include "rule/errors.h"
#include "words/edit.h"

/**
 * struct kap_problem - an error of the parser in the line in hand
 * @line: the line
 * @end: behind its last byte that is not part of a comment
 * @error: the reason
 * @word: the word with the error
 * @value: what stands behind the "=" of @word; s is NULL when there is none
 * @at: the offending bytes
 * @key: enum kap_word of @word, or -1
 * @where: the file that the line is of, or NULL
 */
struct kap_problem {
	const char *line;
	const char *end;
	enum kap_error error;
	struct kap_text word;
	struct kap_text value;
	struct kap_text at;
	int key;
	const char *where;
};

/**
 * struct kap_repair - what to do about it
 * @message: what is wrong, when the tool knows better than the parser; or NULL
 * @hint: what to know; NULL when there is nothing to be said
 * @at: the bytes to be replaced; s is NULL when only a person can decide
 * @text: what should stand there
 * @front: a rule that should stand in front, or NULL
 */
struct kap_repair {
	const char *message;
	char *hint;
	struct kap_text at;
	char *text;
	char *front;
};

void kap_repair_hint(struct kap_repair *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void kap_repair_replace(struct kap_repair *r, struct kap_text at,
			const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void kap_repair_drop(struct kap_repair *r, struct kap_text at);
void kap_repair_not(const struct kap_problem *p, struct kap_repair *r);
void kap_repair_free(struct kap_repair *r);

struct kap_text kap_word_behind(const struct kap_problem *p, struct kap_text w);
struct kap_text kap_word_before(const struct kap_problem *p, struct kap_text w);
bool kap_word_is(struct kap_text w, const char *const *list);
size_t kap_word_length(struct kap_text w);

/* The fixers; each returns whether it knew the mistake. */
bool kap_fix_bytes(const struct kap_problem *p, struct kap_repair *r);
bool kap_fix_word(const struct kap_problem *p, struct kap_repair *r);
bool kap_fix_key(const struct kap_problem *p, struct kap_repair *r);
bool kap_fix_rule(const struct kap_problem *p, struct kap_repair *r);
bool kap_fix_value(const struct kap_problem *p, struct kap_repair *r);
bool kap_fix_duration(const struct kap_problem *p, struct kap_repair *r);
bool kap_fix_list(const struct kap_problem *p, struct kap_repair *r);
bool kap_fix_address(const struct kap_problem *p, struct kap_repair *r);
bool kap_fix_cgroup(const struct kap_problem *p, struct kap_repair *r);

/* A port or an address that stands where key=value is expected. */
bool kap_fix_endpoint(const struct kap_problem *p, struct kap_repair *r);

/* The key that a word is meant to be, or NULL. */
const char *kap_key_meant(struct kap_text name);

#endif /* _KAPCTL_REPAIR_H */

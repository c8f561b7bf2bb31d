/* SPDX-License-Identifier: GPL-2.0 */
/* Errors and warnings, in one form everywhere; the only writer of stderr. */
#ifndef _KAPCTL_DIAG_H
#define _KAPCTL_DIAG_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum kap_severity { KAP_ERROR, KAP_WARNING };

/**
 * struct kap_place - where in a text something is wrong
 * @file: name of the text
 * @line: line number, from 1; 0 when no line is to blame
 * @col: first offending byte of the line, from 1
 * @end: last offending byte
 * @text: the line, not terminated
 * @len: its length
 */
struct kap_place {
	const char *file;
	unsigned int line;
	unsigned int col;
	unsigned int end;
	const char *text;
	size_t len;
};

/**
 * struct kap_held - what would have been reported
 * @count: how many errors and warnings
 * @first: the first of each, to be freed
 */
struct kap_held {
	unsigned int count[2];
	char *first[2];
};

void kap_diag_set_json(void);
void kap_diag_set_strict(void);
bool kap_diag_is_json(void);
void kap_diag_report(enum kap_severity severity, const struct kap_place *at,
		     const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void kap_diag_error(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));
void kap_diag_hint(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));
void kap_diag_hold(struct kap_held *held);
unsigned int kap_diag_errors(void);
void kap_diag_finish(void);
void kap_diag_to_json(json_t *doc);

#endif /* _KAPCTL_DIAG_H */

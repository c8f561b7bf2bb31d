/* SPDX-License-Identifier: GPL-2.0 */
/* Texts with rules in them: files, stdin, the command line, sysfs. */
#ifndef _KAPCTL_SOURCE_H
#define _KAPCTL_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"
#include "rule/parse.h"

/**
 * struct kap_source - a text
 * @name: what errors call it
 * @text: its bytes, to be freed
 * @len: how many
 * @skip: bytes in front of line 1 that the user did not write
 * @in_force: the rules in force, not rules to be checked
 * @shown: what messages show in the place of @text, byte for byte; NULL: @text
 */
struct kap_source {
	const char *name;
	char *text;
	size_t len;
	size_t skip;
	bool in_force;
	const char *shown;
};

/**
 * struct kap_line - a line of a text
 * @s: its first byte
 * @len: its length without the newline
 * @number: from 1
 */
struct kap_line {
	const char *s;
	size_t len;
	unsigned int number;
};

int kap_source_load(struct kap_source *source, const char *path);
bool kap_source_read(struct kap_source *source, const char *path);
void kap_source_words(struct kap_source *source, char *text, size_t skip);
void kap_source_free(struct kap_source *source);
bool kap_source_next(const struct kap_source *source, struct kap_line *line);
bool kap_source_line(const struct kap_source *source, unsigned int number,
		     struct kap_line *line);
int kap_source_parse(const struct kap_source *source,
		     const struct kap_line *line, struct kap_parser *parser,
		     struct kap_cmd *cmd);
char *kap_source_plain(const struct kap_source *source, size_t *len);
struct kap_span kap_source_origin(const struct kap_source *source,
				  const struct kap_line *line,
				  struct kap_span at);
struct kap_span kap_source_value(const struct kap_line *line,
				 struct kap_span word);
void kap_source_report(enum kap_severity severity,
		       const struct kap_source *source,
		       const struct kap_line *line, struct kap_span at,
		       const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

#endif /* _KAPCTL_SOURCE_H */

// SPDX-License-Identifier: GPL-2.0
#include "rules/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "words/names.h"
#include "words/suggest.h"

/* 65,536 rules of 4 KiB: more is refused, such as /dev/zero. */
#define SIZE_MAX_READ	0x10000000

/* Read all, and append a NUL. Returns NULL with errno set on error. */
static char *slurp(int fd, size_t *len)
{
	size_t room = 0;
	char *text = NULL;
	ssize_t n;

	*len = 0;
	for (;;) {
		while (room < *len + 4096 + 1)
			text = kap_mem_grow(text, room, &room, 1);
		n = read(fd, text + *len, room - *len - 1);
		if (n > 0) {
			*len += n;
		} else if (!n) {
			text[*len] = '\0';
			return text;
		}
		if (*len > SIZE_MAX_READ)
			errno = EFBIG;
		else if (n > 0 || errno == EINTR)
			continue;
		free(text);
		return NULL;
	}
}

/**
 * kap_source_load - read a file
 * @source: the result
 * @path: the file, or - for stdin; becomes the name of the text
 *
 * Return: 0 or an errno value, not reported.
 */
int kap_source_load(struct kap_source *source, const char *path)
{
	bool is_stdin = !strcmp(path, "-");
	int fd, err = 0;

	memset(source, 0, sizeof(*source));
	source->name = is_stdin ? "<stdin>" : path;
	fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	source->text = slurp(fd, &source->len);
	if (!source->text)
		err = errno;
	if (!is_stdin)
		close(fd);
	return err;
}

/**
 * kap_source_read - read a file, or say why not
 * @source: the result
 * @path: the file, or - for stdin
 *
 * Return: whether it could be read.
 */
bool kap_source_read(struct kap_source *source, const char *path)
{
	int err = kap_source_load(source, path);
	struct kap_place at = { .file = source->name };

	if (err)
		kap_diag_report(KAP_ERROR, &at, "%s", strerror(err));
	if (err == EISDIR)
		kap_diag_advise("hint", "name the files in it: DIRECTORY/*.conf");
	else if (err == ENOENT && strchr(path, '='))
		kap_diag_advise("hint", "a rule is no file: echo \"RULE\" | kapctl check -");
	return !err;
}

/**
 * kap_source_words - make a text of words of the command line
 * @source: the result
 * @text: the words on one line; @source owns it from now on
 * @skip: bytes at its start that the user did not write
 */
void kap_source_words(struct kap_source *source, char *text, size_t skip)
{
	memset(source, 0, sizeof(*source));
	source->name = "<command-line>";
	source->text = text;
	source->len = strlen(text);
	source->skip = skip;
}

/**
 * kap_source_free - free what a text holds
 * @source: the text
 */
void kap_source_free(struct kap_source *source)
{
	free(source->text);
	source->text = NULL;
}

/**
 * kap_source_next - step through the lines of a text
 * @source: the text
 * @line: the last line, all zero before the first; becomes the next one
 *
 * Return: whether there is one.
 */
bool kap_source_next(const struct kap_source *source, struct kap_line *line)
{
	const char *end = source->text + source->len;
	const char *s = line->s ? line->s + line->len + 1 : source->text;
	const char *newline;

	if (s >= end)
		return false;
	newline = memchr(s, '\n', end - s);
	line->s = s;
	line->len = (newline ? newline : end) - s;
	line->number++;
	return true;
}

/**
 * kap_source_line - find a line by its number
 * @source: the text
 * @number: from 1
 * @line: the result
 *
 * Return: whether the text has that many.
 */
bool kap_source_line(const struct kap_source *source, unsigned int number,
		     struct kap_line *line)
{
	memset(line, 0, sizeof(*line));
	while (line->number < number) {
		if (!kap_source_next(source, line))
			return false;
	}
	return number > 0;
}

static unsigned int visible(size_t skip, unsigned int col)
{
	return col > skip ? col - skip : 1;
}

/**
 * kap_source_report - say what is wrong with a line of a text
 * @severity: error or warning
 * @source: the text
 * @line: the line
 * @at: the columns of @line
 * @fmt: what, as for printf()
 */
void kap_source_report(enum kap_severity severity,
		       const struct kap_source *source,
		       const struct kap_line *line, struct kap_span at,
		       const char *fmt, ...)
{
	size_t skip = line->number == 1 ? source->skip : 0;
	const char *text = source->shown ?
			   source->shown + (line->s - source->text) : line->s;
	struct kap_place place = {
		.file = source->name,
		.line = line->number,
		.col = visible(skip, at.col),
		.end = visible(skip, at.end),
		.text = text + skip,
		.len = line->len - skip,
	};
	char *message;
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&message, fmt, args) < 0)
		abort();
	va_end(args);
	kap_diag_report(severity, &place, "%s", message);
	free(message);
}

static void report_advice(const struct kap_source *source,
			  const struct kap_line *line,
			  const struct kap_advice *advice)
{
	size_t skip = line->number == 1 ? source->skip : 0, i;

	for (i = 0; i < advice->n; i++) {
		const struct kap_finding *f = &advice->v[i];

		kap_source_report(KAP_ERROR, source, line, f->at, "%s",
				  f->message);
		if (f->hint)
			kap_diag_advise("hint", f->hint);
	}
	/* the advice is about @text, which is not what the user wrote */
	if (source->shown || !advice->text || strlen(advice->text) <= skip)
		return;
	if (advice->front)
		kap_diag_advise("try", advice->front);
	kap_diag_advise(advice->front ? "" : "try", advice->text + skip);
}

static void map_back(const struct kap_edit *plain, struct kap_cmd *cmd)
{
	int key;

	cmd->where = kap_edit_origin(plain, cmd->where);
	if (cmd->arg.col)
		cmd->arg = kap_edit_origin(plain, cmd->arg);
	for (key = 0; key < KAP_KEY_NR; key++) {
		if (cmd->key[key].col)
			cmd->key[key] = kap_edit_origin(plain, cmd->key[key]);
	}
}

/**
 * kap_source_parse - read a line with the parser of the module
 * @source: the text
 * @line: one of its lines
 * @parser: a parser
 * @cmd: the result, with columns of @line; names have become numbers
 *
 * Return: 0 or a negative errno value; then all that is wrong with the line has
 * been reported.
 */
int kap_source_parse(const struct kap_source *source,
		     const struct kap_line *line, struct kap_parser *parser,
		     struct kap_cmd *cmd)
{
	struct kap_advice advice;
	struct kap_edit plain;
	struct kap_diag diag;
	int err;

	if (source->in_force || !kap_names_any(line->s, line->len)) {
		err = kap_parse_line(parser, line->s, line->len, cmd, &diag);
	} else {
		kap_edit_init(&plain, line->s, line->len);
		kap_names_expand(&plain, source->name);
		err = kap_parse_line(parser, plain.s, plain.len, cmd, &diag);
		if (!err)
			map_back(&plain, cmd);
		kap_edit_free(&plain);
	}
	if (err && source->in_force) {
		kap_source_report(KAP_ERROR, source, line,
				  (struct kap_span){ diag.col, diag.end }, "%s",
				  kap_error_text(diag.error));
	} else if (err) {
		kap_suggest(&advice, parser, line->s, line->len, source->name);
		report_advice(source, line, &advice);
		kap_suggest_free(&advice);
	}
	return err;
}

/**
 * kap_source_plain - a text as the module understands it, without names
 * @source: the text
 * @len: gets the length of the result
 *
 * Return: text of as many lines, to be freed.
 */
char *kap_source_plain(const struct kap_source *source, size_t *len)
{
	struct kap_line line = { 0 };
	struct kap_edit plain;
	char *text;
	FILE *out = open_memstream(&text, len);

	if (!out)
		abort();
	while (kap_source_next(source, &line)) {
		if (kap_names_any(line.s, line.len)) {
			kap_edit_init(&plain, line.s, line.len);
			kap_names_expand(&plain, source->name);
			fwrite(plain.s, 1, plain.len, out);
			kap_edit_free(&plain);
		} else {
			fwrite(line.s, 1, line.len, out);
		}
		if (line.s + line.len < source->text + source->len)
			fputc('\n', out);
	}
	fclose(out);
	return text;
}

/**
 * kap_source_origin - columns of a line in kap_source_plain(), as it is written
 * @source: the text
 * @line: the line as it is written
 * @at: columns of the line without names
 *
 * Return: columns of @line.
 */
struct kap_span kap_source_origin(const struct kap_source *source,
				  const struct kap_line *line,
				  struct kap_span at)
{
	struct kap_edit plain;

	kap_edit_init(&plain, line->s, line->len);
	kap_names_expand(&plain, source->name);
	at = kap_edit_origin(&plain, at);
	kap_edit_free(&plain);
	return at;
}

/**
 * kap_source_value - the columns of a value
 * @line: the line
 * @word: the columns of key=value
 *
 * Return: those behind the equals sign.
 */
struct kap_span kap_source_value(const struct kap_line *line,
				 struct kap_span word)
{
	const char *s = line->s + word.col - 1;
	const char *is = memchr(s, '=', word.end - word.col + 1);

	if (is)
		word.col += is - s + 1;
	return word;
}

// SPDX-License-Identifier: GPL-2.0
#include "base/table.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"

#define GAP		2	/* columns of the terminal between ours */
#define NARROW		20	/* a column that wraps is not made narrower */

/**
 * kap_table_cell - fill the next cell
 * @t: the table
 * @color: of the text
 * @fmt: the text, as for printf()
 */
void kap_table_cell(struct kap_table *t, enum kap_color color,
		    const char *fmt, ...)
{
	struct kap_cell *cell;
	va_list args;

	t->cell = kap_mem_grow(t->cell, t->n, &t->room, sizeof(*t->cell));
	cell = &t->cell[t->n++];
	cell->color = color;
	va_start(args, fmt);
	if (vasprintf(&cell->text, fmt, args) < 0)
		abort();
	va_end(args);
}

static size_t terminal_width(void)
{
	const char *env = getenv("COLUMNS");
	struct winsize size;
	size_t width = env ? strtoul(env, NULL, 10) : 0;

	if (!isatty(STDOUT_FILENO))
		return SIZE_MAX;
	if (!width && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size))
		width = size.ws_col;
	return width ? width : 80;
}

static size_t width_of(const char *text)
{
	return kap_text_width(text, strlen(text));
}

/* The widths the columns need; the widest that may wrap give way. */
static void fit(const struct kap_table *t, size_t *width)
{
	size_t i, j, total = 0, room = terminal_width();

	for (i = 0; i < t->columns; i++) {
		width[i] = width_of(t->column[i].title);
		for (j = i; j < t->n; j += t->columns) {
			size_t w = width_of(t->cell[j].text);

			if (width[i] < w)
				width[i] = w;
		}
	}
	for (i = 0; i < t->columns; i++)
		total += width[i] + (i ? GAP : 0);
	while (total > room) {
		size_t widest = t->columns;

		for (i = 0; i < t->columns; i++) {
			if (t->column[i].wrap && width[i] > NARROW &&
			    (widest == t->columns || width[i] > width[widest]))
				widest = i;
		}
		if (widest == t->columns)
			break;
		width[widest]--;
		total--;
	}
}

/*
 * How much of a text goes on one line of @room columns: up to a blank or
 * behind a comma; if there is neither, behind a slash, or what fits.
 */
static size_t take(const char *text, size_t room)
{
	size_t len = strlen(text), i = 0, w = 0, good = 0, slash = 0;
	struct kap_char c;

	while (i < len) {
		size_t n = kap_text_char(text + i, len - i, &c);

		if (text[i] == ' ')
			good = i;
		w += c.width;
		if (w > room && i)
			return good ? good : slash ? slash : i;
		i += n;
		if (text[i - 1] == ',')
			good = i;
		if (text[i - 1] == '/' && i > 1 && text[i - 2] != '=')
			slash = i;
	}
	return len;
}

static void put_blanks(size_t n)
{
	printf("%*s", (int)n, "");
}

static void put_text(const char *text, size_t len)
{
	struct kap_char c;
	size_t i;

	for (i = 0; i < len;) {
		i += kap_text_char(text + i, len - i, &c);
		fwrite(c.s, 1, c.len, stdout);
	}
}

/* A line of the row; moves each of @text on. Returns whether more is left. */
static bool put_line(const struct kap_table *t, const size_t *width,
		     const char **text, const enum kap_color *color)
{
	size_t i, pending = 0;
	bool more = false;

	for (i = 0; i < t->columns; i++) {
		size_t len = take(text[i], width[i]);
		size_t pad = width[i] - kap_text_width(text[i], len);

		pending += i ? GAP : 0;
		if (t->column[i].right)
			pending += pad;
		if (len) {
			put_blanks(pending);
			pending = 0;
			if (color[i] != KAP_PLAIN)
				fputs(kap_color(stdout, color[i]), stdout);
			put_text(text[i], len);
			if (color[i] != KAP_PLAIN)
				fputs(kap_color(stdout, KAP_PLAIN), stdout);
		}
		if (!t->column[i].right)
			pending += pad;
		text[i] += len;
		while (*text[i] == ' ')
			text[i]++;
		more |= *text[i];
	}
	putchar('\n');
	return more;
}

static void put_row(const struct kap_table *t, const size_t *width,
		    const struct kap_cell *cell)
{
	const char *text[KAP_COLUMNS_MAX];
	enum kap_color color[KAP_COLUMNS_MAX];
	size_t i;

	for (i = 0; i < t->columns; i++) {
		text[i] = cell ? cell[i].text : t->column[i].title;
		color[i] = cell ? cell[i].color : KAP_BOLD;
	}
	while (put_line(t, width, text, color))
		;
}

/**
 * kap_table_print - print a table and empty it
 * @t: the table; its cells fill whole rows
 */
void kap_table_print(struct kap_table *t)
{
	size_t width[KAP_COLUMNS_MAX], i;

	fit(t, width);
	put_row(t, width, NULL);
	for (i = 0; i < t->n; i += t->columns)
		put_row(t, width, &t->cell[i]);
	for (i = 0; i < t->n; i++)
		free(t->cell[i].text);
	free(t->cell);
	t->cell = NULL;
	t->n = 0;
	t->room = 0;
}

// SPDX-License-Identifier: GPL-2.0
#include "base/table.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"

#define GAP		2	/* columns of the terminal between ours */
#define NARROW		20	/* a column that wraps is not made narrower */
#define BELOW		18	/* nor one whose long cells have lines of their own */
#define INDENT		4	/* of those lines */

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

/* --table: print a table even if stdout is no terminal */
static bool always;

/**
 * kap_table_set_always - keep to a width also where stdout is no terminal
 */
void kap_table_set_always(void)
{
	always = true;
}

/**
 * kap_table_width - how wide may a table be?
 *
 * Return: columns; SIZE_MAX where nobody looks.
 */
size_t kap_table_width(void)
{
	const char *env = getenv("COLUMNS");
	bool tty = isatty(STDOUT_FILENO);
	struct winsize size;
	size_t width = env ? strtoul(env, NULL, 10) : 0;

	if (!tty && !always)
		return SIZE_MAX;
	if (!width && tty && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size))
		width = size.ws_col;
	return width ? width : 80;
}

static size_t width_of(const char *text)
{
	return kap_text_width(text, strlen(text));
}

/**
 * struct layout - how a table is printed
 * @width: of each column
 * @shown: whether it is there
 * @room: columns of the terminal
 */
struct layout {
	size_t width[KAP_COLUMNS_MAX];
	bool shown[KAP_COLUMNS_MAX];
	size_t room;
};

static bool is_below(const struct kap_table *t, size_t column)
{
	return t->below == column + 1;
}

/* The width that the cells of a column need, of those that need @max at most. */
static size_t needed(const struct kap_table *t, size_t column, size_t max)
{
	const char *title = t->column[column].title;
	size_t i, width = title ? width_of(title) : 0;

	for (i = column; i < t->n; i += t->columns) {
		size_t w = width_of(t->cell[i].text);

		if (width < w && w <= max)
			width = w;
	}
	return width;
}

static size_t total(const struct kap_table *t, const struct layout *l)
{
	size_t i, sum = 0;

	for (i = 0; i < t->columns; i++) {
		if (l->shown[i])
			sum += l->width[i] + (sum ? GAP : 0);
	}
	return sum;
}

/* Leaves out the column with the highest rank. Returns whether there was one. */
static bool drop_one(const struct kap_table *t, struct layout *l)
{
	size_t i, last = t->columns;

	for (i = 0; t->drop && i < t->columns; i++) {
		if (l->shown[i] && t->drop[i] &&
		    (last == t->columns || t->drop[i] > t->drop[last]))
			last = i;
	}
	if (last == t->columns)
		return false;
	l->shown[last] = false;
	return true;
}

/* Makes the widest of the columns that may wrap narrower by one. */
static bool narrow_one(const struct kap_table *t, struct layout *l)
{
	size_t i, widest = t->columns;

	for (i = 0; i < t->columns; i++) {
		if (l->shown[i] && t->column[i].wrap && !is_below(t, i) &&
		    l->width[i] > NARROW &&
		    (widest == t->columns || l->width[i] > l->width[widest]))
			widest = i;
	}
	if (widest == t->columns)
		return false;
	l->width[widest]--;
	return true;
}

/*
 * Columns are left out before any is made narrower. The column whose long cells
 * have lines of their own gets what the others leave.
 */
static void fit(const struct kap_table *t, struct layout *l)
{
	size_t i, below = t->below - 1, spare;

	l->room = kap_table_width();
	for (i = 0; i < t->columns; i++) {
		l->width[i] = needed(t, i, SIZE_MAX);
		l->shown[i] = true;
	}
	if (t->below && l->width[below] > BELOW)
		l->width[below] = BELOW;
	while (total(t, l) > l->room && drop_one(t, l))
		;
	if (t->below && total(t, l) > l->room)
		l->width[below] = needed(t, below, 0);
	while (total(t, l) > l->room && narrow_one(t, l))
		;
	if (t->below) {
		spare = l->room > total(t, l) ? l->room - total(t, l) : 0;
		l->width[below] = needed(t, below, l->width[below] + spare);
	}
}

/*
 * How much of a text goes on one line of @room columns: up to a blank or
 * behind a comma; if there is neither, behind a slash; if a word is longer than
 * a line, behind a dash, or what fits.
 */
static size_t take(const char *text, size_t room)
{
	size_t len = strlen(text), i = 0, w = 0, good = 0, slash = 0, dash = 0;
	struct kap_char c;

	while (i < len) {
		size_t n = kap_text_char(text + i, len - i, &c);

		if (text[i] == ' ')
			good = i;
		w += c.width;
		if (w > room && i)
			return good ? good : slash ? slash : dash ? dash : i;
		i += n;
		if (text[i - 1] == ',')
			good = i;
		if (text[i - 1] == '/' && i > 1 && text[i - 2] != '=')
			slash = i;
		if (text[i - 1] == '-')
			dash = i;
	}
	return len;
}

static void put_blanks(size_t n)
{
	printf("%*s", (int)n, "");
}

static void put_colored(const char *text, size_t len, enum kap_color color)
{
	struct kap_char c;
	size_t i;

	if (color != KAP_PLAIN)
		fputs(kap_color(stdout, color), stdout);
	for (i = 0; i < len;) {
		i += kap_text_char(text + i, len - i, &c);
		fwrite(c.s, 1, c.len, stdout);
	}
	if (color != KAP_PLAIN)
		fputs(kap_color(stdout, KAP_PLAIN), stdout);
}

/* A line of the row; moves each of @text on. Returns whether more is left. */
static bool put_line(const struct kap_table *t, const struct layout *l,
		     const char **text, const enum kap_color *color)
{
	size_t i, pending = 0;
	bool more = false, any = false;

	for (i = 0; i < t->columns; i++) {
		size_t len = take(text[i], l->width[i]), pad;

		if (!l->shown[i])
			continue;
		pad = kap_text_width(text[i], len);
		pad = pad < l->width[i] ? l->width[i] - pad : 0;
		pending += any ? GAP : 0;
		any = true;
		if (t->column[i].right)
			pending += pad;
		if (len) {
			put_blanks(pending);
			pending = 0;
			put_colored(text[i], len, color[i]);
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

/* A cell that is too long for its column, below its row. */
static void put_below(const struct layout *l, const struct kap_cell *cell)
{
	size_t room = l->room > 2 * INDENT ? l->room - INDENT : INDENT;
	const char *text = cell->text;

	while (*text) {
		size_t len = take(text, room);

		put_blanks(INDENT);
		put_colored(text, len, cell->color);
		putchar('\n');
		text += len;
		while (*text == ' ')
			text++;
	}
}

static void put_row(const struct kap_table *t, const struct layout *l,
		    const struct kap_cell *cell)
{
	const char *text[KAP_COLUMNS_MAX];
	enum kap_color color[KAP_COLUMNS_MAX];
	const struct kap_cell *below = NULL;
	size_t i;

	for (i = 0; i < t->columns; i++) {
		text[i] = cell ? cell[i].text : t->column[i].title;
		color[i] = cell ? cell[i].color : KAP_BOLD;
		if (is_below(t, i) && width_of(text[i]) > l->width[i]) {
			below = &cell[i];
			text[i] = "";
		}
	}
	while (put_line(t, l, text, color))
		;
	if (below)
		put_below(l, below);
}

/**
 * kap_table_print - print a table and empty it
 * @t: the table; its cells fill whole rows
 */
void kap_table_print(struct kap_table *t)
{
	struct layout layout = { 0 };
	size_t i;

	fit(t, &layout);
	if (t->column[0].title)
		put_row(t, &layout, NULL);
	for (i = 0; i < t->n; i += t->columns)
		put_row(t, &layout, &t->cell[i]);
	for (i = 0; i < t->n; i++)
		free(t->cell[i].text);
	free(t->cell);
	t->cell = NULL;
	t->n = 0;
	t->room = 0;
}

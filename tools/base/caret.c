// SPDX-License-Identifier: GPL-2.0
#include "base/caret.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/color.h"
#include "base/mem.h"
#include "base/text.h"

#define INDENT		"  "
#define WIDTH		76	/* columns of the line shown */
#define LEAD		24	/* of these, before the carets of a long line */
#define CUT		"..."

/* A character of the line, and whether a caret belongs under it. */
struct cell {
	struct kap_char c;
	bool marked;
};

struct row {
	struct cell *cell;
	size_t n;
	size_t width;
	size_t mark;	/* column of the first marked cell */
};

static bool blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Cut the blanks around the line, unless the error is in them. */
static void fill(struct row *row, const struct kap_place *at)
{
	size_t i = 0, len = at->len;
	bool any = false;

	while (i < len && i + 1 < at->col && blank(at->text[i]))
		i++;
	while (len > i && len > at->end && blank(at->text[len - 1]))
		len--;
	row->cell = kap_mem_alloc((len - i + 1) * sizeof(*row->cell));
	while (i < len) {
		struct cell *cell = &row->cell[row->n++];
		size_t start = i;

		i += kap_text_char(at->text + i, len - i, &cell->c);
		cell->marked = i >= at->col && start < at->end;
		if (cell->marked && !any)
			row->mark = row->width;
		any |= cell->marked;
		row->width += cell->c.width;
	}
	if (!any) {
		/* something is missing at the end */
		row->cell[row->n].c = (struct kap_char){ " ", 1, 1 };
		row->cell[row->n++].marked = true;
		row->mark = row->width++;
	}
}

static void put(FILE *out, size_t n, char c)
{
	while (n--)
		fputc(c, out);
}

/* Cells from @first on that fit @room columns: behind the last. */
static size_t fit(const struct row *row, size_t first, size_t room)
{
	while (first < row->n && row->cell[first].c.width <= room)
		room -= row->cell[first++].c.width;
	return first;
}

static void print_cells(FILE *out, const struct row *row, size_t first,
			size_t end)
{
	size_t i;

	/* do not print the blank that stands for a missing word */
	while (end > first && row->cell[end - 1].c.s[0] == ' ')
		end--;
	for (i = first; i < end; i++)
		fwrite(row->cell[i].c.s, 1, row->cell[i].c.len, out);
}

static void print_carets(FILE *out, const struct row *row, size_t first,
			 size_t end)
{
	size_t i, gap = 0;

	for (i = first; i < end; i++) {
		if (!row->cell[i].marked) {
			gap += row->cell[i].c.width;
			continue;
		}
		put(out, gap, ' ');
		put(out, row->cell[i].c.width, '^');
		gap = 0;
	}
}

/**
 * kap_caret_print - show a line and what is wrong in it
 * @out: where to
 * @at: the line and the offending bytes
 *
 * A long line is cut to the part around the offending bytes.
 */
void kap_caret_print(FILE *out, const struct kap_place *at)
{
	const size_t cut = strlen(CUT);
	struct row row = { 0 };
	size_t first = 0, end, column = 0;

	fill(&row, at);
	if (row.width > WIDTH && row.mark > WIDTH - LEAD)
		while (column + LEAD < row.mark)
			column += row.cell[first++].c.width;
	end = fit(&row, first, WIDTH - (first ? cut : 0));
	if (end < row.n)
		end = fit(&row, first, WIDTH - cut - (first ? cut : 0));

	fputs(INDENT, out);
	if (first)
		fputs(CUT, out);
	print_cells(out, &row, first, end);
	fputs(end < row.n ? CUT "\n" INDENT : "\n" INDENT, out);
	if (first)
		put(out, cut, ' ');
	fputs(kap_color(out, KAP_RED), out);
	print_carets(out, &row, first, end);
	fputs(kap_color(out, KAP_PLAIN), out);
	fputc('\n', out);
	free(row.cell);
}

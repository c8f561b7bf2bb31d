/* SPDX-License-Identifier: GPL-2.0 */
/* Tables for people. */
#ifndef _KAPCTL_TABLE_H
#define _KAPCTL_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/color.h"

/**
 * struct kap_column - a column
 * @title: its heading; NULL for all columns when the table has none
 * @right: numbers, set to the right
 * @wrap: may take several lines when the terminal is narrow
 */
struct kap_column {
	const char *title;
	bool right;
	bool wrap;
};

struct kap_cell {
	char *text;
	enum kap_color color;
};

/**
 * struct kap_table - a table
 * @column: its columns
 * @columns: how many, KAP_COLUMNS_MAX at most
 * @drop: NULL, or for each column its rank in being left out where the table
 *	would be too wide: the highest goes first, 0 stays
 * @below: 0, or the number, from 1, of a column whose long cells are printed on
 *	lines of their own
 * @cell: row by row
 * @n: how many cells
 * @room: how many @cell has room for
 */
struct kap_table {
	const struct kap_column *column;
	size_t columns;
	const unsigned char *drop;
	size_t below;
	struct kap_cell *cell;
	size_t n;
	size_t room;
};

#define KAP_COLUMNS_MAX	16

void kap_table_cell(struct kap_table *t, enum kap_color color,
		    const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void kap_table_print(struct kap_table *t);
void kap_table_set_always(void);
size_t kap_table_width(void);

#endif /* _KAPCTL_TABLE_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* Reads ../vectors/. */
#ifndef _KAPOLICY_VEC_H
#define _KAPOLICY_VEC_H

#include "shim.h"

/* Where the tables are, relative to where "make check" runs the tests. */
#define VECTORS "../vectors/"

/**
 * struct vec - one line of a table
 * @line: its number
 * @text: without the newline; may be cut up
 */
struct vec {
	unsigned int line;
	char *text;
};

/**
 * struct vec_file - a table
 * @n: number of vectors
 * @v: the vectors
 * @buf: their text
 * @name: of the file
 */
struct vec_file {
	size_t n;
	struct vec *v;
	char *buf;
	const char *name;
};

void vec_read(struct vec_file *f, const char *name);
void vec_free(struct vec_file *f);
char *vec_word(char **text);
char *vec_split(char *text);
size_t vec_unescape(char *text);

#endif /* _KAPOLICY_VEC_H */

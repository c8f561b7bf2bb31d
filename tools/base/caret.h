/* SPDX-License-Identifier: GPL-2.0 */
/* A line of text with carets under what is wrong with it. */
#ifndef _KAPCTL_CARET_H
#define _KAPCTL_CARET_H

#include <stddef.h>
#include <stdio.h>

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

void kap_caret_print(FILE *out, const struct kap_place *at);

#endif /* _KAPCTL_CARET_H */

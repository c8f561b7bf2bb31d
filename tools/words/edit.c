// SPDX-License-Identifier: GPL-2.0
#include "words/edit.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static void reserve(struct kap_edit *e, size_t len)
{
	size_t room = e->room;

	while (room < len + 1) {
		e->s = kap_mem_grow(e->s, room, &room, 1);
		e->from = kap_mem_grow(e->from, e->room, &e->room,
				       sizeof(*e->from));
	}
}

/**
 * kap_edit_init - begin with a line as it is written
 * @e: the edit; free it with kap_edit_free()
 * @s: the line
 * @len: its length
 */
void kap_edit_init(struct kap_edit *e, const char *s, size_t len)
{
	size_t i;

	memset(e, 0, sizeof(*e));
	reserve(e, len);
	memcpy(e->s, s, len);
	e->s[len] = '\0';
	e->len = len;
	for (i = 0; i < len; i++)
		e->from[i] = (struct kap_span){ i + 1, i + 1 };
}

/**
 * kap_edit_replace - put other text in the place of some
 * @e: the edit
 * @at: first byte to be replaced, from 0
 * @len: how many; with 0, @text is inserted
 * @text: what stands there afterwards
 */
void kap_edit_replace(struct kap_edit *e, size_t at, size_t len,
		      const char *text)
{
	struct kap_span from = kap_edit_origin(e, (struct kap_span){
			at + 1, at + (len ? len : 1) });
	size_t n = strlen(text), rest = e->len - at - len, i;

	reserve(e, e->len - len + n);
	memmove(e->s + at + n, e->s + at + len, rest + 1);
	memmove(e->from + at + n, e->from + at + len,
		rest * sizeof(*e->from));
	memcpy(e->s + at, text, n);
	for (i = 0; i < n; i++)
		e->from[at + i] = from;
	e->len += n - len;
}

/**
 * kap_edit_origin - what some columns were in the line as written
 * @e: the edit
 * @at: columns of the line as it is now
 *
 * Return: columns of the line as written.
 */
struct kap_span kap_edit_origin(const struct kap_edit *e, struct kap_span at)
{
	struct kap_span origin = { 1, 1 };
	size_t i;

	if (at.col > e->len) {
		/* something is missing at the end */
		if (e->len)
			origin.col = e->from[e->len - 1].end + 1;
		origin.end = origin.col;
		return origin;
	}
	origin = e->from[at.col - 1];
	for (i = at.col; i < at.end && i < e->len; i++) {
		if (e->from[i].col < origin.col)
			origin.col = e->from[i].col;
		if (e->from[i].end > origin.end)
			origin.end = e->from[i].end;
	}
	return origin;
}

/**
 * kap_edit_free - free what an edit holds
 * @e: the edit
 */
void kap_edit_free(struct kap_edit *e)
{
	free(e->s);
	free(e->from);
	memset(e, 0, sizeof(*e));
}

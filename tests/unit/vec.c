// SPDX-License-Identifier: GPL-2.0
#include "vec.h"

#include "tap.h"

static char *slurp(const char *path)
{
	FILE *in = fopen(path, "r");
	size_t room = 1 << 20, len;
	char *buf = malloc(room);

	if (!in || !buf)
		tap_bail("%s: cannot be read", path);
	len = fread(buf, 1, room, in);
	fclose(in);
	if (len == room)
		tap_bail("%s: too large", path);
	buf[len] = '\0';
	return buf;
}

/**
 * vec_read - read a table
 * @f: the result, for vec_free()
 * @name: file in VECTORS
 */
void vec_read(struct vec_file *f, const char *name)
{
	unsigned int line = 0;
	char path[256];
	char *s, *end;

	snprintf(path, sizeof(path), VECTORS "%s", name);
	f->name = name;
	f->buf = slurp(path);
	f->n = 0;
	f->v = malloc((strlen(f->buf) + 1) * sizeof(*f->v));
	if (!f->v)
		tap_bail("out of memory");
	for (s = f->buf; *s; s = end + 1) {
		end = s + strcspn(s, "\n");
		if (!*end)
			tap_bail("%s: does not end in a newline", path);
		*end = '\0';
		line++;
		if (!*s || *s == '#')
			continue;
		f->v[f->n].line = line;
		f->v[f->n++].text = s;
	}
	if (!f->n)
		tap_bail("%s: no vectors", path);
}

void vec_free(struct vec_file *f)
{
	free(f->v);
	free(f->buf);
}

/**
 * vec_word - cut off the first word
 * @text: moves behind it and one blank
 *
 * Return: the word, empty at the end.
 */
char *vec_word(char **text)
{
	char *word = *text, *end = word + strcspn(word, " ");

	*text = *end ? end + 1 : end;
	*end = '\0';
	return word;
}

/**
 * vec_split - cut at the first " => "
 * @text: ends there afterwards
 *
 * Return: what stands behind it, or NULL.
 */
char *vec_split(char *text)
{
	char *at = strstr(text, " => ");

	if (!at)
		return NULL;
	*at = '\0';
	return at + 4;
}

/**
 * vec_unescape - put bytes in the place of their escapes
 * @text: is changed in place; may have NUL inside afterwards
 *
 * Return: its new length.
 */
size_t vec_unescape(char *text)
{
	char *from = text, *to = text;

	while (*from) {
		char hex[3] = "";
		char *end;

		if (*from != '\\') {
			*to++ = *from++;
			continue;
		}
		switch (from[1]) {
		case 't':
			*to++ = '\t';
			from += 2;
			break;
		case '\\':
			*to++ = '\\';
			from += 2;
			break;
		case 'x':
			memcpy(hex, from + 2, strnlen(from + 2, 2));
			*to++ = (char)strtoul(hex, &end, 16);
			if (end != hex + 2)
				tap_bail("bad escape: %s", from);
			from += 4;
			break;
		default:
			tap_bail("bad escape: %s", from);
		}
	}
	*to = '\0';
	return to - text;
}

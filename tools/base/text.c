// SPDX-License-Identifier: GPL-2.0
#define _XOPEN_SOURCE 700	/* wcwidth() */
#include "base/text.h"

#include <wchar.h>

/* The character of the UTF-8 sequence @s of @n bytes, or -1. */
static long decode(const unsigned char *s, size_t n)
{
	static const long least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	long c = n == 2 ? s[0] & 0x1f : n == 3 ? s[0] & 0x0f : s[0] & 0x07;
	size_t i;

	for (i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return -1;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return -1;
	return c;
}

static size_t sequence(const char *s, size_t len, long *c)
{
	unsigned char first = *s;
	size_t n = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 :
		   first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;

	if (!n || n > len)
		return 0;
	*c = n == 1 ? first : decode((const unsigned char *)s, n);
	return *c < 0 ? 0 : n;
}

/**
 * kap_text_utf8 - length of the UTF-8 character at the start of a text
 * @s: the text
 * @len: its length, not 0
 *
 * Return: its bytes, or 0 when it is none.
 */
size_t kap_text_utf8(const char *s, size_t len)
{
	long c;

	return sequence(s, len, &c);
}

/**
 * kap_text_char - the first character of a text, as it can be shown
 * @s: the text
 * @len: its length, not 0
 * @c: the result; a tab is shown as one blank, what could upset the terminal
 *	as a question mark
 *
 * Return: bytes of the text it stands for.
 */
size_t kap_text_char(const char *s, size_t len, struct kap_char *c)
{
	size_t n;
	long ch;
	int w;

	c->s = s;
	c->len = 1;
	c->width = 1;
	if (*s == '\t') {
		c->s = " ";
		return 1;
	}
	n = sequence(s, len, &ch);
	if (!n || ch < ' ' || (ch >= 0x7f && ch < 0xa0)) {
		c->s = "?";
		return n ? n : 1;
	}
	/* without a UTF-8 locale, wcwidth() does not know: one column */
	w = ch < 0x80 ? 1 : wcwidth(ch);
	c->len = n;
	c->width = w < 0 ? 1 : w;
	return n;
}

/**
 * kap_text_width - columns of a text
 * @s: the text
 * @len: its length
 *
 * Return: how many columns it takes on a terminal.
 */
size_t kap_text_width(const char *s, size_t len)
{
	struct kap_char c;
	size_t i, width = 0;

	for (i = 0; i < len;) {
		i += kap_text_char(s + i, len - i, &c);
		width += c.width;
	}
	return width;
}

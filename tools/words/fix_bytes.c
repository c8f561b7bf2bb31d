// SPDX-License-Identifier: GPL-2.0
/* Bytes that nobody types: of Windows, word processors and web pages. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "words/repair.h"

static const struct {
	const char *bytes;
	const char *instead;
	const char *hint;
} odd[] = {
	{ "\xef\xbb\xbf", "",
	  "a byte order mark (BOM): save the file as UTF-8 without one" },
	{ "\xc2\xa0", " ", "a non-breaking blank; a plain one is needed" },
	{ "\xe2\x80\xaf", " ", "a non-breaking blank; a plain one is needed" },
	{ "\xe2\x80\x89", " ", "a thin blank; a plain one is needed" },
	{ "\xe2\x80\x8b", "", "an invisible character (zero width blank)" },
	{ "\xe3\x80\x80", " ", "a wide blank; a plain one is needed" },
	{ "\xe2\x80\x9c", "", "no quotes around a value" },
	{ "\xe2\x80\x9d", "", "no quotes around a value" },
	{ "\xe2\x80\x9e", "", "no quotes around a value" },
	{ "\xe2\x80\x98", "", "no quotes around a value" },
	{ "\xe2\x80\x99", "", "no quotes around a value" },
	{ "\xe2\x80\x93", "-", "a long dash; a plain one is needed" },
	{ "\xe2\x80\x94", "-", "a long dash; a plain one is needed" },
	{ "\xe2\x88\x92", "-", "a minus sign of typesetting; a plain dash is needed" },
	{ "\"", "", "no quotes around a value" },
	{ "'", "", "no quotes around a value" },
	{ "`", "", "no quotes around a value" },
};

#define N_ODD	(sizeof(odd) / sizeof(odd[0]))

/* Return the entry of odd[] that begins here, or N_ODD. */
static size_t find(const char *s, const char *end)
{
	size_t i;

	for (i = 0; i < N_ODD; i++) {
		size_t n = strlen(odd[i].bytes);

		if ((size_t)(end - s) >= n && !memcmp(s, odd[i].bytes, n))
			break;
	}
	return i;
}

/* Return the first entry of odd[] between @s and @end, or N_ODD. */
static size_t find_any(const char *s, const char *end)
{
	size_t i = N_ODD;

	for (; s < end && i == N_ODD; s++)
		i = find(s, end);
	return i;
}

static bool fix_control(const struct kap_problem *p, struct kap_repair *r)
{
	struct kap_text at = p->at;

	if (*at.s == '\r') {
		kap_repair_hint(r, "the file has the line ends of Windows: sed -i 's/\\r$//' FILE fixes all lines");
		kap_repair_replace(r, at, "%s", "");
	} else if (memchr(p->line, '\0', p->end - p->line)) {
		kap_repair_hint(r, "the line has NUL bytes, so this is no text file, or UTF-16: save it as UTF-8");
	} else {
		kap_repair_hint(r, "a control character, number %u",
				(unsigned char)*at.s);
		kap_repair_replace(r, at, "%s", "");
	}
	return true;
}

/**
 * kap_fix_bytes - bytes that nobody typed
 * @p: the problem
 * @r: gets the word without them
 *
 * Return: whether there are any.
 */
bool kap_fix_bytes(const struct kap_problem *p, struct kap_repair *r)
{
	char *text = kap_mem_alloc(kap_word_length(p->word) + 1), *to = text;
	const char *s = p->word.s;
	size_t first = N_ODD;

	if (p->error == KAP_E_CHAR) {
		free(text);
		return fix_control(p, r);
	}
	/* an unknown key comes before the quotes around its value */
	if (p->error == KAP_E_KEY && p->value.s &&
	    find_any(p->word.s, p->value.s) == N_ODD) {
		free(text);
		return false;
	}
	while (s < p->word.end) {
		size_t i = find(s, p->word.end);

		if (i == N_ODD) {
			*to++ = *s++;
			continue;
		}
		if (first == N_ODD)
			first = i;
		to = stpcpy(to, odd[i].instead);
		s += strlen(odd[i].bytes);
	}
	*to = '\0';
	if (first < N_ODD) {
		kap_repair_hint(r, "%s", odd[first].hint);
		kap_repair_replace(r, p->word, "%s", text);
	}
	free(text);
	return first < N_ODD;
}

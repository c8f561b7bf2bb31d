// SPDX-License-Identifier: GPL-2.0
#include "base/json.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

/**
 * kap_json_string - a string for JSON
 * @s: text; what is not UTF-8 becomes question marks
 *
 * Return: the string.
 */
json_t *kap_json_string(const char *s)
{
	return kap_json_bytes(s, strlen(s));
}

/**
 * kap_json_bytes - the same for a text that is not terminated
 * @s: text
 * @len: its length
 *
 * Return: the string.
 */
json_t *kap_json_bytes(const char *s, size_t len)
{
	size_t i = 0, n;
	char *copy = kap_mem_alloc(len + 1);
	json_t *string;

	while (i < len) {
		n = kap_text_utf8(s + i, len - i);
		if (n)
			memcpy(copy + i, s + i, n);
		else
			copy[i] = '?';
		i += n ? n : 1;
	}
	string = json_string(copy);
	free(copy);
	return string;
}

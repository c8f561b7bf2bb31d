/* SPDX-License-Identifier: GPL-2.0 */
/* Characters as a terminal shows them. */
#ifndef _KAPCTL_TEXT_H
#define _KAPCTL_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct kap_char - one character of a text, made fit for a terminal
 * @s: its bytes, or those of what stands in for it
 * @len: how many
 * @width: columns it takes
 */
struct kap_char {
	const char *s;
	unsigned char len;
	unsigned char width;
};

size_t kap_text_char(const char *s, size_t len, struct kap_char *c);
size_t kap_text_utf8(const char *s, size_t len);
size_t kap_text_width(const char *s, size_t len);

#endif /* _KAPCTL_TEXT_H */

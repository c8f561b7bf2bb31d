/* SPDX-License-Identifier: GPL-2.0 */
/* A line that is edited. Each byte remembers its columns in the original. */
#ifndef _KAPCTL_EDIT_H
#define _KAPCTL_EDIT_H

#include <stddef.h>

#include "rule/text.h"

/**
 * struct kap_edit - a line that is changed
 * @s: the line as it is now, terminated
 * @len: its length
 * @from: for each byte, the columns of the line as written that it stands for
 * @room: bytes that @s and @from have room for, less one
 */
struct kap_edit {
	char *s;
	size_t len;
	struct kap_span *from;
	size_t room;
};

void kap_edit_init(struct kap_edit *e, const char *s, size_t len);
void kap_edit_replace(struct kap_edit *e, size_t at, size_t len,
		      const char *text);
struct kap_span kap_edit_origin(const struct kap_edit *e, struct kap_span at);
void kap_edit_free(struct kap_edit *e);

#endif /* _KAPCTL_EDIT_H */

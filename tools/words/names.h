/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names in the place of numbers: users, services, units, and files of addresses.
 * The module knows none of them.
 */
#ifndef _KAPCTL_NAMES_H
#define _KAPCTL_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "words/edit.h"

bool kap_names_any(const char *s, size_t len);
void kap_names_expand(struct kap_edit *e, const char *where);
char *kap_names_refused(const char *element, size_t len, const char *where);

#endif /* _KAPCTL_NAMES_H */

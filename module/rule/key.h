/* SPDX-License-Identifier: GPL-2.0 */
/* The keys of the language by name. Pure. */
#ifndef _KAPOLICY_KEY_H
#define _KAPOLICY_KEY_H

#include "rule/rule.h"

int kap_key_find(const char *s, size_t len);
const char *kap_key_name(enum kap_word key);

#endif /* _KAPOLICY_KEY_H */

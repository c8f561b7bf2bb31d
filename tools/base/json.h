/* SPDX-License-Identifier: GPL-2.0 */
/* Texts of all kinds as JSON. */
#ifndef _KAPCTL_JSON_H
#define _KAPCTL_JSON_H

#include <jansson.h>
#include <stddef.h>

json_t *kap_json_string(const char *s);
json_t *kap_json_bytes(const char *s, size_t len);

#endif /* _KAPCTL_JSON_H */

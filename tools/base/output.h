/* SPDX-License-Identifier: GPL-2.0 */
/* What commands print on stdout. */
#ifndef _KAPCTL_OUTPUT_H
#define _KAPCTL_OUTPUT_H

#include <jansson.h>
#include <stdbool.h>

bool kap_output_is_tty(void);
void kap_output_json(json_t *doc);
void kap_output_list(const char *key);
void kap_output_item(json_t *item);
void kap_output_no_json(void);
void kap_output_set_quiet(void);
bool kap_output_is_wanted(void);
int kap_output_finish(int ret);

#endif /* _KAPCTL_OUTPUT_H */

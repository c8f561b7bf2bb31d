/* SPDX-License-Identifier: GPL-2.0 */
/* What commands print on stdout. */
#ifndef _KAPCTL_OUTPUT_H
#define _KAPCTL_OUTPUT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct kap_rule;
struct kap_values;

bool kap_output_is_tty(void);
json_t *kap_output_string(const char *s);
json_t *kap_output_bytes(const char *s, size_t len);
json_t *kap_output_counts(const struct kap_rule *rule);
json_t *kap_output_values(const struct kap_values *v, unsigned int opts);
json_t *kap_output_rule(const struct kap_rule *rule);
void kap_output_json(json_t *doc);
void kap_output_no_json(void);
int kap_output_finish(int ret);

#endif /* _KAPCTL_OUTPUT_H */

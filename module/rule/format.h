/* SPDX-License-Identifier: GPL-2.0 */
/* Rules to canonical text: the inverse of parse.h. Pure. */
#ifndef _KAPOLICY_FORMAT_H
#define _KAPOLICY_FORMAT_H

#include "rule/rule.h"

/* Fits the line of any rule, with newline and NUL: the parser refuses others. */
#define KAP_FORMAT_MAX		(KAP_LINE_MAX + 2)

size_t kap_format_rule(const struct kap_rule *rule, char *buf, size_t size);
size_t kap_format_line(const struct kap_rule *rule, char *buf, size_t size);
size_t kap_format_counters(const struct kap_rule *rule, char *buf, size_t size);
size_t kap_format_values(const struct kap_values *v, unsigned int opts,
			 char *buf, size_t size);
#endif /* _KAPOLICY_FORMAT_H */

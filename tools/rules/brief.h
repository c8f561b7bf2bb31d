/* SPDX-License-Identifier: GPL-2.0 */
/* Rules and numbers in few columns, for tables. */
#ifndef _KAPCTL_BRIEF_H
#define _KAPCTL_BRIEF_H

#include <stddef.h>

#include "rule/rule.h"

#define KAP_BRIEF_NUMBER	8	/* "12.3k", NUL */
#define KAP_BRIEF_SETS		80

char *kap_brief_number(u64 n, char *buf, size_t size);
char *kap_brief_match(const struct kap_rule *rule);
char *kap_brief_sets_all(const struct kap_rule *rule);
char *kap_brief_match_all(const struct kap_rule *rule);
char *kap_brief_sets(const struct kap_rule *rule, char *buf, size_t size);

#endif /* _KAPCTL_BRIEF_H */

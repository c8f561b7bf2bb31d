/* SPDX-License-Identifier: GPL-2.0 */
/* Rules as JSON; the keys are those of the language. */
#ifndef _KAPCTL_OUTPUT_RULE_H
#define _KAPCTL_OUTPUT_RULE_H

#include <jansson.h>

#include "rule/rule.h"

json_t *kap_output_counts(const struct kap_rule *rule);
json_t *kap_output_values(const struct kap_values *v, unsigned int opts);
json_t *kap_output_rule(const struct kap_rule *rule);

#endif /* _KAPCTL_OUTPUT_RULE_H */

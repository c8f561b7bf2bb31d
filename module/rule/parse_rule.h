/* SPDX-License-Identifier: GPL-2.0 */
/* What the keys of a rule say together. */
#ifndef _KAPOLICY_PARSE_RULE_H
#define _KAPOLICY_PARSE_RULE_H

#include "rule/parser.h"

int kap_parse_finish(struct kap_parser *p);

#endif /* _KAPOLICY_PARSE_RULE_H */

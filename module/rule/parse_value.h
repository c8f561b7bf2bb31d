/* SPDX-License-Identifier: GPL-2.0 */
/* Single values: numbers, durations, patterns, words. */
#ifndef _KAPOLICY_PARSE_VALUE_H
#define _KAPOLICY_PARSE_VALUE_H

#include "rule/parser.h"

int kap_parse_value(struct kap_parser *p, enum kap_word key,
		    struct kap_text v);

#endif /* _KAPOLICY_PARSE_VALUE_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* Comma lists of ranges and of address prefixes. */
#ifndef _KAPOLICY_PARSE_LIST_H
#define _KAPOLICY_PARSE_LIST_H

#include "rule/parser.h"

int kap_parse_list(struct kap_parser *p, enum kap_field field,
		   struct kap_text v);

#endif /* _KAPOLICY_PARSE_LIST_H */

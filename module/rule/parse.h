/* SPDX-License-Identifier: GPL-2.0 */
/* Text to commands and rules, with positions for errors. Pure. */
#ifndef _KAPOLICY_PARSE_H
#define _KAPOLICY_PARSE_H

#include "rule/cmd.h"
#include "rule/errors.h"

struct kap_parser;

struct kap_parser *kap_parser_alloc(void);
void kap_parser_free(struct kap_parser *p);
int __must_check kap_parse_line(struct kap_parser *p, const char *line,
				size_t len, struct kap_cmd *cmd,
				struct kap_diag *diag);
enum kap_op kap_parse_bare(const char *line, size_t len);

#endif /* _KAPOLICY_PARSE_H */

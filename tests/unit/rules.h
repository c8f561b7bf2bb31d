/* SPDX-License-Identifier: GPL-2.0 */
/* What several tests do with rules. */
#ifndef _KAPOLICY_RULES_H
#define _KAPOLICY_RULES_H

#include "rule/errors.h"
#include "rule/parse.h"

/* Room for any canonical text the tests should ever see. */
#define TEXT_MAX (300 * 1024)

struct parsed {
	int err;
	struct kap_cmd cmd;
	struct kap_diag diag;
};

void parse_bytes(struct parsed *p, const char *line, size_t len);
struct kap_rule *parse_rule_text(const char *line);
const char *check_refusal(const struct parsed *p, size_t len);
const char *check_reads_back(struct kap_rule *rule);

#endif /* _KAPOLICY_RULES_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* Which connections are asked for. */
#ifndef _KAPCTL_FILTER_H
#define _KAPCTL_FILTER_H

#include <stdbool.h>

#include "rule/rule.h"

struct kap_conn;

/**
 * struct kap_filter - what connections have to be like
 * @rule: a rule that matches them; it does nothing
 * @state: the state they have to be in; 0: any
 * @pid: the process that has to hold them; 0: any
 * @program: its name, or NULL; to be freed
 */
struct kap_filter {
	struct kap_rule *rule;
	int state;
	int pid;
	char *program;
};

bool kap_filter_parse(struct kap_filter *f, const char *words);
bool kap_filter_matches(const struct kap_filter *f, const struct kap_conn *c);
void kap_filter_free(struct kap_filter *f);

#endif /* _KAPCTL_FILTER_H */

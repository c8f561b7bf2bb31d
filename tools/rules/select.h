/* SPDX-License-Identifier: GPL-2.0 */
/* Select rules by name, id or use, and sort them. */
#ifndef _KAPCTL_SELECT_H
#define _KAPCTL_SELECT_H

#include <stdbool.h>
#include <stddef.h>

#include "rules/rules.h"

#define KAP_SELECT_KEYS \
	"matched applied app_set held timed_out (most first), name, id, prio"

/**
 * struct kap_selection - rules that were selected
 * @rule: the rules, in their order; to be freed
 * @n: how many
 */
struct kap_selection {
	const struct kap_rule **rule;
	size_t n;
};

bool kap_select_key(const char *key);
bool kap_select(struct kap_selection *s, const struct kap_rules *rules,
		const char *which, const char *key, bool unused);

#endif /* _KAPCTL_SELECT_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* Warnings about rules that are valid, but hardly meant. */
#ifndef _KAPCTL_LINT_H
#define _KAPCTL_LINT_H

#include <stdbool.h>

struct kap_rules;

bool kap_lint_rules(const struct kap_rules *rules);

#endif /* _KAPCTL_LINT_H */

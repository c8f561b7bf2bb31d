/* SPDX-License-Identifier: GPL-2.0 */
/* Warnings that need no other rule. */
#ifndef _KAPCTL_LINT_VALUES_H
#define _KAPCTL_LINT_VALUES_H

struct kap_entry;

void kap_lint_values(const struct kap_entry *e);

#endif /* _KAPCTL_LINT_VALUES_H */

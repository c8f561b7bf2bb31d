/* SPDX-License-Identifier: GPL-2.0 */
/* The rules file as its users see it, with what always has to hold. */
#ifndef _KAPOLICY_FUZZ_RULES_FILE_H
#define _KAPOLICY_FUZZ_RULES_FILE_H

#include "kernel.h"
#include "rule/errors.h"

/* Rules a set may have here: few, so that there are soon too many. */
#define RULES_MOST	12

void rules_init(u32 max_rules);
void rules_exit(void);
struct file *rules_open(void);
int rules_write(struct file *file, const char *buf, loff_t off, size_t len,
		unsigned int fail_at);
enum kap_error rules_error(struct kap_diag *diag);
char *rules_text(void);
void rules_check_reload(void);

#endif /* _KAPOLICY_FUZZ_RULES_FILE_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* Messages with fields for the journal. */
#ifndef _KAPCTL_JOURNAL_H
#define _KAPCTL_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct kap_journal - a message
 * @text: NAME=value lines
 * @len: how long; a line that does not fit is left out
 */
struct kap_journal {
	char text[8192];
	size_t len;
};

bool kap_journal_is_stdout(void);
void kap_journal_add(struct kap_journal *j, const char *name, const char *value);
bool kap_journal_send(const struct kap_journal *j);

#endif /* _KAPCTL_JOURNAL_H */

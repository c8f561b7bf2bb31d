/* SPDX-License-Identifier: GPL-2.0 */
/* Errors and warnings, in one form everywhere; the only writer of stderr. */
#ifndef _KAPCTL_DIAG_H
#define _KAPCTL_DIAG_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/caret.h"

enum kap_severity { KAP_ERROR, KAP_WARNING };

/**
 * struct kap_held - what would have been reported
 * @count: how many errors and warnings
 * @first: the first of each, to be freed
 */
struct kap_held {
	unsigned int count[2];
	char *first[2];
};

void kap_diag_set_json(void);
void kap_diag_set_strict(void);
bool kap_diag_is_json(void);
void kap_diag_report(enum kap_severity severity, const struct kap_place *at,
		     const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void kap_diag_error(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));
void kap_diag_hint(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));
void kap_diag_advise(const char *label, const char *text);
void kap_diag_hold(struct kap_held *held);
unsigned int kap_diag_errors(void);
unsigned int kap_diag_warnings(void);
void kap_diag_finish(void);
void kap_diag_to_json(json_t *doc);

#endif /* _KAPCTL_DIAG_H */

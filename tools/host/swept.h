/* SPDX-License-Identifier: GPL-2.0 */
/* The file "apply": rules for connections that exist. */
#ifndef _KAPCTL_SWEPT_H
#define _KAPCTL_SWEPT_H

#include <jansson.h>
#include <stdbool.h>

/**
 * struct kap_swept - what an application of rules did; numbers of connections
 * @looked: those it came to
 * @matched: those that the rules or the one rule win
 * @applied: of these, those with at least one option changed
 * @app_set: of these, those where nothing was left to set
 */
struct kap_swept {
	unsigned long long looked;
	unsigned long long matched;
	unsigned long long applied;
	unsigned long long app_set;
};

bool kap_swept_apply(const char *what, struct kap_swept *swept);
json_t *kap_swept_json(const struct kap_swept *swept);
void kap_swept_print(const struct kap_swept *swept);

#endif /* _KAPCTL_SWEPT_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* Files that make one set of rules together, such as those in /etc. */
#ifndef _KAPCTL_CONFIG_H
#define _KAPCTL_CONFIG_H

#include "rules/rules.h"

#define KAP_CONFIG_DIR	"/etc/kapolicy"
#define KAP_CONFIG_FILE	KAP_CONFIG_DIR "/rules.conf"
#define KAP_CONFIG_MORE	KAP_CONFIG_DIR "/rules.d"

/**
 * struct kap_config - the files and their rules
 * @path: their names
 * @source: what is in them
 * @count: how many rules each of them has
 * @n: how many files
 * @none: there are none in /etc
 * @rules: the rules of all, in the order of the files
 */
struct kap_config {
	char **path;
	struct kap_source *source;
	size_t *count;
	size_t n;
	bool none;
	struct kap_rules rules;
};

bool kap_config_read(struct kap_config *config, char *const *path, size_t n);
bool kap_config_parse(struct kap_config *config);
void kap_config_free(struct kap_config *config);

#endif /* _KAPCTL_CONFIG_H */

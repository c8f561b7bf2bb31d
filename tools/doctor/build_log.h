/* SPDX-License-Identifier: GPL-2.0 */
/* What the log of a failed build says. */
#ifndef _KAPCTL_BUILD_LOG_H
#define _KAPCTL_BUILD_LOG_H

#include <stdbool.h>
#include <stddef.h>

#define KAP_BUILD_LINES		4
#define KAP_BUILD_LINE		256

/**
 * struct kap_build_log - why a build failed
 * @line: the lines of the log that say it
 * @n: how many
 */
struct kap_build_log {
	char line[KAP_BUILD_LINES][KAP_BUILD_LINE];
	size_t n;
};

bool kap_build_log_read(struct kap_build_log *log, const char *path,
			const char *release);
bool kap_build_log_has(const struct kap_build_log *log, const char *text);

#endif /* _KAPCTL_BUILD_LOG_H */

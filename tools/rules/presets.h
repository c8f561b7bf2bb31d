/* SPDX-License-Identifier: GPL-2.0 */
/* Middleboxes that forget idle connections, and rules against that. */
#ifndef _KAPCTL_PRESETS_H
#define _KAPCTL_PRESETS_H

#include <stddef.h>

/**
 * struct kap_preset - a rule for one kind of box
 * @name: of the preset and of the rule
 * @box: what it is
 * @timeout: seconds without a packet after which it forgets a connection
 * @note: what can be said of @timeout, or NULL
 * @source: where @timeout is documented
 * @idle: seconds, as in the rule
 * @intvl: seconds
 * @cnt: probes
 *
 * idle + intvl * (cnt - 1) < timeout: as long as one of the probes arrives,
 * the box remembers the connection.
 */
struct kap_preset {
	const char *name;
	const char *box;
	unsigned int timeout;
	const char *note;
	const char *source;
	unsigned int idle;
	unsigned int intvl;
	unsigned int cnt;
};

extern const struct kap_preset kap_presets[];
extern const size_t kap_presets_n;

#endif /* _KAPCTL_PRESETS_H */

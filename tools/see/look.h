/* SPDX-License-Identifier: GPL-2.0 */
/* A look at the connections of this host, and at the rules for them. */
#ifndef _KAPCTL_LOOK_H
#define _KAPCTL_LOOK_H

#include <stdbool.h>

#include "host/live.h"
#include "see/cgroup.h"
#include "see/conn.h"
#include "see/netns.h"

/**
 * struct kap_look - what there is
 * @conns: the connections
 * @nses: their network namespaces
 * @cgroups: their cgroups
 * @live: the rules in force, when @has_live
 * @has_live: the module is there and may be read
 * @file: the rules of a file, when there is one
 * @source: the file
 * @gone: processes that ended meanwhile, or could not be asked
 * @closed: of these, processes that do not let others ask their sockets
 * @denied: something is missing because we may not see it
 * @too_old: the kernel lets nobody ask the sockets of others
 * @err: what kept the kernel from listing connections: an errno value
 */
struct kap_look {
	struct kap_conns conns;
	struct kap_netnses nses;
	struct kap_cgroups cgroups;
	struct kap_live live;
	bool has_live;
	struct kap_rules file;
	struct kap_source source;
	unsigned int gone;
	unsigned int closed;
	bool denied;
	bool too_old;
	int err;
};

bool kap_look_around(struct kap_look *look, const char *filter,
		     const char *file);
void kap_look_report(const struct kap_look *look);
void kap_look_free(struct kap_look *look);

#endif /* _KAPCTL_LOOK_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* Which process holds which connection, and with what options. */
#ifndef _KAPCTL_OWNERS_H
#define _KAPCTL_OWNERS_H

#include <stdbool.h>

struct kap_conns;
struct kap_netns;
struct kap_netnses;

/**
 * struct kap_owners - how the search goes
 * @all: the connections to be found
 * @nses: the namespaces that are known
 * @dump: called for a namespace that is not, being in none of the others;
 *	adds its connections to @all
 * @data: for @dump
 * @gone: processes that ended meanwhile
 * @denied: processes that may not be looked into
 * @closed_to_us: processes that may, but whose sockets may not be asked
 * @too_old: the kernel cannot do that at all (before 5.6)
 */
struct kap_owners {
	struct kap_conns *all;
	struct kap_netnses *nses;
	void (*dump)(struct kap_netns *ns, void *data);
	void *data;
	unsigned int gone;
	unsigned int denied;
	unsigned int closed_to_us;
	bool too_old;
};

void kap_owners_find(struct kap_owners *o);

#endif /* _KAPCTL_OWNERS_H */

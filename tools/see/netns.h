/* SPDX-License-Identifier: GPL-2.0 */
/* The network namespaces of this host. */
#ifndef _KAPCTL_NETNS_H
#define _KAPCTL_NETNS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "see/unnoticed.h"

/**
 * struct kap_netns - a network namespace
 * @ino: its number, as lsns prints it
 * @name: what "ip netns" calls it, or the number
 * @fd: a descriptor of it, or -1
 * @defaults: what a socket has whose program sets nothing
 * @retries: what limits retransmission; without @rto
 * @ports: local ports the kernel chooses from
 * @has_rto_max: sockets have a longest retransmission timeout of their own
 */
struct kap_netns {
	ino_t ino;
	char *name;
	int fd;
	struct kap_values defaults;
	struct kap_retries retries;
	unsigned int ports[2];
	bool has_rto_max;
};

/**
 * struct kap_netnses - all of them
 * @v: pointers, so that a connection can have one
 * @n: how many
 * @room: how many @v has room for
 * @own: descriptor of the one we are in
 * @skipped: how many could not be entered
 * @denied: how many were not ours to enter
 */
struct kap_netnses {
	struct kap_netns **v;
	size_t n;
	size_t room;
	int own;
	unsigned int skipped;
	unsigned int denied;
};

struct kap_netns *kap_netns_add(struct kap_netnses *all, int fd,
				const char *name);
void kap_netns_collect(struct kap_netnses *all);
bool kap_netns_enter(struct kap_netnses *all, struct kap_netns *ns);
void kap_netns_leave(struct kap_netnses *all);
void kap_netns_free(struct kap_netnses *all);

#endif /* _KAPCTL_NETNS_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* The TCP sockets of one network namespace, as inet_diag tells them. */
#ifndef _KAPCTL_INET_DIAG_H
#define _KAPCTL_INET_DIAG_H

struct kap_conns;
struct kap_netns;

int kap_inet_diag_dump(struct kap_conns *all, const struct kap_netns *ns);

#endif /* _KAPCTL_INET_DIAG_H */

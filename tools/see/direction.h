/* SPDX-License-Identifier: GPL-2.0 */
/* Who opened a connection. */
#ifndef _KAPCTL_DIRECTION_H
#define _KAPCTL_DIRECTION_H

struct kap_conns;

void kap_direction_find(struct kap_conns *all);

#endif /* _KAPCTL_DIRECTION_H */

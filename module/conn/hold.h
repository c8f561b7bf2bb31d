/* SPDX-License-Identifier: GPL-2.0 */
/* What follows from a setsockopt() on a connection that is established. */
#ifndef _KAPOLICY_HOLD_H
#define _KAPOLICY_HOLD_H

#include <linux/types.h>

struct kap_active;

bool kap_hold_init(void);
int kap_hold_attach(struct kap_active *active, bool tcp, bool keepalive);
void kap_hold_detach(bool tcp, bool keepalive);
void kap_hold_synchronize(void);

#endif /* _KAPOLICY_HOLD_H */

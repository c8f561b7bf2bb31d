/* SPDX-License-Identifier: GPL-2.0 */
/* How the kernel calls us. */
#ifndef _KAPOLICY_HOOK_H
#define _KAPOLICY_HOOK_H

#include <linux/types.h>

struct kap_active;

int kap_hook_init(void);
int kap_hook_attach(struct kap_active *active, u32 hooks);
void kap_hook_restrict(u32 hooks);
void kap_hook_synchronize(void);
bool kap_hook_can_hold(void);
bool kap_hook_can_stall(void);

#endif /* _KAPOLICY_HOOK_H */

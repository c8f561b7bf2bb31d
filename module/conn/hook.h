/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KAPOLICY_HOOK_H
#define _KAPOLICY_HOOK_H

struct kap_active;

int kap_hook_init(void);
int kap_hook_attach(struct kap_active *active);
void kap_hook_detach(void);
void kap_hook_synchronize(void);

#endif /* _KAPOLICY_HOOK_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* A user timeout that a rule gave counts silence, not a closed window. */
#ifndef _KAPOLICY_STALL_H
#define _KAPOLICY_STALL_H

#include <linux/types.h>

struct kap_active;

bool kap_stall_init(void);
int kap_stall_attach(struct kap_active *active);
void kap_stall_detach(void);

#endif /* _KAPOLICY_STALL_H */

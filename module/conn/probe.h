/* SPDX-License-Identifier: GPL-2.0 */
/* A probe on the entry of a kernel function. */
#ifndef _KAPOLICY_PROBE_H
#define _KAPOLICY_PROBE_H

#include "compat/linux/kprobes.h"

/**
 * struct kap_probe - a probe that is attached and detached again and again
 * @handler: runs with preemption disabled, before the function does
 * @symbol: name of the function, or NULL
 * @addr: its address where it has no @symbol; set before it is attached
 * @kprobe: what the kernel is given; filled anew each time
 * @attached: protected by the lock of policy.c
 */
struct kap_probe {
	kprobe_pre_handler_t handler;
	const char *symbol;
	void *addr;
	struct kprobe kprobe;
	bool attached;
};

int kap_probe_attach(struct kap_probe *probe);
void kap_probe_detach(struct kap_probe *probe);
bool kap_probe_works(struct kap_probe *probe);

#endif /* _KAPOLICY_PROBE_H */

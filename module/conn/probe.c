// SPDX-License-Identifier: GPL-2.0
#include "conn/probe.h"

/**
 * kap_probe_attach - have a function call the probe
 * @probe: the probe; may be attached already
 *
 * Context: process, may sleep; under the lock of policy.c.
 * Return: 0 or a negative errno value.
 */
int kap_probe_attach(struct kap_probe *probe)
{
	int err;

	if (probe->attached)
		return 0;
	/* what is left of the last time would be refused */
	probe->kprobe = (struct kprobe) {
		.pre_handler = probe->handler,
		.symbol_name = probe->symbol,
		.addr = probe->symbol ? NULL : probe->addr,
	};
	err = register_kprobe(&probe->kprobe);
	probe->attached = !err;
	return err;
}

/**
 * kap_probe_detach - stop it
 * @probe: the probe; may be detached already
 *
 * Context: process, may sleep; under the lock of policy.c. The handler runs
 *	nowhere when this returns.
 */
void kap_probe_detach(struct kap_probe *probe)
{
	if (probe->attached)
		unregister_kprobe(&probe->kprobe);
	probe->attached = false;
}

static int do_nothing(struct kprobe *kp, struct pt_regs *regs)
{
	return 0;
}

/**
 * kap_probe_works - find out whether this kernel lets the probe be attached
 * @probe: the probe, detached
 *
 * The function may be missing, or be one that must not be probed. Calls may be
 * going on all the time, before there are any rules the handler could look at;
 * so another one takes its place.
 *
 * Context: process, may sleep.
 * Return: whether it does.
 */
bool kap_probe_works(struct kap_probe *probe)
{
	struct kap_probe trial = *probe;

	trial.handler = do_nothing;
	if (!KAP_KPROBES || kap_probe_attach(&trial))
		return false;
	kap_probe_detach(&trial);
	return true;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * How the kernel calls us: by its tracepoint sock:inet_sock_set_state for new
 * connections and those that end, by kprobes for what comes in between.
 */
#include "conn/hook.h"

#include <linux/errno.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <linux/tracepoint.h>
#include <net/sock.h>
#include <net/tcp_states.h>

#include "conn/conn.h"
#include "conn/hold.h"
#include "conn/sock.h"
#include "conn/stall.h"
#include "ruleset/ruleset.h"

#define TRACEPOINT_NAME	"inet_sock_set_state"

static struct tracepoint *state_tp;	/* constant after init */
static struct kap_active *attached;	/* protected by the lock of policy.c */
static u32 kernel_hooks = KAP_HOOK_STATE;	/* constant after init */

/* States in which a connection has been established and has not ended. */
#define LIVE_STATES \
	(TCPF_ESTABLISHED | TCPF_FIN_WAIT1 | TCPF_FIN_WAIT2 | \
	 TCPF_CLOSE_WAIT | TCPF_LAST_ACK | TCPF_CLOSING)

/*
 * Runs before the new state is stored. The socket is locked by the caller, in
 * process context or softirq: nothing here may sleep. Most calls are about
 * other transitions: they must cost next to nothing. Hence arguments go on as
 * they come, and notrace: an event for every state change is what called us.
 */
static notrace void kap_probe_state(void *active, const struct sock *sk,
				    const int oldstate, const int newstate)
{
	if (newstate == TCP_ESTABLISHED)
		kap_conn_established(active, (struct sock *)sk, oldstate);
	else if (newstate == TCP_CLOSE && kap_sock_is_unanswered(sk) &&
		 (BIT(oldstate) & LIVE_STATES))
		kap_conn_failed(active, sk);
}

static void find_tracepoint(struct tracepoint *tp, void *data)
{
	if (!strcmp(tp->name, TRACEPOINT_NAME))
		state_tp = tp;
}

/**
 * kap_hook_init - find the tracepoint, and what can be probed
 *
 * Context: process, may sleep.
 * Return: 0, or -ENOENT on a kernel that has no such tracepoint.
 */
int kap_hook_init(void)
{
	for_each_kernel_tracepoint(find_tracepoint, NULL);
	if (!state_tp) {
		pr_err("this kernel has no tracepoint %s (CONFIG_TRACEPOINTS)\n",
		       TRACEPOINT_NAME);
		return -ENOENT;
	}
	if (kap_hold_init())
		kernel_hooks |= KAP_HOOK_TCP | KAP_HOOK_KEEPALIVE;
	if (kap_stall_init())
		kernel_hooks |= KAP_HOOK_STALL;
	return 0;
}

static int attach_state(struct kap_active *active)
{
	int err;

	if (attached)
		return 0;
	err = tracepoint_probe_register(state_tp, kap_probe_state, active);
	if (!err)
		attached = active;
	return err;
}

static void detach_state(void)
{
	if (attached)
		tracepoint_probe_unregister(state_tp, kap_probe_state,
					    attached);
	attached = NULL;
}

/**
 * kap_hook_attach - be called for what a rule set needs
 * @active: where the rules are; as long as any probe may run
 * @hooks: enum kap_hook bits; those this kernel has not are left out
 *
 * What is attached already stays.
 *
 * Context: process, may sleep; under the lock of policy.c.
 * Return: 0 or a negative errno value. Then some may have been attached: see
 *	kap_hook_restrict().
 */
int kap_hook_attach(struct kap_active *active, u32 hooks)
{
	int err = 0;

	hooks &= kernel_hooks;
	if (hooks & KAP_HOOK_STATE)
		err = attach_state(active);
	if (!err && (hooks & (KAP_HOOK_TCP | KAP_HOOK_KEEPALIVE)))
		err = kap_hold_attach(active, hooks & KAP_HOOK_TCP,
				      hooks & KAP_HOOK_KEEPALIVE);
	if (!err && (hooks & KAP_HOOK_STALL))
		err = kap_stall_attach(active);
	return err;
}

/**
 * kap_hook_restrict - stop being called for what no rule needs
 * @hooks: enum kap_hook bits of what stays attached
 *
 * The probe of the tracepoint may still be running on other CPUs, and later
 * changes are still answered: see kap_hook_synchronize().
 *
 * Context: process, may sleep; under the lock of policy.c.
 */
void kap_hook_restrict(u32 hooks)
{
	if (!(hooks & KAP_HOOK_STATE))
		detach_state();
	kap_hold_detach(!(hooks & KAP_HOOK_TCP), !(hooks & KAP_HOOK_KEEPALIVE));
	if (!(hooks & KAP_HOOK_STALL))
		kap_stall_detach();
}

/**
 * kap_hook_synchronize - wait until nothing detached runs any more
 *
 * Context: process, may sleep.
 */
void kap_hook_synchronize(void)
{
	tracepoint_synchronize_unregister();
	kap_hold_synchronize();
}

/**
 * kap_hook_can_hold - does this kernel let us see later setsockopt() calls
 *
 * Context: any; after kap_hook_init().
 * Return: whether clamp and force hold, and auto follows.
 */
bool kap_hook_can_hold(void)
{
	return kernel_hooks & KAP_HOOK_TCP;
}

/**
 * kap_hook_can_stall - does this kernel let us see window probes
 *
 * Context: any; after kap_hook_init().
 * Return: whether a user timeout counts silence only.
 */
bool kap_hook_can_stall(void)
{
	return kernel_hooks & KAP_HOOK_STALL;
}

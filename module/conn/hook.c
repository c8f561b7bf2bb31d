// SPDX-License-Identifier: GPL-2.0
/* The only file that knows how we are called: by sock:inet_sock_set_state. */
#include "conn/hook.h"

#include <linux/errno.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <linux/tracepoint.h>
#include <net/sock.h>
#include <net/tcp_states.h>

#include "conn/conn.h"

#define TRACEPOINT_NAME	"inet_sock_set_state"

static struct tracepoint *state_tp;	/* constant after init */
static struct kap_active *attached;	/* protected by the lock of policy.c */

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
	else if (newstate == TCP_CLOSE && READ_ONCE(sk->sk_err) &&
		 (BIT(oldstate) & LIVE_STATES))
		kap_conn_failed(active, sk);
}

static void find_tracepoint(struct tracepoint *tp, void *data)
{
	if (!strcmp(tp->name, TRACEPOINT_NAME))
		state_tp = tp;
}

/**
 * kap_hook_init - find the tracepoint
 *
 * Context: process.
 * Return: 0, or -ENOENT on a kernel that has none.
 */
int kap_hook_init(void)
{
	for_each_kernel_tracepoint(find_tracepoint, NULL);
	if (state_tp)
		return 0;
	pr_err("this kernel has no tracepoint %s (CONFIG_TRACEPOINTS)\n",
	       TRACEPOINT_NAME);
	return -ENOENT;
}

/**
 * kap_hook_attach - have connections reported
 * @active: where the rules for them are; as long as any probe may run
 *
 * Context: process, may sleep; under the lock of policy.c.
 * Return: 0 or -ENOMEM.
 */
int kap_hook_attach(struct kap_active *active)
{
	int err;

	if (attached)
		return 0;
	err = tracepoint_probe_register(state_tp, kap_probe_state, active);
	if (!err)
		attached = active;
	return err;
}

/**
 * kap_hook_detach - stop having connections reported
 *
 * The probe may still be running on other CPUs: see kap_hook_synchronize().
 *
 * Context: process, may sleep; under the lock of policy.c.
 */
void kap_hook_detach(void)
{
	if (attached)
		tracepoint_probe_unregister(state_tp, kap_probe_state,
					    attached);
	attached = NULL;
}

/**
 * kap_hook_synchronize - wait until the detached probe has ended everywhere
 *
 * Context: process, may sleep.
 */
void kap_hook_synchronize(void)
{
	tracepoint_synchronize_unregister();
}

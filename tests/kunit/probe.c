// SPDX-License-Identifier: GPL-2.0
#include "probe.h"

#include <linux/tracepoint.h>
#include <net/sock.h>
#include <net/tcp_states.h>

#include "fault.h"
#include "ruleset/ruleset.h"

bool kapt_can_hold = true, kapt_can_stall = true;

static void (*state_probe)(void *active, const struct sock *sk,
			   const int oldstate, const int newstate);
static struct kap_active *probe_active;	/* what it was registered with */
static struct sock *late;		/* the socket it is still to see */

/**
 * kapt_probe_late - have a probe end as late as it may
 * @sk: a socket; the probe sees it connected while the module waits for
 *	probes that were called before it was detached
 *
 * Of two processors one may be in the probe for all that time.
 */
void kapt_probe_late(struct sock *sk)
{
	late = sk;
}

int kapt_probe_register(struct tracepoint *tp, void *probe, void *data)
{
	if (kapt_fails())
		return -ENOMEM;
	state_probe = probe;
	probe_active = data;
	return tracepoint_probe_register(tp, probe, data);
}

void kapt_probe_synchronize(void)
{
	/* Without rules it would crash; the socket that gets none will tell. */
	if (late && rcu_access_pointer(probe_active->set)) {
		lock_sock(late);
		state_probe(probe_active, late, TCP_SYN_SENT, TCP_ESTABLISHED);
		release_sock(late);
	}
	late = NULL;
	tracepoint_synchronize_unregister();
}

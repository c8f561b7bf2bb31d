// SPDX-License-Identifier: GPL-2.0
#include "meddle.h"

#include <linux/tcp.h>
#include <net/inet_connection_sock.h>

static struct sock *socket;
static enum meddle_at where;
static struct kap_values values;

/**
 * kapt_meddle_with - have options set once, at the wrong moment
 * @sk: the socket
 * @at: which moment
 * @v: those that a program sets without the lock; 0: not this one
 */
void kapt_meddle_with(struct sock *sk, enum meddle_at at,
		      const struct kap_values *v)
{
	socket = sk;
	values = *v;
	where = at;
}

/* Has it come to that? */
bool kapt_meddled(void)
{
	return where == MEDDLE_NEVER;
}

/* As tcp_sock_set_keepintvl() and its like do since 6.6. */
unsigned int kapt_meddle(enum meddle_at at, unsigned int result)
{
	if (at != where)
		return result;
	where = MEDDLE_NEVER;
	if (values.intvl)
		WRITE_ONCE(tcp_sk(socket)->keepalive_intvl, values.intvl * HZ);
	if (values.cnt)
		WRITE_ONCE(tcp_sk(socket)->keepalive_probes, values.cnt);
	if (values.user_timeout)
		WRITE_ONCE(inet_csk(socket)->icsk_user_timeout,
			   values.user_timeout);
	return result;
}

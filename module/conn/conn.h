/* SPDX-License-Identifier: GPL-2.0 */
/* What happens to a connection: classify, decide, apply, count, trace. */
#ifndef _KAPOLICY_CONN_H
#define _KAPOLICY_CONN_H

#include "rule/rule.h"

struct kap_active;
struct sock;

void kap_conn_established(const struct kap_active *active, struct sock *sk,
			  int oldstate);
void kap_conn_failed(const struct kap_active *active, const struct sock *sk);

#endif /* _KAPOLICY_CONN_H */

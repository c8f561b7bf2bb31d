/* SPDX-License-Identifier: GPL-2.0 */
/* What happens to a connection: classify, decide, apply, count, trace. */
#ifndef _KAPOLICY_CONN_H
#define _KAPOLICY_CONN_H

#include "rule.h"

struct sock;

void kap_conn_established(struct sock *sk, enum kap_dir dir);
void kap_conn_timed_out(const struct sock *sk);

#endif /* _KAPOLICY_CONN_H */

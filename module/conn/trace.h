/* SPDX-License-Identifier: GPL-2.0 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM kapolicy

#if !defined(_KAPOLICY_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _KAPOLICY_TRACE_H

#include <linux/cgroup.h>
#include <linux/tracepoint.h>

#include "conn/sock.h"
#include "rule/rule.h"

/* Addresses as struct sockaddr_in or _in6, as those of the tcp events. */
DECLARE_EVENT_CLASS(kapolicy_conn,

	TP_PROTO(const struct kap_rule *rule, const struct sock *sk,
		 enum kap_dir dir, const struct kap_values *before,
		 const struct kap_values *after),

	TP_ARGS(rule, sk, dir, before, after),

	TP_STRUCT__entry(
		__field(u64, rule)
		__field(u64, cgroup)
		__field(u8, dir)
		__field(u16, lport)
		__field(u16, rport)
		__array(u8, laddr, sizeof(struct sockaddr_in6))
		__array(u8, raddr, sizeof(struct sockaddr_in6))
		__field(u8, keepalive_before)
		__field(u8, keepalive)
		__field(u16, idle_before)
		__field(u16, idle)
		__field(u16, intvl_before)
		__field(u16, intvl)
		__field(u8, cnt_before)
		__field(u8, cnt)
		__field(u32, user_timeout_before)
		__field(u32, user_timeout)
	),

	TP_fast_assign(
		struct kap_key key;

		kap_sock_key(sk, dir, ~0U, &key);
		__entry->rule = rule->id;
		__entry->cgroup = cgroup_id(kap_sock_cgroup_rcu(sk));
		__entry->dir = dir;
		__entry->lport = key.field[KAP_LPORT];
		__entry->rport = key.field[KAP_RPORT];
		kap_sock_sockaddr(&key, 0, __entry->laddr);
		kap_sock_sockaddr(&key, 1, __entry->raddr);
		__entry->keepalive_before = before->keepalive;
		__entry->keepalive = after->keepalive;
		__entry->idle_before = before->idle;
		__entry->idle = after->idle;
		__entry->intvl_before = before->intvl;
		__entry->intvl = after->intvl;
		__entry->cnt_before = before->cnt;
		__entry->cnt = after->cnt;
		__entry->user_timeout_before = before->user_timeout;
		__entry->user_timeout = after->user_timeout;
	),

	TP_printk("rule=%llu dir=%s lport=%u rport=%u laddr=%pISc raddr=%pISc cgroup=%llu keepalive=%u->%u idle=%u->%u intvl=%u->%u cnt=%u->%u user_timeout=%u->%u",
		  __entry->rule, __entry->dir == KAP_OUT ? "out" : "in",
		  __entry->lport, __entry->rport, __entry->laddr,
		  __entry->raddr, __entry->cgroup, __entry->keepalive_before,
		  __entry->keepalive, __entry->idle_before, __entry->idle,
		  __entry->intvl_before, __entry->intvl, __entry->cnt_before,
		  __entry->cnt, __entry->user_timeout_before,
		  __entry->user_timeout)
);

/* A rule changed at least one option of a new connection. 0: not set. */
DEFINE_EVENT(kapolicy_conn, kapolicy_apply,
	TP_PROTO(const struct kap_rule *rule, const struct sock *sk,
		 enum kap_dir dir, const struct kap_values *before,
		 const struct kap_values *after),
	TP_ARGS(rule, sk, dir, before, after)
);

/*
 * A program changed an option of a connection, and the rule had an answer: from
 * what the program left behind to what holds.
 */
DEFINE_EVENT(kapolicy_conn, kapolicy_held,
	TP_PROTO(const struct kap_rule *rule, const struct sock *sk,
		 enum kap_dir dir, const struct kap_values *before,
		 const struct kap_values *after),
	TP_ARGS(rule, sk, dir, before, after)
);

/* A connection a rule won ended because nobody answered. */
DEFINE_EVENT(kapolicy_conn, kapolicy_timed_out,
	TP_PROTO(const struct kap_rule *rule, const struct sock *sk,
		 enum kap_dir dir, const struct kap_values *before,
		 const struct kap_values *after),
	TP_ARGS(rule, sk, dir, before, after)
);

#endif /* _KAPOLICY_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH conn
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>

/* SPDX-License-Identifier: GPL-2.0 */
/* The TCP connections of this host, as far as they are known. */
#ifndef _KAPCTL_CONN_H
#define _KAPCTL_CONN_H

#include <stdbool.h>
#include <stddef.h>

#include "rule/rule.h"
#include "see/netns.h"

struct kap_entry;

/* The kernel's numbers. */
enum kap_state {
	KAP_ESTABLISHED = 1,
	KAP_SYN_SENT,
	KAP_SYN_RECV,
	KAP_FIN_WAIT1,
	KAP_FIN_WAIT2,
	KAP_TIME_WAIT,
	KAP_CLOSE,
	KAP_CLOSE_WAIT,
	KAP_LAST_ACK,
	KAP_LISTEN,
	KAP_CLOSING,
};

enum kap_origin { KAP_BY_UNKNOWN, KAP_BY_SYSTEM, KAP_BY_PROGRAM, KAP_BY_RULE };

#define KAP_OPTS_ALL	(KAP_OPT_KEEPALIVE | KAP_OPT_IDLE | KAP_OPT_INTVL | \
			 KAP_OPT_CNT | KAP_OPT_USER_TIMEOUT)

/**
 * struct kap_owner - a process that holds connections
 * @pid: its id
 * @program: its name, as /proc/PID/comm has it
 * @next: another one
 */
struct kap_owner {
	int pid;
	char program[16];
	struct kap_owner *next;
};

/**
 * struct kap_conn - a connection
 * @addr: local, remote
 * @port: local, remote
 * @cgroup_id: of the socket; 0: not known
 * @cgroup: its path, or NULL when it is not known or not there any more
 * @ns: its network namespace
 * @owner: the first process found to hold it, or NULL
 * @rule: the rule that wins it, or NULL
 * @idle_ms: how long a dead peer stays unnoticed when nothing is in flight
 * @busy_ms: the same with data in flight; both only when @known has all options
 * @inode: of the socket; 0 when no descriptor has ever been made, or none is left
 * @uid: owner of the socket
 * @silent_ms: since the peer was heard
 * @unacked: bytes sent, or to be sent, that the peer has not acknowledged
 * @retries: what limits retransmission
 * @values: the options that are in force, as far as @known
 * @known: enum kap_opt bits
 * @sets: enum kap_opt bits of what @rule would change
 * @to: what it would be changed to
 * @by: enum kap_origin of each option, in the order of enum kap_opt
 * @v4: the addresses are IPv4
 * @state: enum kap_state
 * @dir: enum kap_dir
 */
struct kap_conn {
	struct kap_addr addr[2];
	u16 port[2];
	u64 cgroup_id;
	const char *cgroup;
	const struct kap_netns *ns;
	const struct kap_owner *owner;
	const struct kap_entry *rule;
	u64 idle_ms;
	u64 busy_ms;
	u32 inode;
	u32 uid;
	u32 silent_ms;
	u32 unacked;
	struct kap_retries retries;
	struct kap_values values;
	struct kap_values to;
	u8 known;
	u8 sets;
	u8 by[5];
	bool v4;
	u8 state;
	u8 dir;
};

/**
 * struct kap_conns - all of them
 * @v: the connections
 * @n: how many
 * @room: how many @v has room for
 * @listener: the listening sockets, for directions
 * @listeners: how many
 * @listener_room: how many @listener has room for
 * @by_inode: hash of the connections by inode: index + 1 into @v
 * @by_inode_size: a power of two, or 0 when there is none
 * @owners: every process that holds one
 */
struct kap_conns {
	struct kap_conn *v;
	size_t n;
	size_t room;
	struct kap_conn *listener;
	size_t listeners;
	size_t listener_room;
	u32 *by_inode;
	size_t by_inode_size;
	struct kap_owner *owners;
};

struct kap_conn *kap_conns_add(struct kap_conns *all, bool listener);
void kap_conns_index(struct kap_conns *all);
struct kap_conn *kap_conns_find(const struct kap_conns *all, u32 inode);
void kap_conns_free(struct kap_conns *all);
void kap_conn_key(const struct kap_conn *c, struct kap_key *key);
u16 kap_conn_service(const struct kap_conn *c);
const char *kap_conn_state(u8 state);
int kap_conn_state_find(const char *s, size_t len);
int kap_conn_cmp(const struct kap_conn *a, const struct kap_conn *b);

#endif /* _KAPCTL_CONN_H */

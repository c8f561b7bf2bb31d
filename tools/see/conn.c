// SPDX-License-Identifier: GPL-2.0
#include "see/conn.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "rule/addr.h"

/* As the filters of ss spell them. */
static const char * const states[] = {
	[KAP_ESTABLISHED] = "established",
	[KAP_SYN_SENT] = "syn-sent",
	[KAP_SYN_RECV] = "syn-recv",
	[KAP_FIN_WAIT1] = "fin-wait-1",
	[KAP_FIN_WAIT2] = "fin-wait-2",
	[KAP_CLOSE_WAIT] = "close-wait",
	[KAP_LAST_ACK] = "last-ack",
	[KAP_CLOSING] = "closing",
};

/**
 * kap_conn_state - how a state is written
 * @state: enum kap_state
 *
 * Return: a constant string.
 */
const char *kap_conn_state(u8 state)
{
	return state < ARRAY_SIZE(states) && states[state] ? states[state] : "?";
}

/**
 * kap_conn_state_find - the state of a name
 * @s: the name, not terminated
 * @len: its length
 *
 * Return: enum kap_state, or -1.
 */
int kap_conn_state_find(const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(states); i++) {
		if (states[i] && strlen(states[i]) == len &&
		    !strncasecmp(states[i], s, len))
			return i;
	}
	return -1;
}

/**
 * kap_conns_add - room for one more
 * @all: the connections
 * @listener: it is a listening socket
 *
 * Return: it, all zero.
 */
struct kap_conn *kap_conns_add(struct kap_conns *all, bool listener)
{
	struct kap_conn *c;

	if (listener) {
		all->listener = kap_mem_grow(all->listener, all->listeners,
					     &all->listener_room, sizeof(*c));
		c = &all->listener[all->listeners++];
	} else {
		all->v = kap_mem_grow(all->v, all->n, &all->room, sizeof(*c));
		c = &all->v[all->n++];
	}
	memset(c, 0, sizeof(*c));
	return c;
}

static u32 hash(u32 inode)
{
	return inode * 2654435761U;
}

/**
 * kap_conns_index - make the connections found by inode
 * @all: the connections; to be called again when some were added
 */
void kap_conns_index(struct kap_conns *all)
{
	size_t i, size = 64, at;

	while (size < all->n * 2)
		size *= 2;
	free(all->by_inode);
	all->by_inode = kap_mem_alloc(size * sizeof(*all->by_inode));
	all->by_inode_size = size;
	for (i = 0; i < all->n; i++) {
		if (!all->v[i].inode)
			continue;
		at = hash(all->v[i].inode) & (size - 1);
		while (all->by_inode[at])
			at = (at + 1) & (size - 1);
		all->by_inode[at] = i + 1;
	}
}

/**
 * kap_conns_find - the connection of an inode
 * @all: the connections
 * @inode: the inode, not 0
 *
 * Return: it, or NULL; good until one is added.
 */
struct kap_conn *kap_conns_find(const struct kap_conns *all, u32 inode)
{
	size_t at = hash(inode) & (all->by_inode_size - 1);

	for (; all->by_inode[at]; at = (at + 1) & (all->by_inode_size - 1)) {
		struct kap_conn *c = &all->v[all->by_inode[at] - 1];

		if (c->inode == inode)
			return c;
	}
	return NULL;
}

/**
 * kap_conns_free - free them
 * @all: the connections
 */
void kap_conns_free(struct kap_conns *all)
{
	while (all->owners) {
		struct kap_owner *owner = all->owners;

		all->owners = owner->next;
		free(owner);
	}
	free(all->v);
	free(all->listener);
	free(all->by_inode);
	memset(all, 0, sizeof(*all));
}

/**
 * kap_conn_service - the port of the service
 * @c: a connection
 *
 * Return: the remote port of a connection out, the local one of one in.
 */
u16 kap_conn_service(const struct kap_conn *c)
{
	return c->port[c->dir == KAP_OUT];
}

/**
 * kap_conn_key - what rules compare of a connection
 * @c: the connection
 * @key: the result
 */
void kap_conn_key(const struct kap_conn *c, struct kap_key *key)
{
	memset(key, 0, sizeof(*key));
	key->field[KAP_PORT] = kap_conn_service(c);
	key->field[KAP_LPORT] = c->port[0];
	key->field[KAP_RPORT] = c->port[1];
	key->field[KAP_UID] = c->uid;
	key->field[KAP_DIR] = c->dir;
	key->v4 = c->v4;
	key->addr[0] = c->addr[0];
	key->addr[1] = c->addr[1];
	key->cgroup = c->cgroup;
}

/* Descending, as far as it goes. */
static int cmp_ms(u64 a, u64 b)
{
	return a > b ? -1 : a < b;
}

/* Those of which nothing is known come last. */
static u64 worst(const struct kap_conn *c)
{
	return c->known != KAP_OPTS_ALL ? 0 : max(c->idle_ms, c->busy_ms);
}

/**
 * kap_conn_cmp - in which order are two connections shown
 * @a: a connection
 * @b: another one
 *
 * Return: as qsort() wants it: what is noticed last comes first.
 */
int kap_conn_cmp(const struct kap_conn *a, const struct kap_conn *b)
{
	int ret = cmp_ms(worst(a), worst(b));
	int i;

	if (!ret)
		ret = cmp_ms(a->busy_ms, b->busy_ms);
	if (!ret && a->v4 != b->v4)
		ret = a->v4 ? -1 : 1;
	for (i = 0; i < 2 && !ret; i++) {
		ret = kap_addr_cmp(&a->addr[!i], &b->addr[!i]);
		if (!ret)
			ret = a->port[!i] - b->port[!i];
	}
	return ret;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel does not keep who opened a connection. One whose local end has a
 * listener was accepted. Where neither end has one any more, the end whose
 * port the kernel could not have chosen is taken for the service.
 */
#include "see/direction.h"

#include <stdbool.h>
#include <stdlib.h>

#include "rule/addr.h"
#include "see/conn.h"

/* By namespace and port. */
static int cmp_listener(const void *a, const void *b)
{
	const struct kap_conn *x = a, *y = b;

	if (x->ns != y->ns)
		return x->ns < y->ns ? -1 : 1;
	return x->port[0] - y->port[0];
}

/* Could @listener have accepted what is connected to @addr? */
static bool listens_on(const struct kap_conn *listener,
		       const struct kap_conn *c, int end)
{
	const struct kap_addr *at = &listener->addr[0];

	if (!at->hi && !at->lo)
		return !listener->v4 || c->v4;
	return listener->v4 == c->v4 && !kap_addr_cmp(at, &c->addr[end]);
}

static bool has_listener(const struct kap_conns *all, const struct kap_conn *c,
			 int end)
{
	struct kap_conn like = { .ns = c->ns, .port = { c->port[end] } };
	const struct kap_conn *l, *last = all->listener + all->listeners;

	if (!all->listeners)
		return false;
	l = bsearch(&like, all->listener, all->listeners, sizeof(like),
		    cmp_listener);
	if (!l)
		return false;
	while (l > all->listener && !cmp_listener(l - 1, &like))
		l--;
	for (; l < last && !cmp_listener(l, &like); l++) {
		if (listens_on(l, c, end))
			return true;
	}
	return false;
}

static bool chosen(const struct kap_conn *c, int end)
{
	return c->port[end] >= c->ns->ports[0] &&
	       c->port[end] <= c->ns->ports[1];
}

static bool accepted(const struct kap_conns *all, const struct kap_conn *c)
{
	if (has_listener(all, c, 0))
		return true;
	if (has_listener(all, c, 1))
		return false;
	return !chosen(c, 0) && chosen(c, 1);
}

/**
 * kap_direction_find - tell connections out from connections in
 * @all: the connections
 */
void kap_direction_find(struct kap_conns *all)
{
	size_t i;

	qsort(all->listener, all->listeners, sizeof(*all->listener),
	      cmp_listener);
	for (i = 0; i < all->n; i++)
		all->v[i].dir = accepted(all, &all->v[i]) ? KAP_IN : KAP_OUT;
}

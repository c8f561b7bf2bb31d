// SPDX-License-Identifier: GPL-2.0
/*
 * A connection table is walked without its locks: the sockets of one bucket are
 * collected under RCU, with a reference each, and then locked one by one, which
 * may sleep. Sockets may come, go, and move to other buckets meanwhile. One that
 * becomes established after the walk has passed its bucket is not missed: the
 * rules were there before it. Debian's tables have far more buckets than there
 * are connections, so most buckets are empty and none is long.
 */
#include "conn/sweep.h"

#include <linux/mm.h>
#include <linux/rculist_nulls.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "compat/net/inet_hashtables.h"
#include "conn/apply.h"
#include "conn/find.h"
#include "conn/sock.h"
#include "ruleset/ruleset.h"

#define BATCH_FIRST	64	/* sockets there is room for at first */
#define BUCKETS_AT_ONCE	1024	/* empty ones, between reschedule points */

/**
 * struct sweep - one walk through all connections
 * @set: the rules; held by the caller
 * @only: the rule of which connections are changed, or NULL: all
 * @swept: what was done so far
 * @sk: sockets of the bucket in hand, with a reference each
 * @n: how many
 * @room: how many there is room for
 */
struct sweep {
	const struct kap_ruleset *set;
	const struct kap_rule *only;
	struct kap_swept *swept;
	struct sock **sk;
	u32 n;
	u32 room;
};

/* A socket locked here may have ended, or begun anew, since it was found. */
static void sweep_sock_locked(struct sweep *s, struct sock *sk)
{
	struct kap_rule *rule;
	enum kap_dir dir;

	if (!kap_sock_is_connected(sk) || !kap_sock_is_ours(sk))
		return;
	s->swept->looked++;
	rcu_read_lock_sched();
	rule = kap_find_winner(s->set, sk, &dir);
	if (rule && (!s->only || s->only == rule)) {
		s->swept->matched++;
		if (rule->opts && kap_apply_locked(rule, sk, dir))
			s->swept->applied++;
		else if (rule->opts)
			s->swept->app_set++;
	}
	rcu_read_unlock_sched();
}

static void drop_batch(struct sweep *s)
{
	while (s->n)
		sock_put(s->sk[--s->n]);
}

static int sweep_batch(struct sweep *s)
{
	struct sock *sk;
	int err = 0;

	while (s->n && !err) {
		sk = s->sk[--s->n];
		lock_sock(sk);
		sweep_sock_locked(s, sk);
		release_sock(sk);
		sock_put(sk);
		cond_resched();
		if (signal_pending(current))
			err = -EINTR;
	}
	drop_batch(s);
	return err;
}

/*
 * Takes a reference on every socket of a bucket.
 * Return: 0; -EAGAIN when the walk ended in another bucket, because a socket
 *	moved under it; -ENOSPC when there are more than there is room for.
 */
static int collect_bucket(struct sweep *s, const struct inet_hashinfo *table,
			  u32 bucket)
{
	struct hlist_nulls_node *node;
	struct sock *sk;
	int err = 0;

	rcu_read_lock();
	sk_nulls_for_each_rcu(sk, node, &table->ehash[bucket].chain) {
		/* TIME_WAIT and SYN_RECV have small sockets of their own */
		if (!sk_fullsock(sk))
			continue;
		if (s->n == s->room) {
			err = -ENOSPC;
			break;
		}
		if (!refcount_inc_not_zero(&sk->sk_refcnt))
			continue;
		s->sk[s->n++] = sk;
		/* before it was held, it may have become another connection */
		if ((sk->sk_hash & table->ehash_mask) != bucket) {
			err = -EAGAIN;
			break;
		}
	}
	if (!err && get_nulls_value(node) != bucket)
		err = -EAGAIN;
	rcu_read_unlock();
	return err;
}

static int more_room(struct sweep *s)
{
	u32 room = s->room ? 4 * s->room : BATCH_FIRST;
	struct sock **sk = kvmalloc_array(room, sizeof(*sk), GFP_KERNEL);

	if (!sk)
		return -ENOMEM;
	kvfree(s->sk);
	s->sk = sk;
	s->room = room;
	return 0;
}

static int sweep_bucket(struct sweep *s, const struct inet_hashinfo *table,
			u32 bucket)
{
	int err;

	while ((err = collect_bucket(s, table, bucket))) {
		drop_batch(s);
		if (err == -ENOSPC)
			err = more_room(s);
		else
			err = signal_pending(current) ? -EINTR : 0;
		if (err)
			return err;
		cond_resched();
	}
	return sweep_batch(s);
}

static int sweep_table(struct sweep *s, const struct inet_hashinfo *table)
{
	u32 bucket;
	int err;

	for (bucket = 0; bucket <= table->ehash_mask; bucket++) {
		if (bucket % BUCKETS_AT_ONCE == 0) {
			cond_resched();
			if (signal_pending(current))
				return -EINTR;
		}
		if (hlist_nulls_empty(&table->ehash[bucket].chain))
			continue;
		err = sweep_bucket(s, table, bucket);
		if (err)
			return err;
	}
	return 0;
}

/*
 * The namespace behind @net, with a reference; that on @net is dropped. A
 * namespace that is held stays in the list, and new ones are added at its end.
 */
static struct net *next_net(struct net *net)
{
	struct net *next = net;

	rcu_read_lock();
	list_for_each_entry_continue_rcu(next, &net_namespace_list, list) {
		if (maybe_get_net(next))
			break;
	}
	rcu_read_unlock();
	put_net(net);
	return &next->list == &net_namespace_list ? NULL : next;
}

static int sweep_nets(struct sweep *s)
{
	struct inet_hashinfo *common = kap_tcp_hashinfo(&init_net), *table;
	struct net *net;
	int err;

	/* a table that namespaces share is that of the initial one */
	err = sweep_table(s, common);
	for (net = get_net(&init_net); net; net = next_net(net)) {
		table = kap_tcp_hashinfo(net);
		if (!err && table != common)
			err = sweep_table(s, table);
		if (err) {
			put_net(net);
			break;
		}
	}
	return err;
}

/**
 * kap_sweep - give connections that exist what they would get as new ones
 * @set: the rules; the caller holds a reference
 * @only: a rule of @set, to change only connections that it wins; NULL: all
 * @swept: the result, also after an error
 *
 * The counters of rules are for new connections and stay as they are.
 *
 * Context: process, may sleep.
 * Return: 0; -EINTR after a signal, -ENOMEM, then only some connections were
 *	looked at.
 */
int kap_sweep(const struct kap_ruleset *set, const struct kap_rule *only,
	      struct kap_swept *swept)
{
	struct sweep s = { .set = set, .only = only, .swept = swept };
	int err;

	memset(swept, 0, sizeof(*swept));
	err = more_room(&s);
	if (!err)
		err = sweep_nets(&s);
	kvfree(s.sk);
	return err;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Two probes see a setsockopt() before it changes anything. Where a rule may
 * have to answer, they queue a work item that the calling task runs before it
 * returns to its program: there the socket can be locked and put right.
 */
#include "conn/hold.h"

#include <linux/delay.h>
#include <linux/list.h>
#include <linux/percpu.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/task_work.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "conn/apply.h"
#include "conn/find.h"
#include "conn/probe.h"
#include "conn/sock.h"
#include "conn/stats.h"
#include "rule/decide.h"
#include "ruleset/ruleset.h"

/**
 * struct change - a setsockopt() call in progress
 * @work: runs when the call is over, in the task that made it
 * @node: in @changes
 * @sk: the socket, with a reference
 * @rule: the rule that wins it, as long as @generation and @hash are what they
 *	were; no reference
 * @generation: of the rule set that @rule is in
 * @hash: sk_hash, which is another one when the socket is connected anew
 * @dir: which end opened the connection
 * @connecting: it was not established yet when @before was taken
 * @before: its options before the call. Protected by @changes_lock, for a call
 *	that ends earlier, on the same socket, may bring it up to date.
 */
struct change {
	struct callback_head work;
	struct hlist_node node;
	struct sock *sk;
	struct kap_rule *rule;
	u64 generation;
	u32 hash;
	enum kap_dir dir;
	bool connecting;
	struct kap_values before;
};

static HLIST_HEAD(changes);		/* protected by @changes_lock */

/*
 * Taken by tasks only, with softirqs off: a softirq could wait for a socket whose
 * owner waits for this lock.
 */
static DEFINE_SPINLOCK(changes_lock);

/* Each CPU keeps an item for its next call: allocating one costs a sixth of it. */
static DEFINE_PER_CPU(struct change *, spare);

/* Items whose function has not come to its end; waited for before unloading. */
static atomic_t outstanding = ATOMIC_INIT(0);

/* Constant while a probe is attached; NULL until one ever was. */
static struct kap_active *active;

/* Not established yet, but may be before a call on it is over. */
#define CONNECTING	(TCPF_SYN_SENT | TCPF_SYN_RECV)

#define TIMES	(KAP_OPT_IDLE | KAP_OPT_INTVL | KAP_OPT_CNT)

/*
 * Two threads may change one socket at the same time. The later one took
 * @before either when the user timeout was still to follow, or before the
 * earlier call changed anything: both would hide that "auto" gave it.
 */
static void update_others(const struct sock *sk, const struct kap_rule *rule)
{
	struct kap_values now;
	struct change *c;

	/* nearly always */
	if (hlist_empty(&changes))
		return;
	kap_sock_values(sk, &now);
	if (!kap_rule_is_auto(rule, &now))
		return;
	hlist_for_each_entry(c, &changes, node) {
		if (c->sk == sk) {
			c->before = now;
			c->connecting = false;
		}
	}
}

static void hold_locked(struct change *c)
{
	const struct kap_ruleset *set = rcu_dereference_sched(active->set);
	struct kap_values before = c->before;
	struct kap_rule *rule = c->rule;

	if (set->generation != c->generation || c->sk->sk_hash != c->hash)
		rule = kap_find_winner(set, c->sk, &c->dir);
	if (!rule || !rule->opts)
		return;
	/* it has become established meanwhile: the rule was applied to that */
	if (c->connecting)
		kap_rule_decide(rule, &c->before, &before);
	if (kap_apply_again_locked(rule, c->sk, c->dir, &before))
		kap_stats_count(rule, KAP_COUNT_HELD);
	update_others(c->sk, rule);
}

static void kap_hold_work(struct callback_head *work)
{
	struct change *c = container_of(work, struct change, work);
	bool slow = lock_sock_fast(c->sk);

	rcu_read_lock_sched();
	spin_lock_bh(&changes_lock);
	hlist_del(&c->node);
	if (kap_sock_is_connected(c->sk))
		hold_locked(c);
	spin_unlock_bh(&changes_lock);
	rcu_read_unlock_sched();
	unlock_sock_fast(c->sk, slow);
	sock_put(c->sk);
	kfree(this_cpu_xchg(spare, c));
	atomic_dec(&outstanding);
}

/* Can the rule have an answer to a change of @opt? */
static bool is_concerned(const struct kap_rule *rule, unsigned int opt)
{
	if (rule->mode != KAP_DEFAULT)
		return rule->opts & opt;
	return rule->auto_timeout && !rule->auto_off && (opt & TIMES);
}

static void queue_change(struct sock *sk, struct kap_rule *rule,
			 u64 generation, enum kap_dir dir)
{
	struct change *c = this_cpu_xchg(spare, NULL);
	unsigned long flags;

	if (!c)
		c = kmalloc(sizeof(*c), GFP_ATOMIC | __GFP_NOWARN);
	if (c)
		init_task_work(&c->work, kap_hold_work);
	/* only a task past its last system call would be refused */
	if (!c || task_work_add(current, &c->work, TWA_RESUME)) {
		kfree(c);
		kap_stats_inc(KAP_STAT_NOT_HELD);
		return;
	}
	/* it cannot run before this task goes back to its program */
	atomic_inc(&outstanding);
	sock_hold(sk);
	c->sk = sk;
	c->rule = rule;
	c->generation = generation;
	c->hash = READ_ONCE(sk->sk_hash);
	c->dir = dir;
	/* a breakpoint's handler has interrupts off: softirqs cannot be turned on */
	spin_lock_irqsave(&changes_lock, flags);
	c->connecting = BIT(READ_ONCE(sk->sk_state)) & CONNECTING;
	kap_sock_values(sk, &c->before);
	hlist_add_head(&c->node, &changes);
	spin_unlock_irqrestore(&changes_lock, flags);
}

/* A kernel thread never comes to where work items are run. */
static bool runs_work(void)
{
	return (current->flags & (PF_KTHREAD | PF_IO_WORKER)) != PF_KTHREAD;
}

/* A program is about to set an option a rule can name. */
static noinline void option_called(struct sock *sk, unsigned int opt)
{
	const struct kap_ruleset *set;
	struct kap_rule *rule;
	enum kap_dir dir;

	if (!kap_sock_is_tcp(sk) || sk->sk_kern_sock || !runs_work() ||
	    !(BIT(READ_ONCE(sk->sk_state)) & (KAP_OPEN_STATES | CONNECTING)))
		return;
	rcu_read_lock_sched();
	set = rcu_dereference_sched(active->set);
	/* data_race: another thread may disconnect it; it is then not open */
	rule = data_race(kap_find_winner(set, sk, &dir));
	if (rule && is_concerned(rule, opt))
		queue_change(sk, rule, set->generation, dir);
	rcu_read_unlock_sched();
}

static unsigned int tcp_option(int name)
{
	switch (name) {
	case TCP_KEEPIDLE:
		return KAP_OPT_IDLE;
	case TCP_KEEPINTVL:
		return KAP_OPT_INTVL;
	case TCP_KEEPCNT:
		return KAP_OPT_CNT;
	case TCP_USER_TIMEOUT:
		return KAP_OPT_USER_TIMEOUT;
	default:
		return 0;
	}
}

/* tcp_setsockopt(sk, level, name, ...): what is not for us must cost little. */
static int kap_probe_tcp(struct kprobe *kp, struct pt_regs *regs)
{
	unsigned int opt = tcp_option(kap_kernel_argument(regs, 2));

	if (opt && (int)kap_kernel_argument(regs, 1) == SOL_TCP)
		option_called((struct sock *)kap_kernel_argument(regs, 0), opt);
	return 0;
}

/* sock_setsockopt(sock, level, name, ...); level is SOL_SOCKET */
static int kap_probe_sock(struct kprobe *kp, struct pt_regs *regs)
{
	struct socket *sock = (struct socket *)kap_kernel_argument(regs, 0);

	if ((int)kap_kernel_argument(regs, 2) == SO_KEEPALIVE && sock->sk)
		option_called(sock->sk, KAP_OPT_KEEPALIVE);
	return 0;
}

static struct kap_probe tcp_probe = { .handler = kap_probe_tcp };
static struct kap_probe sock_probe = { .handler = kap_probe_sock };

/**
 * kap_hold_init - find out whether later setsockopt() calls can be seen
 *
 * Under PREEMPT_RT a probe's handler may not allocate.
 *
 * Context: process, may sleep; while the module is being loaded.
 * Return: whether they can.
 */
bool kap_hold_init(void)
{
	/* IPv4, IPv6 and kTLS: all come to one function, which is not exported */
	tcp_probe.addr = tcp_prot.setsockopt;
	sock_probe.addr = sock_setsockopt;
	return !IS_ENABLED(CONFIG_PREEMPT_RT) && kap_probe_works(&tcp_probe) &&
	       kap_probe_works(&sock_probe);
}

/**
 * kap_hold_attach - see later setsockopt() calls
 * @rules: where the rules are; as long as any probe may run
 * @tcp: those of TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT, TCP_USER_TIMEOUT
 * @keepalive: those of SO_KEEPALIVE
 *
 * Context: process, may sleep; under the lock of policy.c.
 * Return: 0 or a negative errno value. A probe that was attached stays.
 */
int kap_hold_attach(struct kap_active *rules, bool tcp, bool keepalive)
{
	int err = 0;

	active = rules;
	if (tcp)
		err = kap_probe_attach(&tcp_probe);
	if (!err && keepalive)
		err = kap_probe_attach(&sock_probe);
	return err;
}

/**
 * kap_hold_detach - stop seeing some of them
 * @tcp: as for kap_hold_attach()
 * @keepalive: as for kap_hold_attach()
 *
 * Calls in progress are still put right: see kap_hold_synchronize().
 *
 * Context: process, may sleep; under the lock of policy.c.
 */
void kap_hold_detach(bool tcp, bool keepalive)
{
	if (tcp)
		kap_probe_detach(&tcp_probe);
	if (keepalive)
		kap_probe_detach(&sock_probe);
}

/**
 * kap_hold_synchronize - wait until no task can run our work any more
 *
 * A task runs its work items before it stops for a signal or a debugger, before
 * the freezer holds it, and when it is killed. So only a call that is itself
 * stuck in the kernel keeps us waiting, for example in a page fault that nobody
 * answers; killing that task ends it.
 *
 * Context: process, may sleep; both probes are detached for good.
 */
void kap_hold_synchronize(void)
{
	unsigned int turn = 0;
	int n;

	if (!active)
		return;
	while ((n = atomic_read(&outstanding))) {
		if (++turn % 500 == 0)
			pr_notice("unloading waits for %d setsockopt() calls to end\n",
				  n);
		msleep(20);
	}
	/* the last of them may still be returning through our text */
	synchronize_rcu_tasks();
	for_each_possible_cpu(n)
		kfree(per_cpu(spare, n));
}

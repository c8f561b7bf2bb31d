// SPDX-License-Identifier: GPL-2.0
/*
 * Two probes see a setsockopt() before it changes anything. Where a rule may
 * have to answer, they queue a work item that the calling task runs before it
 * returns to its program: there the socket can be locked and put right.
 */
#include "conn/hold.h"

#include <linux/list.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/task_work.h>
#include <linux/wait.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "conn/apply.h"
#include "conn/find.h"
#include "conn/probe.h"
#include "conn/sock.h"
#include "conn/stats.h"
#include "rule/decide.h"

/**
 * struct change - a setsockopt() call in progress
 * @work: runs when the call is over, in the task that made it
 * @list: in @changes
 * @sk: the socket, with a reference
 * @connecting: it was not established yet when @before was taken
 * @before: its options before the call. Protected by @changes_lock, for a call
 *	that ends earlier, on the same socket, may bring it up to date.
 */
struct change {
	struct callback_head work;
	struct list_head list;
	struct sock *sk;
	bool connecting;
	struct kap_values before;
};

static LIST_HEAD(changes);		/* protected by @changes_lock */
static DEFINE_SPINLOCK(changes_lock);	/* taken by tasks only, with preemption off */

/* Items whose function has not come to its end; waited for before unloading. */
static atomic_t outstanding = ATOMIC_INIT(0);
static DECLARE_WAIT_QUEUE_HEAD(all_done);

static struct kap_active *active;	/* constant while a probe is attached */
static bool was_attached;		/* protected by the lock of policy.c */

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
	if (list_empty(&changes))
		return;
	kap_sock_values(sk, &now);
	if (!kap_rule_is_auto(rule, &now))
		return;
	list_for_each_entry(c, &changes, list) {
		if (c->sk == sk) {
			c->before = now;
			c->connecting = false;
		}
	}
}

static void hold_locked(struct change *c)
{
	struct kap_values before = c->before;
	struct kap_rule *rule;
	enum kap_dir dir;

	rule = kap_find_winner(rcu_dereference_sched(active->set), c->sk, &dir);
	if (!rule || !rule->opts)
		return;
	/* it has become established meanwhile: the rule was applied to that */
	if (c->connecting)
		kap_rule_decide(rule, &c->before, &before);
	if (kap_apply_again_locked(rule, c->sk, dir, &before))
		kap_stats_count(rule, KAP_COUNT_HELD);
	update_others(c->sk, rule);
}

static void kap_hold_work(struct callback_head *work)
{
	struct change *c = container_of(work, struct change, work);

	lock_sock(c->sk);
	rcu_read_lock_sched();
	spin_lock(&changes_lock);
	list_del(&c->list);
	if (kap_sock_is_connected(c->sk))
		hold_locked(c);
	spin_unlock(&changes_lock);
	rcu_read_unlock_sched();
	release_sock(c->sk);
	sock_put(c->sk);
	kfree(c);
	if (atomic_dec_and_test(&outstanding))
		wake_up(&all_done);
}

/* Can the rule have an answer to a change of @opt? */
static bool is_concerned(const struct kap_rule *rule, const struct sock *sk,
			 unsigned int opt)
{
	if (rule->mode != KAP_DEFAULT)
		return rule->opts & opt;
	/* without a user timeout there is none that could follow */
	return rule->auto_timeout && !rule->auto_off && (opt & TIMES) &&
	       (READ_ONCE(inet_csk(sk)->icsk_user_timeout) ||
		(BIT(READ_ONCE(sk->sk_state)) & CONNECTING));
}

static bool has_answer(const struct sock *sk, unsigned int opt)
{
	struct kap_rule *rule;
	enum kap_dir dir;
	bool answer;

	rcu_read_lock_sched();
	/* data_race: another thread may disconnect it; it is then not open */
	rule = data_race(kap_find_winner(rcu_dereference_sched(active->set),
					 sk, &dir));
	answer = rule && is_concerned(rule, sk, opt);
	rcu_read_unlock_sched();
	return answer;
}

static void queue_change(struct sock *sk)
{
	struct change *c = kmalloc(sizeof(*c), GFP_ATOMIC | __GFP_NOWARN);

	if (!c)
		goto err;
	sock_hold(sk);
	c->sk = sk;
	spin_lock(&changes_lock);
	c->connecting = BIT(READ_ONCE(sk->sk_state)) & CONNECTING;
	kap_sock_values(sk, &c->before);
	list_add(&c->list, &changes);
	spin_unlock(&changes_lock);
	atomic_inc(&outstanding);
	init_task_work(&c->work, kap_hold_work);
	if (!task_work_add(current, &c->work, TWA_RESUME))
		return;
	/* never seen for a task in a system call: it would have to be exiting */
	spin_lock(&changes_lock);
	list_del(&c->list);
	spin_unlock(&changes_lock);
	atomic_dec(&outstanding);
	__sock_put(sk);
	kfree(c);
err:
	kap_stats_inc(KAP_STAT_NOT_HELD);
}

/* A kernel thread never comes to where work items are run. */
static bool runs_work(void)
{
	return (current->flags & (PF_KTHREAD | PF_IO_WORKER)) != PF_KTHREAD;
}

/* A program is about to set an option a rule can name. */
static noinline void option_called(struct sock *sk, unsigned int opt)
{
	if (!kap_sock_is_tcp(sk) || sk->sk_kern_sock || !runs_work() ||
	    !(BIT(READ_ONCE(sk->sk_state)) & (KAP_OPEN_STATES | CONNECTING)))
		return;
	if (has_answer(sk, opt))
		queue_change(sk);
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
	was_attached |= tcp || keepalive;
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
	if (!was_attached)
		return;
	while (!wait_event_idle_timeout(all_done, !atomic_read(&outstanding),
					10 * HZ))
		pr_notice("unloading waits for %d setsockopt() calls to end\n",
			  atomic_read(&outstanding));
	/* the last of them may still be returning through our text */
	synchronize_rcu_tasks();
}

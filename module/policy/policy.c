// SPDX-License-Identifier: GPL-2.0
#include "policy/policy.h"

#include <linux/mutex.h>
#include <linux/rcupdate.h>

#include "conn/hook.h"
#include "policy/stage.h"

/* Serialises changes of what follows. Readers of the active set use RCU. */
static DEFINE_MUTEX(policy_lock);
static struct kap_active active;		/* has a set from init to exit */
static bool enabled = true;			/* shown without the lock */
static u32 max_rules = KAP_RULES_DEFAULT;	/* one word, needs no lock */
static struct workqueue_struct *free_wq;	/* constant from init to exit */

static struct kap_ruleset *active_locked(void)
{
	return rcu_dereference_protected(active.set,
					 lockdep_is_held(&policy_lock));
}

/**
 * kap_policy_get - the active rule set, to be kept for a while
 *
 * Context: any.
 * Return: the set, with a reference for kap_ruleset_put().
 */
struct kap_ruleset *kap_policy_get(void)
{
	struct kap_ruleset *set;

	rcu_read_lock();
	set = rcu_dereference(active.set);
	/* not zero: policy.c drops its reference only after a grace period */
	refcount_inc(&set->refs);
	rcu_read_unlock();
	return set;
}

/**
 * kap_policy_edit - start editing the active rule set
 *
 * Context: process, may sleep.
 * Return: for kap_policy_publish() and kap_stage_free(), or NULL when out of
 *	memory.
 */
struct kap_stage *kap_policy_edit(void)
{
	return kap_stage_alloc(kap_policy_get());
}

static void put_replaced_set(struct work_struct *work)
{
	struct rcu_work *rwork = to_rcu_work(work);

	kap_ruleset_put(container_of(rwork, struct kap_ruleset, rwork));
}

static void replace_active(struct kap_ruleset *set)
{
	struct kap_ruleset *old;

	old = rcu_replace_pointer(active.set, set,
				  lockdep_is_held(&policy_lock));
	INIT_RCU_WORK(&old->rwork, put_replaced_set);
	queue_rcu_work(free_wq, &old->rwork);
}

/*
 * Each hook costs a little even where it finds nothing to do, so it is attached
 * only while a rule needs it.
 */
static u32 needed_hooks(const struct kap_ruleset *set, bool on)
{
	return on ? set->hooks : 0;
}

/**
 * kap_policy_publish - put edited rules into force
 * @st: stage; only good for kap_stage_free() afterwards
 *
 * A connection sees the old set or the new one: it takes the pointer once.
 * If nothing has changed, the old set stays.
 *
 * Context: process, may sleep.
 * Return: why not, or KAP_E_NONE.
 */
enum kap_error kap_policy_publish(struct kap_stage *st)
{
	enum kap_error error = KAP_E_NONE;
	struct kap_ruleset *set = NULL;

	mutex_lock(&policy_lock);
	if (st->from != active_locked()) {
		error = KAP_E_STALE;
		goto unlock;
	}
	set = kap_stage_build(st);
	if (!set)
		error = st->overlap[0] ? KAP_E_OVERLAP : KAP_E_MEMORY;
	if (!set || set == st->from)
		goto unlock;
	/* attach first: that can fail, and probes find the old set until then */
	if (kap_hook_attach(&active, needed_hooks(set, enabled))) {
		kap_hook_restrict(needed_hooks(active_locked(), enabled));
		error = KAP_E_MEMORY;
		goto unlock;
	}
	replace_active(set);
	kap_hook_restrict(needed_hooks(set, enabled));
	set = NULL;
unlock:
	mutex_unlock(&policy_lock);
	kap_ruleset_put(set);
	return error;
}

/**
 * kap_policy_enabled - are connections being touched
 *
 * Context: any.
 * Return: whether they are.
 */
bool kap_policy_enabled(void)
{
	return READ_ONCE(enabled);
}

/**
 * kap_policy_enable - start or stop touching connections
 * @on: which
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno value, then nothing has changed.
 */
int kap_policy_enable(bool on)
{
	int err;

	mutex_lock(&policy_lock);
	err = kap_hook_attach(&active, needed_hooks(active_locked(), on));
	if (!err)
		WRITE_ONCE(enabled, on);
	kap_hook_restrict(needed_hooks(active_locked(), enabled));
	mutex_unlock(&policy_lock);
	return err;
}

/**
 * kap_policy_max_rules - how many rules there may be
 *
 * Context: any.
 * Return: the limit.
 */
u32 kap_policy_max_rules(void)
{
	return READ_ONCE(max_rules);
}

/**
 * kap_policy_set_max_rules - change how many rules there may be
 * @n: limit for rules added from now on; rules above it stay
 *
 * Context: any.
 */
void kap_policy_set_max_rules(u32 n)
{
	WRITE_ONCE(max_rules, n);
}

/**
 * kap_policy_init - start with no rules
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int kap_policy_init(void)
{
	struct kap_ruleset *set = kap_ruleset_empty();

	free_wq = alloc_workqueue("kapolicy", WQ_UNBOUND, 0);
	if (!set || !free_wq) {
		kap_ruleset_put(set);
		if (free_wq)
			destroy_workqueue(free_wq);
		return -ENOMEM;
	}
	RCU_INIT_POINTER(active.set, set);
	return 0;
}

/**
 * kap_policy_exit - drop all rules
 *
 * Called when nobody writes or reads rules any more. Waits until no probe runs
 * and every rule set that was ever replaced is freed.
 *
 * Context: process, may sleep.
 */
void kap_policy_exit(void)
{
	mutex_lock(&policy_lock);
	kap_hook_restrict(0);
	/* a probe that has begun dereferences active.set without a check */
	kap_hook_synchronize();
	replace_active(NULL);
	mutex_unlock(&policy_lock);
	rcu_barrier();
	destroy_workqueue(free_wq);
}

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the way of a write needs beside ../../tools/shim, so that write.c,
 * txn.c, stage.c, command.c, policy.c and ruleset.c can be compiled unchanged.
 * There is one thread: a lock only checks that it is not taken twice, and a
 * grace period is over as soon as it begins.
 */
#ifndef _KAPOLICY_FUZZ_KERNEL_H
#define _KAPOLICY_FUZZ_KERNEL_H

#include <sys/types.h>

#include "../../tools/shim/shim.h"

#define __rcu
#define WRITE_ONCE(x, v)	((x) = (v))
#define container_of(p, type, member) \
	((type *)((char *)(p) - offsetof(type, member)))
#define kzalloc(size, gfp)	kvzalloc(size, gfp)

/* Locks */
struct mutex {
	bool held;
};

#define DEFINE_MUTEX(name)	struct mutex name
#define lockdep_is_held(lock)	((lock)->held)

static inline void mutex_lock(struct mutex *lock)
{
	if (lock->held)
		abort();
	lock->held = true;
}

static inline void mutex_unlock(struct mutex *lock)
{
	if (!lock->held)
		abort();
	lock->held = false;
}

/* RCU, and work that waits for it */
#define rcu_read_lock()		do { } while (0)
#define rcu_read_unlock()	do { } while (0)
#define rcu_barrier()		do { } while (0)
#define rcu_dereference(p)	(p)
#define RCU_INIT_POINTER(p, v)	((p) = (v))
#define rcu_dereference_protected(p, held) \
	({ if (!(held)) abort(); (p); })
#define rcu_replace_pointer(p, v, held) \
	({ __typeof__(p) old_ = rcu_dereference_protected(p, held); \
	   (p) = (v); old_; })

struct work_struct {
	void (*func)(struct work_struct *work);
};

struct rcu_work {
	struct work_struct work;
};

struct workqueue_struct;

#define WQ_UNBOUND			0
#define alloc_workqueue(...)		((struct workqueue_struct *)1)
#define destroy_workqueue(wq)		((void)(wq))
#define INIT_RCU_WORK(rwork, f)		((rwork)->work.func = (f))
#define queue_rcu_work(wq, rwork)	((rwork)->work.func(&(rwork)->work))
#define to_rcu_work(w)			container_of(w, struct rcu_work, work)

/* Work for later, which is when run_pending_work() is called. */
struct delayed_work {
	struct work_struct work;
};

#define HZ				250
#define DECLARE_DELAYED_WORK(name, f) \
	struct delayed_work name = { { f } }

extern struct delayed_work *pending_work;

static inline void schedule_delayed_work(struct delayed_work *work, long delay)
{
	(void)delay;
	pending_work = work;
}

static inline void cancel_delayed_work_sync(struct delayed_work *work)
{
	if (pending_work == work)
		pending_work = NULL;
}

static inline void run_pending_work(void)
{
	struct delayed_work *work = pending_work;

	pending_work = NULL;
	if (work)
		work->work.func(&work->work);
}

/* Open files */
struct file {
	long count;
};

static inline struct file *get_file(struct file *file)
{
	file->count++;
	return file;
}

static inline void fput(struct file *file)
{
	if (!--file->count)
		free(file);
}

#define file_count(file)	((file)->count)

/* Lists */
struct list_head {
	struct list_head *next, *prev;
};

#define LIST_HEAD(name)		struct list_head name = { &(name), &(name) }

static inline void list_add_tail(struct list_head *node, struct list_head *head)
{
	node->next = head;
	node->prev = head->prev;
	head->prev->next = node;
	head->prev = node;
}

static inline void list_del(struct list_head *node)
{
	node->next->prev = node->prev;
	node->prev->next = node->next;
}

static inline bool list_empty(const struct list_head *head)
{
	return head->next == head;
}

#define list_entry_of(p, pos, member) \
	container_of(p, __typeof__(*(pos)), member)
#define list_for_each_entry_reverse(pos, head, member) \
	for ((pos) = list_entry_of((head)->prev, pos, member); \
	     &(pos)->member != (head); \
	     (pos) = list_entry_of((pos)->member.prev, pos, member))
#define list_for_each_entry_safe(pos, n, head, member) \
	for ((pos) = list_entry_of((head)->next, pos, member), \
	     (n) = list_entry_of((pos)->member.next, pos, member); \
	     &(pos)->member != (head); \
	     (pos) = (n), (n) = list_entry_of((n)->member.next, pos, member))

/* The cache of cgroups is not used; its header is. One thread: no barriers. */
#define hash_64(v, bits)	((u32)((v) >> (64 - (bits))))
#define smp_load_acquire(p)	(*(p))
#define smp_rmb()		do { } while (0)

/* As in lib/string_helpers.c. */
static inline ssize_t memory_read_from_buffer(void *to, size_t count,
					      loff_t *pos, const void *from,
					      size_t available)
{
	if (*pos < 0)
		return -EINVAL;
	if ((size_t)*pos >= available || !count)
		return 0;
	if (count > available - *pos)
		count = available - *pos;
	memcpy(to, (const char *)from + *pos, count);
	*pos += count;
	return count;
}

/* Any hash will do; this one has collisions in abundance. */
static inline u32 jhash(const void *key, size_t len, u32 seed)
{
	const u8 *s = key;

	while (len--)
		seed = seed * 31 + *s++;
	return seed & 0x1f;
}

#endif /* _KAPOLICY_FUZZ_KERNEL_H */

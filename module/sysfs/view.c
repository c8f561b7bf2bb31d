// SPDX-License-Identifier: GPL-2.0
/*
 * A reader gets a page at a time, and rules may change between two of them. So
 * the first read, at offset 0, takes the rule set that is active then, and the
 * open file keeps it until its end has been read.
 *
 * Anybody may read, so nobody may be able to take a set away from another
 * reader, or to keep him waiting. Readers of one set share it, and what is
 * bounded is the number of sets: the oldest goes when one more becomes active
 * and is read, which takes as many changes of the rules as there is room for.
 * Who reads it then gets ESTALE, never the rest of another set. The lock is
 * held to look a file up by its hash; a line is formatted without it.
 */
#include "sysfs/view.h"

#include <linux/errno.h>
#include <linux/hashtable.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "policy/policy.h"
#include "rule/format.h"
#include "sysfs/open_file.h"

#define SETS_MAX	8	/* that half-read files hold */
#define VIEW_BITS	10

/**
 * struct edition - a rule set somebody is reading
 * @node: in the list of editions, oldest first, while there is a @set
 * @set: with a reference; NULL when it was taken away
 * @views: how many files are reading it
 *
 * All protected by view_lock.
 */
struct edition {
	struct list_head node;
	struct kap_ruleset *set;
	u32 views;
};

/**
 * struct view - how far an open file has been read
 * @node: in the hash table; protected by view_lock
 * @file: held, see open_file.h
 * @edition: what is read; the pointer is constant
 * @i: place of the rule @line is of
 * @off: file offset of @line
 * @len: its length, newline included; 0: not formatted yet
 * @line: kept, for a counter may change while its line is half-read
 *
 * The last four belong to the reader: kernfs has one read at a time of an open
 * file, and a view goes by the hand of its reader or when the file is closed.
 */
struct view {
	struct hlist_node node;
	struct file *file;
	struct edition *edition;
	u32 i;
	loff_t off;
	size_t len;
	char line[KAP_FORMAT_MAX];
};

static DEFINE_MUTEX(view_lock);	/* protects what follows */
static DEFINE_HASHTABLE(views, VIEW_BITS);
static LIST_HEAD(editions);
static u32 editions_n;

static void sweep(struct work_struct *work);
static DECLARE_DELAYED_WORK(sweep_work, sweep);

static void edition_close(struct edition *ed)
{
	list_del(&ed->node);
	editions_n--;
	kap_ruleset_put(ed->set);
	ed->set = NULL;
}

static void edition_put(struct edition *ed)
{
	if (--ed->views)
		return;
	if (ed->set)
		edition_close(ed);
	kfree(ed);
}

/* That of the active set, for one more view. */
static struct edition *edition_get(void)
{
	struct kap_ruleset *set = kap_policy_get();
	struct edition *ed;

	list_for_each_entry_reverse(ed, &editions, node) {
		if (ed->set != set)
			break;
		kap_ruleset_put(set);
		ed->views++;
		return ed;
	}
	ed = kmalloc(sizeof(*ed), GFP_KERNEL_ACCOUNT);
	if (!ed) {
		kap_ruleset_put(set);
		return NULL;
	}
	if (editions_n == SETS_MAX)
		edition_close(list_first_entry(&editions, struct edition, node));
	ed->set = set;
	ed->views = 1;
	list_add_tail(&ed->node, &editions);
	editions_n++;
	return ed;
}

static void view_free(struct view *view)
{
	hash_del(&view->node);
	edition_put(view->edition);
	fput(view->file);
	kfree(view);
}

static struct view *view_find(const struct file *file)
{
	struct view *view;

	hash_for_each_possible(views, view, node, (unsigned long)file) {
		if (view->file == file)
			return view;
	}
	return NULL;
}

static void view_rewind(struct view *view)
{
	view->i = 0;
	view->off = 0;
	view->len = 0;
}

/* As many as there are open files, and charged to those who open them. */
static struct view *view_new(struct file *file)
{
	struct view *view = kmalloc(sizeof(*view), GFP_KERNEL_ACCOUNT);

	if (!view)
		return NULL;
	view->edition = edition_get();
	if (!view->edition) {
		kfree(view);
		return NULL;
	}
	view_rewind(view);
	view->file = get_file(file);
	hash_add(views, &view->node, (unsigned long)file);
	schedule_delayed_work(&sweep_work, KAP_SWEEP_INTERVAL);
	return view;
}

/* Lets go of files that have been closed half-read. */
static void sweep(struct work_struct *work)
{
	struct hlist_node *next;
	struct view *view;
	bool left = false;
	int bucket;

	mutex_lock(&view_lock);
	hash_for_each_safe(views, bucket, next, view, node) {
		/* with a transaction, that goes first: kap_view_file_closed() */
		if (file_count(view->file) == 1)
			view_free(view);
		else
			left = true;
	}
	if (left)
		schedule_delayed_work(&sweep_work, KAP_SWEEP_INTERVAL);
	mutex_unlock(&view_lock);
}

/* Copies from @off on what fits; moves the view along. */
static size_t view_copy(struct view *view, const struct kap_ruleset *set,
			kap_view_fn format, char *buf, loff_t off, size_t len)
{
	size_t done = 0, at, n;

	if (off < view->off)
		view_rewind(view);
	while (done < len && view->i < set->n) {
		if (!view->len)
			view->len = format(set->order[view->i], view->line,
					   sizeof(view->line));
		if (off + done < view->off + view->len) {
			at = off + done - view->off;
			n = min(len - done, view->len - at);
			memcpy(buf + done, view->line + at, n);
			done += n;
		}
		if (off + done >= view->off + view->len) {
			view->off += view->len;
			view->len = 0;
			view->i++;
		}
		/* @off may be far ahead */
		cond_resched();
	}
	return done;
}

/*
 * Return: the view of @file, begun anew at offset 0; NULL when out of memory.
 *	@set: what it reads, with a reference; NULL when that was taken away.
 */
static struct view *view_get(struct file *file, loff_t off,
			     struct kap_ruleset **set)
{
	struct view *view;

	mutex_lock(&view_lock);
	view = view_find(file);
	if (view && !off) {
		view_free(view);
		view = NULL;
	}
	if (!view)
		view = view_new(file);
	*set = view ? view->edition->set : NULL;
	if (*set)
		refcount_inc(&(*set)->refs);
	mutex_unlock(&view_lock);
	return view;
}

/**
 * kap_view_read - read rules or their counters as text
 * @file: the open file
 * @format: writes the line of one rule
 * @buf: where to
 * @off: offset in the text
 * @len: bytes of @buf
 *
 * Context: process, may sleep; one call at a time for @file.
 * Return: bytes read, 0 at the end; -ESTALE when the rules this reader began
 *	with are gone, -ENOMEM.
 */
ssize_t kap_view_read(struct file *file, kap_view_fn format, char *buf,
		      loff_t off, size_t len)
{
	struct kap_ruleset *set;
	struct view *view = view_get(file, off, &set);
	size_t n;

	if (!view)
		return -ENOMEM;
	if (!set)
		return -ESTALE;
	n = view_copy(view, set, format, buf, off, len);
	kap_ruleset_put(set);
	if (!n) {
		mutex_lock(&view_lock);
		view_free(view);
		mutex_unlock(&view_lock);
	}
	return n;
}

/**
 * kap_view_file_closed - has an open file been closed
 * @file: a file that the caller holds, once
 *
 * Views come, with a reference, and go under the lock taken here: so it is
 * known how many references are ours.
 *
 * Context: process, may sleep.
 * Return: whether nobody has it any more but the caller and what is kept here.
 */
bool kap_view_file_closed(struct file *file)
{
	bool closed;

	mutex_lock(&view_lock);
	closed = file_count(file) == (view_find(file) ? 2 : 1);
	mutex_unlock(&view_lock);
	return closed;
}

/**
 * kap_view_exit - let go of what readers hold
 *
 * Context: process, may sleep; sysfs is gone.
 */
void kap_view_exit(void)
{
	struct hlist_node *next;
	struct view *view;
	int bucket;

	cancel_delayed_work_sync(&sweep_work);
	hash_for_each_safe(views, bucket, next, view, node)
		view_free(view);
}

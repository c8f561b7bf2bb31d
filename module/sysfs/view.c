// SPDX-License-Identifier: GPL-2.0
/*
 * A reader gets a page at a time, and the rules may change between two pages.
 * So the first read takes a reference on the rule set that is active then. A
 * view keeps it for the open file until its end has been read, or the file is
 * read from offset 0 again, or the file is closed.
 *
 * Only root can open these files, so views are bounded by their number alone.
 */
#include "sysfs/view.h"

#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "policy/policy.h"

#define VIEWS_MAX	64	/* files that are half-read at a time */
#define LINE_ROOM	256	/* enough for most lines; longer ones grow it */

/**
 * struct view - how far an open file has been read
 * @node: in the list of views; protected by view_lock
 * @file: held, see view.h; constant
 * @set: the rules that are read, with a reference
 * @i: place of the rule that @line belongs to
 * @off: offset of @line in the file
 * @len: length of @line, newline included; 0: not formatted yet
 * @room: bytes allocated for @line
 * @line: kept between reads, because a counter may change while it is half-read
 *
 * All but @node and @file need no lock: kernfs allows one read at a time per
 * open file, and a view is freed only by that reader, or once nobody can read
 * the file any more.
 */
struct view {
	struct list_head node;
	struct file *file;
	struct kap_ruleset *set;
	u32 i;
	loff_t off;
	size_t len;
	size_t room;
	char *line;
};

static DEFINE_MUTEX(view_lock);	/* protects what follows */
static LIST_HEAD(views);
static u32 views_n;

static void sweep_views(struct work_struct *work);
static DECLARE_DELAYED_WORK(sweep_work, sweep_views);

static void view_free(struct view *view)
{
	kap_ruleset_put(view->set);
	fput(view->file);
	kvfree(view->line);
	kfree(view);
}

static void view_remove(struct view *view)
{
	mutex_lock(&view_lock);
	list_del(&view->node);
	views_n--;
	mutex_unlock(&view_lock);
	view_free(view);
}

static struct view *view_find_locked(const struct file *file)
{
	struct view *view;

	list_for_each_entry(view, &views, node) {
		if (view->file == file)
			return view;
	}
	return NULL;
}

static struct view *view_find(const struct file *file)
{
	struct view *view;

	mutex_lock(&view_lock);
	view = view_find_locked(file);
	mutex_unlock(&view_lock);
	return view;
}

/* Frees the views of files that have been closed half-read. */
static void free_closed_views(void)
{
	struct view *view, *next;
	LIST_HEAD(closed);

	mutex_lock(&view_lock);
	list_for_each_entry_safe(view, next, &views, node) {
		/* a transaction holds the file as well, and lets go first */
		if (file_count(view->file) > 1)
			continue;
		list_move(&view->node, &closed);
		views_n--;
	}
	if (views_n)
		schedule_delayed_work(&sweep_work, KAP_SWEEP_INTERVAL);
	mutex_unlock(&view_lock);
	list_for_each_entry_safe(view, next, &closed, node)
		view_free(view);
}

static void sweep_views(struct work_struct *work)
{
	free_closed_views();
}

static bool view_insert(struct view *view)
{
	bool room;

	mutex_lock(&view_lock);
	room = views_n < VIEWS_MAX;
	if (room) {
		list_add(&view->node, &views);
		views_n++;
		schedule_delayed_work(&sweep_work, KAP_SWEEP_INTERVAL);
	}
	mutex_unlock(&view_lock);
	return room;
}

/* Only the reader of @file adds a view of it, so there is none yet. */
static struct view *view_add(struct file *file)
{
	struct view *view = kzalloc(sizeof(*view), GFP_KERNEL);

	if (!view)
		return ERR_PTR(-ENOMEM);
	view->file = get_file(file);
	view->set = kap_policy_get();
	if (view_insert(view))
		return view;
	free_closed_views();
	if (view_insert(view))
		return view;
	view_free(view);
	return ERR_PTR(-ENFILE);
}

/* Formats the line of the rule at @view->i, in more room if it needs that. */
static int view_format(struct view *view, kap_view_fn format)
{
	const struct kap_rule *rule = view->set->order[view->i];
	size_t len = view->room ? format(rule, view->line, view->room) :
				  LINE_ROOM;

	/* more than once if a counter grows longer meanwhile */
	while (len >= view->room) {
		view->room = 0;
		kvfree(view->line);
		view->line = kvmalloc(len + 1, GFP_KERNEL);
		if (!view->line)
			return -ENOMEM;
		view->room = len + 1;
		len = format(rule, view->line, view->room);
	}
	view->len = len;
	return 0;
}

/* Copies what fits, from @off on, and moves the view along. */
static ssize_t view_copy(struct view *view, kap_view_fn format, char *buf,
			 loff_t off, size_t len)
{
	size_t done = 0, at, n;

	while (done < len && view->i < view->set->n) {
		if (!view->len && view_format(view, format))
			return done ? (ssize_t)done : -ENOMEM;
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
		/* @off may be far ahead of what has been read */
		cond_resched();
	}
	return done;
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
 * Return: bytes read, 0 at the end; -ENFILE when VIEWS_MAX other files are
 *	half-read, -ENOMEM.
 */
ssize_t kap_view_read(struct file *file, kap_view_fn format, char *buf,
		      loff_t off, size_t len)
{
	struct view *view = view_find(file);
	ssize_t n;

	if (view && !off) {
		view_remove(view);
		view = NULL;
	}
	if (!view) {
		view = view_add(file);
		if (IS_ERR(view))
			return PTR_ERR(view);
	}
	if (off < view->off) {
		view->i = 0;
		view->off = 0;
		view->len = 0;
	}
	n = view_copy(view, format, buf, off, len);
	/* in the middle, an error must not make the next read begin anew */
	if (!n || (n < 0 && !off))
		view_remove(view);
	return n;
}

/**
 * kap_view_file_closed - has an open file been closed
 * @file: a file on which the caller holds one reference
 *
 * While view_lock is held, no view can appear or vanish. So our own references
 * are known: the caller's, plus one if the file has a view.
 *
 * Context: process, may sleep.
 * Return: whether nobody else has the file any more.
 */
bool kap_view_file_closed(struct file *file)
{
	bool closed;

	mutex_lock(&view_lock);
	closed = file_count(file) == (view_find_locked(file) ? 2 : 1);
	mutex_unlock(&view_lock);
	return closed;
}

/**
 * kap_view_exit - free the views of files that are still half-read
 *
 * Context: process, may sleep; sysfs and transactions are gone, so nobody else
 *	looks for views.
 */
void kap_view_exit(void)
{
	struct view *view, *next;

	cancel_delayed_work_sync(&sweep_work);
	list_for_each_entry_safe(view, next, &views, node)
		view_remove(view);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * A reader gets a page at a time, and rules may change between two of them. So
 * the first read, at offset 0, takes the rule set that is active then, and the
 * open file keeps it until its end has been read. Sets that readers leave
 * half-read are bounded in number; whoever loses his so gets ESTALE, never the
 * rest of another set.
 */
#include "view.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "format.h"
#include "open_file.h"
#include "policy.h"

#define OPEN_MAX	8	/* with a rule set */

/**
 * struct view - how far an open file has been read
 * @of: list head and file
 * @set: the rule set being read, with a reference; NULL when it was taken away
 * @i: place of the rule @line is of
 * @off: file offset of @line
 * @len: its length, newline included; 0: not formatted yet
 * @line: kept, for a counter may change while its line is half-read
 *
 * All protected by view_lock.
 */
struct view {
	struct kap_open_file of;
	struct kap_ruleset *set;
	u32 i;
	loff_t off;
	size_t len;
	char line[KAP_FORMAT_MAX];
};

static DEFINE_MUTEX(view_lock);	/* taken before the policy's lock */
static LIST_HEAD(views);

static void view_free(struct view *view)
{
	kap_open_file_del(&view->of);
	kap_ruleset_put(view->set);
	kfree(view);
}

/* That of @file; those of files that have been closed go. */
static struct view *view_find(const struct file *file)
{
	struct view *view, *next, *found = NULL;

	list_for_each_entry_safe(view, next, &views, of.node) {
		if (view->of.file == file)
			found = view;
		else if (kap_open_file_closed(&view->of))
			view_free(view);
	}
	return found;
}

static void drop_oldest(void)
{
	struct view *view, *oldest = NULL;
	u32 n = 0;

	list_for_each_entry_reverse(view, &views, of.node) {
		if (!view->set)
			continue;
		oldest = view;
		n++;
	}
	if (n >= OPEN_MAX) {
		kap_ruleset_put(oldest->set);
		oldest->set = NULL;
	}
}

static void view_rewind(struct view *view)
{
	view->i = 0;
	view->off = 0;
	view->len = 0;
}

static struct view *view_new(struct file *file)
{
	struct view *view = kmalloc(sizeof(*view), GFP_KERNEL);

	if (!view)
		return NULL;
	drop_oldest();
	view->set = kap_policy_get();
	view_rewind(view);
	kap_open_file_add(&view->of, file, &views);
	return view;
}

/* Copies from @off on what fits; moves the view along. */
static size_t view_copy(struct view *view, kap_view_fn format, char *buf,
			loff_t off, size_t len)
{
	size_t done = 0, at, n;

	if (off < view->off)
		view_rewind(view);
	while (done < len && view->i < view->set->n) {
		if (!view->len)
			view->len = format(view->set->order[view->i],
					   view->line, sizeof(view->line));
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
 * Context: process, may sleep.
 * Return: bytes read, 0 at the end; -ESTALE when the rules this reader began
 *	with are gone, -ENOMEM.
 */
ssize_t kap_view_read(struct file *file, kap_view_fn format, char *buf,
		      loff_t off, size_t len)
{
	struct view *view;
	ssize_t n = -ENOMEM;

	mutex_lock(&view_lock);
	view = view_find(file);
	if (view && !off) {
		view_free(view);
		view = NULL;
	}
	if (!view)
		view = view_new(file);
	if (view)
		n = view->set ? view_copy(view, format, buf, off, len) :
				-ESTALE;
	if (!n)
		view_free(view);
	mutex_unlock(&view_lock);
	return n;
}

/**
 * kap_view_exit - let go of what readers hold
 *
 * Context: process, may sleep; sysfs is gone.
 */
void kap_view_exit(void)
{
	struct view *view, *next;

	list_for_each_entry_safe(view, next, &views, of.node)
		view_free(view);
}

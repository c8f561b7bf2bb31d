/* SPDX-License-Identifier: GPL-2.0 */
/*
 * State kept for one open sysfs file, which has no open or close callback.
 *
 * The struct file is held, so that its address cannot come to mean another
 * open file. A file that nobody else holds has been closed; its state goes
 * when the next one is looked for, or when the module goes.
 */
#ifndef _KAPOLICY_OPEN_FILE_H
#define _KAPOLICY_OPEN_FILE_H

#include <linux/file.h>
#include <linux/fs.h>
#include <linux/list.h>

/**
 * struct kap_open_file - head of what is kept for an open file
 * @node: in the list of its kind; protected by the lock of that list
 * @file: held
 */
struct kap_open_file {
	struct list_head node;
	struct file *file;
};

static inline void kap_open_file_add(struct kap_open_file *of,
				     struct file *file, struct list_head *list)
{
	of->file = get_file(file);
	list_add_tail(&of->node, list);
}

static inline void kap_open_file_del(struct kap_open_file *of)
{
	list_del(&of->node);
	fput(of->file);
}

static inline bool kap_open_file_closed(const struct kap_open_file *of)
{
	return file_count(of->file) == 1;
}

#endif /* _KAPOLICY_OPEN_FILE_H */

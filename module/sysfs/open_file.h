/* SPDX-License-Identifier: GPL-2.0 */
/*
 * State kept for one open sysfs file, which has no open or close callback: how
 * far it has been read (view.c), the transaction written to it (txn.c).
 *
 * Each holds the struct file, so that its address cannot come to mean another
 * open file. A file that nobody else holds has been closed. Held, it keeps its
 * mount busy and its network namespace alive, so it is looked for regularly.
 */
#ifndef _KAPOLICY_OPEN_FILE_H
#define _KAPOLICY_OPEN_FILE_H

#include <linux/file.h>
#include <linux/fs.h>
#include <linux/jiffies.h>

#define KAP_SWEEP_INTERVAL	HZ	/* between looks, while there is any */

#endif /* _KAPOLICY_OPEN_FILE_H */

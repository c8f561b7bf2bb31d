/* SPDX-License-Identifier: GPL-2.0 */
/* The options of sockets of other processes. */
#ifndef _KAPCTL_VALUES_H
#define _KAPCTL_VALUES_H

#include <errno.h>
#include <sys/types.h>

struct kap_conn;

/* The kernel has no such system call. */
#define KAP_VALUES_NO_CALL	(-ENOSYS)

int kap_values_open(pid_t tid, pid_t pid);
int kap_values_read(int process, int fd, struct kap_conn *c);
int kap_values_netns(int process, int fd);

#endif /* _KAPCTL_VALUES_H */

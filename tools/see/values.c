// SPDX-License-Identifier: GPL-2.0
/*
 * A copy of the descriptor of another process is held for as long as it takes
 * to ask for the options, and one at a time. If the process closes its own
 * meanwhile, the connection ends when the copy is closed, some microseconds
 * later. Only where SO_LINGER is set can that close() wait: it is ours then
 * that does, not the program's.
 */
#include "see/values.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "see/conn.h"

#ifndef SYS_pidfd_open
#define SYS_pidfd_open	434
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd	438
#endif
#ifndef SIOCGSKNS
#define SIOCGSKNS	0x894C
#endif

#define PIDFD_OF_THREAD	O_EXCL	/* PIDFD_THREAD, Linux 6.9 */
#define OPT_RTO_MAX_MS	44	/* TCP_RTO_MAX_MS, Linux 6.15 */

/**
 * kap_values_open - take hold of a process
 * @tid: the thread whose descriptors are meant
 * @pid: its process
 *
 * Return: a descriptor for kap_values_read(), or a negative errno value.
 */
int kap_values_open(pid_t tid, pid_t pid)
{
	int fd = syscall(SYS_pidfd_open, tid, tid == pid ? 0 : PIDFD_OF_THREAD);

	return fd < 0 ? -errno : fd;
}

static bool get(int fd, int level, int name, unsigned int *value)
{
	socklen_t len = sizeof(*value);

	*value = 0;
	return !getsockopt(fd, level, name, value, &len);
}

static void read_options(int fd, struct kap_conn *c)
{
	unsigned int keepalive, idle, intvl, cnt, user_timeout, rto_max;

	if (!get(fd, SOL_SOCKET, SO_KEEPALIVE, &keepalive) ||
	    !get(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle) ||
	    !get(fd, IPPROTO_TCP, TCP_KEEPINTVL, &intvl) ||
	    !get(fd, IPPROTO_TCP, TCP_KEEPCNT, &cnt) ||
	    !get(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &user_timeout))
		return;
	c->values.keepalive = keepalive;
	c->values.idle = min_t(u32, idle, U16_MAX);
	c->values.intvl = min_t(u32, intvl, U16_MAX);
	c->values.cnt = min_t(u32, cnt, 255);
	c->values.user_timeout = user_timeout;
	c->known = KAP_OPTS_ALL;
	if (c->ns->has_rto_max &&
	    get(fd, IPPROTO_TCP, OPT_RTO_MAX_MS, &rto_max) && rto_max)
		c->retries.rto_max = rto_max;
}

/**
 * kap_values_read - read the options of a socket
 * @process: from kap_values_open()
 * @fd: number of the descriptor in it
 * @c: the connection the descriptor is of, or was a moment ago
 *
 * Return: 0, or a negative errno value: the options are not known then.
 */
int kap_values_read(int process, int fd, struct kap_conn *c)
{
	int copy = syscall(SYS_pidfd_getfd, process, fd, 0);
	struct stat st;

	if (copy < 0)
		return -errno;
	/* the number may be another socket's by now */
	if (!fstat(copy, &st) && st.st_ino == c->inode)
		read_options(copy, c);
	close(copy);
	return c->known == KAP_OPTS_ALL ? 0 : -ESRCH;
}

/**
 * kap_values_netns - the network namespace of a TCP socket
 * @process: from kap_values_open()
 * @fd: number of the descriptor in it
 *
 * Return: a descriptor of the namespace, or -1.
 */
int kap_values_netns(int process, int fd)
{
	int copy = syscall(SYS_pidfd_getfd, process, fd, 0), ns = -1;
	unsigned int protocol, domain;

	if (copy < 0)
		return -1;
	if (get(copy, SOL_SOCKET, SO_DOMAIN, &domain) &&
	    (domain == AF_INET || domain == AF_INET6) &&
	    get(copy, SOL_SOCKET, SO_PROTOCOL, &protocol) &&
	    protocol == IPPROTO_TCP)
		ns = ioctl(copy, SIOCGSKNS);
	close(copy);
	return ns;
}

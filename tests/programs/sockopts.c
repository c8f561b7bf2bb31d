// SPDX-License-Identifier: GPL-2.0
/*
 * sockopts: the keepalive options of every established TCP connection of every
 * process, as getsockopt() tells them to the process itself: each socket is
 * fetched by pidfd_getfd(). One line each, an inode once:
 *
 *   COMM LADDR:LPORT RADDR:RPORT KEEPALIVE IDLE INTVL CNT USER_TIMEOUT
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <ctype.h>
#include <dirent.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define INODES_MAX	4096

static ino_t seen[INODES_MAX];
static int n_seen;

static int is_new(ino_t ino)
{
	int i;

	for (i = 0; i < n_seen; i++) {
		if (seen[i] == ino)
			return 0;
	}
	if (n_seen < INODES_MAX)
		seen[n_seen++] = ino;
	return 1;
}

static int option(int fd, int level, int name)
{
	socklen_t len = sizeof(int);
	int value = -1;

	getsockopt(fd, level, name, &value, &len);
	return value;
}

static void address(const struct sockaddr_storage *from, char *text, size_t size)
{
	const struct sockaddr_in6 *sin6 = (const struct sockaddr_in6 *)from;
	const struct sockaddr_in *sin = (const struct sockaddr_in *)from;
	char host[INET6_ADDRSTRLEN] = "?";
	const char *v4 = host;
	int port = 0;

	if (from->ss_family == AF_INET) {
		inet_ntop(AF_INET, &sin->sin_addr, host, sizeof(host));
		port = ntohs(sin->sin_port);
	} else if (from->ss_family == AF_INET6) {
		inet_ntop(AF_INET6, &sin6->sin6_addr, host, sizeof(host));
		port = ntohs(sin6->sin6_port);
		if (!strncmp(host, "::ffff:", 7))
			v4 = host + 7;
	}
	snprintf(text, size, "%s:%d", v4, port);
}

static void show(const char *comm, int fd)
{
	struct sockaddr_storage local = { 0 }, remote = { 0 };
	socklen_t llen = sizeof(local), rlen = sizeof(remote);
	socklen_t ilen = sizeof(struct tcp_info);
	char laddr[64], raddr[64];
	struct tcp_info info = { 0 };
	struct stat st;

	if (option(fd, SOL_SOCKET, SO_PROTOCOL) != IPPROTO_TCP || fstat(fd, &st) ||
	    getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &ilen) ||
	    info.tcpi_state != TCP_ESTABLISHED || !is_new(st.st_ino))
		return;
	if (getsockname(fd, (struct sockaddr *)&local, &llen) ||
	    getpeername(fd, (struct sockaddr *)&remote, &rlen))
		return;
	address(&local, laddr, sizeof(laddr));
	address(&remote, raddr, sizeof(raddr));
	printf("%s %s %s %d %d %d %d %d\n", comm, laddr, raddr,
	       option(fd, SOL_SOCKET, SO_KEEPALIVE), option(fd, IPPROTO_TCP, TCP_KEEPIDLE),
	       option(fd, IPPROTO_TCP, TCP_KEEPINTVL), option(fd, IPPROTO_TCP, TCP_KEEPCNT),
	       option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT));
}

/* Is it a socket? Asking the link is cheaper than fetching what it is not. */
static int is_socket(const char *pid, const char *fd)
{
	char path[300], target[32];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%s/fd/%s", pid, fd);
	n = readlink(path, target, sizeof(target));
	return n > 7 && !strncmp(target, "socket:", 7);
}

static void show_process(const char *pid)
{
	char path[300], comm[64] = "?";
	struct dirent *entry;
	int pidfd, fd;
	FILE *f;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	f = fopen(path, "r");
	if (f) {
		if (fgets(comm, sizeof(comm), f))
			comm[strcspn(comm, "\n ")] = '\0';
		fclose(f);
	}
	pidfd = (int)syscall(SYS_pidfd_open, atoi(pid), 0);
	snprintf(path, sizeof(path), "/proc/%s/fd", pid);
	dir = opendir(path);
	while (pidfd >= 0 && dir && (entry = readdir(dir))) {
		if (!is_socket(pid, entry->d_name))
			continue;
		fd = (int)syscall(SYS_pidfd_getfd, pidfd, atoi(entry->d_name), 0);
		if (fd < 0)
			continue;
		show(comm, fd);
		close(fd);
	}
	if (dir)
		closedir(dir);
	if (pidfd >= 0)
		close(pidfd);
}

int main(void)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;

	if (!proc)
		return 1;
	while ((entry = readdir(proc))) {
		if (isdigit((unsigned char)entry->d_name[0]))
			show_process(entry->d_name);
	}
	closedir(proc);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0
/* Commands that make, connect, move data over and watch sockets. */
#define _GNU_SOURCE
#include "prober.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

#define BACKLOG 16

union address {
	struct sockaddr sa;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static socklen_t address_len(const union address *a)
{
	return a->sa.sa_family == AF_INET6 ? sizeof(a->v6) : sizeof(a->v4);
}

/* IPv4 text becomes ::ffff:a.b.c.d when @family is AF_INET6. */
static int parse_address(int family, const char *ip, const char *port, union address *a)
{
	char mapped[INET6_ADDRSTRLEN + 8];
	bool is_v6 = strchr(ip, ':');
	long number;

	memset(a, 0, sizeof(*a));
	if (parse_long(port, 0, 65535, &number))
		return -EINVAL;
	if (family == AF_INET && is_v6)
		return -EAFNOSUPPORT;
	if (family == AF_UNSPEC)
		family = is_v6 ? AF_INET6 : AF_INET;
	if (family == AF_INET) {
		a->v4.sin_family = AF_INET;
		a->v4.sin_port = htons(number);
		return inet_pton(AF_INET, ip, &a->v4.sin_addr) == 1 ? 0 : -EINVAL;
	}
	if (!is_v6) {
		snprintf(mapped, sizeof(mapped), "::ffff:%s", ip);
		ip = mapped;
	}
	a->v6.sin6_family = AF_INET6;
	a->v6.sin6_port = htons(number);
	return inet_pton(AF_INET6, ip, &a->v6.sin6_addr) == 1 ? 0 : -EINVAL;
}

/* Text as `ss` prints it: 10.0.0.1:80, [fc00::1]:80, [::ffff:10.0.0.1]:80 */
static void format_address(const union address *a, char *text, size_t size)
{
	char ip[INET6_ADDRSTRLEN] = "?";

	if (a->sa.sa_family == AF_INET) {
		inet_ntop(AF_INET, &a->v4.sin_addr, ip, sizeof(ip));
		snprintf(text, size, "%s:%u", ip, ntohs(a->v4.sin_port));
	} else {
		inet_ntop(AF_INET6, &a->v6.sin6_addr, ip, sizeof(ip));
		snprintf(text, size, "[%s]:%u", ip, ntohs(a->v6.sin6_port));
	}
}

static int socket_family(int fd)
{
	int family;
	socklen_t len = sizeof(family);

	if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &len))
		return -errno;
	/* its addresses are those of IP, and tests use IPv4 */
	return family == AF_SMC ? AF_INET : family;
}

/* Runs socket() or accept() as the user that is to own the result. */
static int as_owner(int (*make)(const int *how), const int *how)
{
	uid_t owner = socket_owner();
	int fd, err;

	if (owner && seteuid(owner))
		return -errno;
	fd = make(how);
	err = errno;
	if (owner && seteuid(0))
		return -errno;
	return fd < 0 ? -err : fd;
}

static int do_socket(const int *how)
{
	return socket(how[0], how[1] | SOCK_CLOEXEC, how[2]);
}

static int do_accept(const int *how)
{
	return accept4(how[0], NULL, NULL, SOCK_CLOEXEC);
}

static int make_socket(int family, int type, int protocol)
{
	const int how[] = { family, type, protocol };

	return as_owner(do_socket, how);
}

static int bind_to(int fd, const union address *a)
{
	int one = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	return bind(fd, &a->sa, address_len(a)) ? -errno : 0;
}

static int start_listening(const char *name, const union address *a)
{
	int zero = 0, fd, err;

	fd = make_socket(a->sa.sa_family, SOCK_STREAM, 0);
	if (fd < 0)
		return fd;
	if (a->sa.sa_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &zero, sizeof(zero));
	err = bind_to(fd, a);
	if (!err && listen(fd, BACKLOG))
		err = -errno;
	if (err) {
		close(fd);
		return err;
	}
	return name_add(name, fd);
}

static int cmd_listen(int argc, char **argv, char *reply)
{
	union address a;
	int err;

	err = parse_address(AF_UNSPEC, argv[2], argv[3], &a);
	return err ? err : start_listening(argv[1], &a);
}

static int cmd_listen6(int argc, char **argv, char *reply)
{
	union address a;
	int err;

	err = parse_address(AF_INET6, "::", argv[2], &a);
	return err ? err : start_listening(argv[1], &a);
}

static int cmd_listenon(int argc, char **argv, char *reply)
{
	int fd = name_to_fd(argv[1]);

	if (fd < 0)
		return fd;
	return listen(fd, BACKLOG) ? -errno : 0;
}

static int cmd_accept(int argc, char **argv, char *reply)
{
	int fd = name_to_fd(argv[2]), n;

	if (fd < 0)
		return fd;
	n = poll_one(fd, POLLIN, PROBER_WAIT_SECONDS);
	if (n <= 0)
		return n ? n : -EAGAIN;
	fd = as_owner(do_accept, &fd);
	return fd < 0 ? fd : name_add(argv[1], fd);
}

static int connect_from(int family, int argc, char **argv)
{
	union address to, from;
	int fd, err;

	err = parse_address(family, argv[2], argv[3], &to);
	if (!err && argc == 7)
		err = strcmp(argv[4], "from") ? -EINVAL :
		      parse_address(to.sa.sa_family, argv[5], argv[6], &from);
	else if (!err && argc != 4)
		err = -EINVAL;
	if (err)
		return err;
	fd = make_socket(to.sa.sa_family, SOCK_STREAM, 0);
	if (fd < 0)
		return fd;
	if (argc == 7)
		err = bind_to(fd, &from);
	if (!err && connect(fd, &to.sa, address_len(&to)))
		err = -errno;
	if (err) {
		close(fd);
		return err;
	}
	return name_add(argv[1], fd);
}

static int cmd_connect(int argc, char **argv, char *reply)
{
	return connect_from(AF_UNSPEC, argc, argv);
}

static int cmd_connect6(int argc, char **argv, char *reply)
{
	return connect_from(AF_INET6, argc, argv);
}

/* socket, mptcp, sctp, smc, udp: the command word says the protocol */
static int cmd_socket(int argc, char **argv, char *reply)
{
	int type = SOCK_STREAM, protocol = 0, family, fd;

	if (!strcmp(argv[0], "mptcp"))
		protocol = IPPROTO_MPTCP;
	else if (!strcmp(argv[0], "sctp"))
		protocol = IPPROTO_SCTP;
	else if (!strcmp(argv[0], "udp"))
		type = SOCK_DGRAM;
	if (!strcmp(argv[2], "4"))
		family = AF_INET;
	else if (!strcmp(argv[2], "6"))
		family = AF_INET6;
	else
		return -EINVAL;
	/* protocol: SMCPROTO_SMC, or SMCPROTO_SMC6, which is one more */
	if (!strcmp(argv[0], "smc")) {
		protocol = family == AF_INET6;
		family = AF_SMC;
	}
	fd = make_socket(family, type, protocol);
	return fd < 0 ? fd : name_add(argv[1], fd);
}

static int cmd_unixpair(int argc, char **argv, char *reply)
{
	int fds[2], err;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds))
		return -errno;
	err = name_add(argv[1], fds[0]);
	if (err)
		close(fds[1]);
	return err ? err : name_add(argv[2], fds[1]);
}

/* Resolves "NAME ADDR PORT" of bind, connectto, startconnect, fastopen. */
static int existing(char **argv, union address *a)
{
	int fd = name_to_fd(argv[1]), family, err;

	if (fd < 0)
		return fd;
	family = socket_family(fd);
	if (family < 0)
		return family;
	err = parse_address(family, argv[2], argv[3], a);
	return err ? err : fd;
}

static int cmd_bind(int argc, char **argv, char *reply)
{
	union address a;
	int fd = existing(argv, &a);

	return fd < 0 ? fd : bind_to(fd, &a);
}

/* connectto waits for the answer, startconnect leaves that to waitconn */
static int cmd_connectto(int argc, char **argv, char *reply)
{
	union address a;
	int fd = existing(argv, &a);
	bool start = !strcmp(argv[0], "startconnect");

	if (fd < 0)
		return fd;
	if (start && fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK))
		return -errno;
	if (!connect(fd, &a.sa, address_len(&a)))
		return 0;
	return start && errno == EINPROGRESS ? 0 : -errno;
}

/* fastopen waits for the connection, startfastopen does not */
static int cmd_fastopen(int argc, char **argv, char *reply)
{
	int fd, flags = MSG_FASTOPEN | MSG_NOSIGNAL;
	static const char data[1024];
	union address a;
	long size;

	fd = existing(argv, &a);
	if (fd < 0)
		return fd;
	if (parse_long(argv[4], 0, sizeof(data), &size))
		return -EINVAL;
	if (strcmp(argv[0], "fastopen"))
		flags |= MSG_DONTWAIT;
	if (sendto(fd, data, size, flags, &a.sa, address_len(&a)) >= 0)
		return 0;
	return flags & MSG_DONTWAIT && errno == EINPROGRESS ? 0 : -errno;
}

static int cmd_close(int argc, char **argv, char *reply)
{
	return name_close(argv[1]);
}

static int cmd_shutdown(int argc, char **argv, char *reply)
{
	int fd = name_to_fd(argv[1]);

	if (fd < 0)
		return fd;
	return shutdown(fd, SHUT_WR) ? -errno : 0;
}

static int cmd_peer(int argc, char **argv, char *reply)
{
	char local_text[64], remote_text[64];
	union address local = { 0 }, remote = { 0 };
	socklen_t local_len = sizeof(local), remote_len = sizeof(remote);
	int fd = name_to_fd(argv[1]);

	if (fd < 0)
		return fd;
	if (getsockname(fd, &local.sa, &local_len) || getpeername(fd, &remote.sa, &remote_len))
		return -errno;
	format_address(&local, local_text, sizeof(local_text));
	format_address(&remote, remote_text, sizeof(remote_text));
	snprintf(reply, PROBER_REPLY_LEN, "local=%s remote=%s", local_text, remote_text);
	return 0;
}

const struct command socket_commands[] = {
	{ "listen", 3, 3, cmd_listen, false },
	{ "listen6", 2, 2, cmd_listen6, false },
	{ "listenon", 1, 1, cmd_listenon, false },
	{ "accept", 2, 2, cmd_accept, false },
	{ "connect", 3, 6, cmd_connect, false },
	{ "connect6", 3, 6, cmd_connect6, false },
	{ "socket", 2, 2, cmd_socket, false },
	{ "mptcp", 2, 2, cmd_socket, false },
	{ "sctp", 2, 2, cmd_socket, false },
	{ "smc", 2, 2, cmd_socket, false },
	{ "udp", 2, 2, cmd_socket, false },
	{ "unixpair", 2, 2, cmd_unixpair, false },
	{ "bind", 3, 3, cmd_bind, false },
	{ "connectto", 3, 3, cmd_connectto, false },
	{ "startconnect", 3, 3, cmd_connectto, false },
	{ "fastopen", 4, 4, cmd_fastopen, false },
	{ "startfastopen", 4, 4, cmd_fastopen, false },
	{ "close", 1, 1, cmd_close, false },
	{ "shutdown", 1, 1, cmd_shutdown, false },
	{ "peer", 1, 1, cmd_peer, false },
	{ NULL, 0, 0, NULL, false },
};

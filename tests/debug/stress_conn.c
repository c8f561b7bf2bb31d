// SPDX-License-Identifier: GPL-2.0
/* Connections, in namespaces and cgroups that come and go, and the module that does. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "stress.h"

#define KEPT	32	/* pairs open at a time */
#define STAY	1500	/* connections in a namespace */
#define REPLACES 10	/* of the rules while a module is loaded */

static int kept[KEPT][2];

static void fatal(const char *what)
{
	complain("%s: %s", what, strerror(errno));
	exit(1);
}

static void set(int fd, int level, int option, int value)
{
	if (setsockopt(fd, level, option, &value, sizeof(value)))
		fatal("setsockopt");
}

/* --- where they are opened -------------------------------------------------- */

static void new_namespace(void)
{
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd;

	if (unshare(CLONE_NEWNET))
		fatal("unshare");
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &lo))
		fatal("lo");
	close(fd);
	atomic_fetch_add(&total->namespaces, 1);
}

/* Into a new cgroup; the one before is removed while its sockets live on. */
static void new_cgroup(int nr, unsigned long made)
{
	char path[128], procs[160];
	int fd;

	mkdir(CGROUPS, 0755);
	snprintf(path, sizeof(path), CGROUPS "/%d-%lu.scope", nr, made);
	if (mkdir(path, 0755))
		fatal(path);
	snprintf(procs, sizeof(procs), "%s/cgroup.procs", path);
	fd = open(procs, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "0", 1) != 1)
		fatal(procs);
	close(fd);
	if (made) {
		snprintf(path, sizeof(path), CGROUPS "/%d-%lu.scope", nr, made - 1);
		if (rmdir(path))
			fatal(path);
	}
	atomic_fetch_add(&total->cgroups, 1);
}

static void stay_on(int processor)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(processor, &one);
	if (sched_setaffinity(0, sizeof(one), &one))
		fatal("sched_setaffinity");
}

/* --- the connections -------------------------------------------------------- */

static int listen_on(int port)
{
	struct sockaddr_in6 a = { .sin6_family = AF_INET6, .sin6_port = htons((in_port_t)port) };
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		fatal("socket");
	set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
	if (rnd(4) == 0)
		set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) || listen(fd, 16))
		fatal("listen");
	return fd;
}

/* Some programs choose for themselves. */
static void choose(int fd)
{
	switch (rnd(16)) {
	case 0:
		set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
		break;
	case 1:
		set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
		set(fd, IPPROTO_TCP, TCP_KEEPIDLE, 30);
		break;
	case 2:
		set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
		set(fd, IPPROTO_TCP, TCP_KEEPIDLE, 30);
		set(fd, IPPROTO_TCP, TCP_KEEPINTVL, 5);
		set(fd, IPPROTO_TCP, TCP_KEEPCNT, 3);
		set(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, 40000);
		break;
	}
}

static int connect_to(int port, bool v6)
{
	struct sockaddr_in6 a6 = { .sin6_family = AF_INET6, .sin6_port = htons((in_port_t)port),
				   .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	struct sockaddr_in a4 = { .sin_family = AF_INET, .sin_port = htons((in_port_t)port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const struct sockaddr *to = v6 ? (struct sockaddr *)&a6 : (struct sockaddr *)&a4;
	int fd = socket(to->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		fatal("socket");
	choose(fd);
	if (connect(fd, to, v6 ? sizeof(a6) : sizeof(a4)))
		fatal("connect");
	return fd;
}

/* Most by a reset, which leaves nothing behind. */
static void drop(int *pair)
{
	const struct linger at_once = { .l_onoff = 1 };

	if (rnd(64))
		setsockopt(pair[0], SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	close(pair[0]);
	close(pair[1]);
}

/* Until it is time to go elsewhere; pair by pair, as it costs least. */
static void stay(int port)
{
	int listener = listen_on(port), i;
	unsigned long n;

	for (n = 0; n < STAY && !total->stop; n++) {
		int *pair = kept[n % KEPT];

		if (n >= KEPT)
			drop(pair);
		pair[0] = connect_to(port, n & 1);
		pair[1] = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		if (pair[1] < 0)
			fatal("accept");
		atomic_fetch_add(&total->connections, 1);
	}
	for (i = 0; i < KEPT && (unsigned long)i < n; i++)
		drop(kept[i]);
	close(listener);
}

void open_connections(int nr)
{
	unsigned long made = 0;

	stay_on(nr);
	while (!total->stop) {
		setfsuid(0);
		new_namespace();
		new_cgroup(nr, made++);
		setfsuid(1000 + rnd(3));
		stay((int)(7000 + rnd(8)));
	}
}

/* --- the module ------------------------------------------------------------- */

static void load(void)
{
	int fd = open(module_file, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || syscall(SYS_finit_module, fd, "", 0))
		fatal("loading");
	close(fd);
}

static unsigned long seen(void)
{
	char number[32] = "";
	int fd = open_sysfs("stats/connections", O_RDONLY);

	if (fd < 0)
		fatal("stats/connections");
	if (read(fd, number, sizeof(number) - 1) < 0)
		fatal("stats/connections");
	close(fd);
	return strtoul(number, NULL, 10);
}

/* Each time it is unloaded while connections are being seen and rules replaced. */
void cycle_module(int nr)
{
	unsigned long replaces;
	unsigned int wait;

	(void)nr;
	while (!total->stop) {
		replaces = total->replaces + REPLACES;
		load();
		pause_ms(rnd(10));
		for (wait = 0; wait < 100 && !total->stop; wait++) {
			if (seen() && total->replaces >= replaces)
				break;
			pause_ms(5);
		}
		atomic_fetch_add(&total->reported, seen());
		/* as rmmod does: at once or not at all */
		if (syscall(SYS_delete_module, "kapolicy", O_NONBLOCK))
			fatal("unloading");
		atomic_fetch_add(&total->unloads, 1);
	}
}

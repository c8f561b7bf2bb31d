// SPDX-License-Identifier: GPL-2.0
/*
 * churner - connections that come and go, and a module that does.
 *
 *	churner connect PORT
 *	churner cycle MODULE.ko NAME COUNT RULE
 *
 * connect opens connections to itself on loopback, IPv4 and IPv6 by turns, as
 * fast as it can until SIGTERM, keeps both ends of the latest ones and resets
 * the others. cycle loads the module, writes RULE, waits until the hook has
 * been called and unloads it, COUNT times. Both say on one line what they did.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define KEPT		64
#define SYSFS		"/sys/kernel/kapolicy/"
#define WAIT_SECONDS	20

static volatile sig_atomic_t stop;

static void on_term(int sig)
{
	(void)sig;
	stop = 1;
}

static void die(const char *what)
{
	fprintf(stderr, "# churner: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* Dual stack, so that one socket accepts both. */
static int listen_on(int port)
{
	struct sockaddr_in6 a = { .sin6_family = AF_INET6, .sin6_port = htons((in_port_t)port) };
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0), zero = 0, one = 1;

	if (fd < 0)
		die("socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &zero, sizeof(zero));
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) || listen(fd, 16))
		die("listen");
	return fd;
}

static int connect_to(int port, bool v6)
{
	struct sockaddr_in6 a6 = { .sin6_family = AF_INET6, .sin6_port = htons((in_port_t)port),
				   .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	struct sockaddr_in a4 = { .sin_family = AF_INET, .sin_port = htons((in_port_t)port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int err;

	if (fd < 0)
		die("socket");
	if (v6)
		err = connect(fd, (struct sockaddr *)&a6, sizeof(a6));
	else
		err = connect(fd, (struct sockaddr *)&a4, sizeof(a4));
	if (!err)
		return fd;
	close(fd);
	return -1;
}

static void reset(int fd)
{
	struct linger now = { .l_onoff = 1 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(fd);
}

static int churn(int port)
{
	int listener = listen_on(port), kept[KEPT][2], client, server;
	unsigned long pairs = 0, errors = 0;

	printf("ready\n");
	fflush(stdout);
	while (!stop) {
		int *slot = kept[pairs % KEPT];

		client = connect_to(port, pairs & 1);
		if (client < 0) {
			errors++;
			continue;
		}
		server = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		if (server < 0) {
			errors++;
			close(client);
			continue;
		}
		if (pairs >= KEPT) {
			reset(slot[0]);
			reset(slot[1]);
		}
		slot[0] = client;
		slot[1] = server;
		pairs++;
	}
	printf("pairs=%lu errors=%lu\n", pairs, errors);
	return errors || !pairs;
}

static unsigned long connections(void)
{
	char number[32] = "";
	int fd = open(SYSFS "stats/connections", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return 0;
	if (read(fd, number, sizeof(number) - 1) < 0)
		number[0] = '\0';
	close(fd);
	return strtoul(number, NULL, 10);
}

/* True when the new module's hook has seen a connection, or never. */
static bool hook_was_called(void)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	time_t end = time(NULL) + WAIT_SECONDS;

	while (!connections()) {
		if (time(NULL) > end)
			return false;
		nanosleep(&pause, NULL);
	}
	return true;
}

static bool write_rule(const char *rule)
{
	int fd = open(SYSFS "rules", O_WRONLY | O_CLOEXEC);
	bool ok = fd >= 0 && write(fd, rule, strlen(rule)) == (ssize_t)strlen(rule);

	if (fd >= 0)
		close(fd);
	return ok;
}

static void load(const char *ko)
{
	int fd = open(ko, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || syscall(SYS_finit_module, fd, "", 0))
		die(ko);
	close(fd);
}

/* As rmmod does: at once or not at all. */
static int unload(const char *name)
{
	return syscall(SYS_delete_module, name, O_NONBLOCK) ? errno : 0;
}

static int cycle(char **argv)
{
	int count = atoi(argv[4]), done = 0, hooked = 0, rules = 0, refused = 0;

	for (; done < count; done++) {
		load(argv[2]);
		rules += write_rule(argv[5]);
		hooked += hook_was_called();
		if (unload(argv[3]) && ++refused && unload(argv[3]))
			die("delete_module");
	}
	printf("cycles=%d rules=%d hooked=%d refused=%d\n", done, rules, hooked, refused);
	return 0;
}

int main(int argc, char **argv)
{
	signal(SIGTERM, on_term);
	if (argc == 3 && !strcmp(argv[1], "connect"))
		return churn(atoi(argv[2]));
	if (argc == 6 && !strcmp(argv[1], "cycle"))
		return cycle(argv);
	fprintf(stderr, "usage: see the head of churner.c\n");
	return 2;
}

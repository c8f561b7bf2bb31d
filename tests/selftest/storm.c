// SPDX-License-Identifier: GPL-2.0
/*
 * storm - changes socket options without pause.
 *
 *	storm PORT THREADS
 *
 * One loopback connection to that port; every thread sets options of its
 * outgoing end, says "ready" when all have begun, and goes on until killed.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static const struct {
	int level, name, below;
} options[] = {
	{ SOL_SOCKET, SO_KEEPALIVE, 2 },
	{ IPPROTO_TCP, TCP_KEEPIDLE, 300 },
	{ IPPROTO_TCP, TCP_KEEPINTVL, 100 },
	{ IPPROTO_TCP, TCP_KEEPCNT, 20 },
	{ IPPROTO_TCP, TCP_USER_TIMEOUT, 90000 },
	{ IPPROTO_TCP, TCP_NODELAY, 2 },
};

#define THREADS_MAX	16

static int sock;

static void set_one(unsigned int *seed)
{
	unsigned int i = rand_r(seed) % (sizeof(options) / sizeof(*options));
	int low = options[i].level == SOL_SOCKET ? 0 : 1;
	int value = low + (int)(rand_r(seed) % options[i].below);

	if (setsockopt(sock, options[i].level, options[i].name, &value, sizeof(value)))
		err(1, "setsockopt");
}

static void *run(void *arg)
{
	for (;;)
		set_one(arg);
	return NULL;
}

int main(int argc, char **argv)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1, i;
	static unsigned int seed[THREADS_MAX];
	pthread_t thread;

	if (argc != 3 || atoi(argv[2]) > THREADS_MAX)
		errx(2, "usage: storm PORT THREADS (at most %d)", THREADS_MAX);
	to.sin_port = htons(atoi(argv[1]));
	sock = socket(AF_INET, SOCK_STREAM, 0);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(listener, (struct sockaddr *)&to, sizeof(to)) || listen(listener, 1) ||
	    connect(sock, (struct sockaddr *)&to, sizeof(to)))
		err(1, "port %s", argv[1]);
	for (i = 0; i < atoi(argv[2]); i++) {
		seed[i] = getpid() + i;
		if (pthread_create(&thread, NULL, run, &seed[i]))
			errx(1, "no thread");
	}
	puts("ready");
	fflush(stdout);
	pause();
	return 0;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * What one setsockopt() costs on an established connection. Calls take the two
 * values in turn, so that each changes something. "usual" is the median.
 */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "clock.h"
#include "pair.h"

#define CALLS	2000

static const struct {
	const char *word;
	int level, name;
} options[] = {
	{ "nodelay", IPPROTO_TCP, TCP_NODELAY },
	{ "rcvlowat", SOL_SOCKET, SO_RCVLOWAT },
	{ "keepalive", SOL_SOCKET, SO_KEEPALIVE },
	{ "idle", IPPROTO_TCP, TCP_KEEPIDLE },
	{ "intvl", IPPROTO_TCP, TCP_KEEPINTVL },
};

static size_t find_option(const char *word)
{
	size_t i;

	for (i = 0; i < sizeof(options) / sizeof(*options); i++) {
		if (!strcmp(options[i].word, word))
			return i;
	}
	die("no such option: %s", word);
}

static int get(int fd, size_t option)
{
	int value = 0;
	socklen_t len = sizeof(value);

	if (getsockopt(fd, options[option].level, options[option].name, &value,
		       &len))
		die_errno("getsockopt");
	return value;
}

/* Opened by this process; keepalive is on, as it is under the rules. */
static void open_connection(struct pair *p, uint16_t port)
{
	struct target t = { .server.byte = "\x7f\0\0\1", .port = port };
	int on = 1;

	target_socket(&t);
	target_listen(&t);
	pair_open(p, &t);
	if (setsockopt(p->out, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on)))
		die_errno("SO_KEEPALIVE");
}

int cmd_option(int argc, char **argv)
{
	static double each[CALLS];
	struct summary s;
	int value[2], want;
	struct pair p;
	size_t option;
	uint64_t start;
	uint32_t i;

	if (argc != 6 && argc != 7)
		die("usage: option LABEL PORT OPTION VALUE VALUE [HELD]");
	open_connection(&p, parse_number(argv[2], "port"));
	option = find_option(argv[3]);
	value[0] = parse_number(argv[4], "value");
	value[1] = parse_number(argv[5], "value");
	want = argc == 7 ? (int)parse_number(argv[6], "value") : -1;
	for (i = 0; i < CALLS; i++) {
		const int *v = &value[i % 2];

		start = tick(BY_TSC);
		if (setsockopt(p.out, options[option].level,
			       options[option].name, v, sizeof(*v)))
			die_errno("setsockopt");
		each[i] = tick(BY_TSC) - start;
		if (get(p.out, option) != (want < 0 ? *v : want))
			die("%s: %s is %d after it was set to %d", argv[1],
			    argv[3], get(p.out, option), *v);
	}
	s = summarize(each, CALLS);
	printf("option what=%s n=%u usual=%.0f p95=%.0f\n", argv[1], CALLS,
	       s.median, s.p95);
	pair_close(&p);
	return 0;
}

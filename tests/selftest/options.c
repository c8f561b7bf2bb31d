// SPDX-License-Identifier: GPL-2.0
/* Socket options: what an application would set, and what the kernel shows. */
#define _GNU_SOURCE
#include "prober.h"

#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static const struct option {
	const char *word;
	int level;
	int name;
	bool shown;		/* in the answer to "get" */
} options[] = {
	{ "keepalive", SOL_SOCKET, SO_KEEPALIVE, true },
	{ "idle", IPPROTO_TCP, TCP_KEEPIDLE, true },
	{ "intvl", IPPROTO_TCP, TCP_KEEPINTVL, true },
	{ "cnt", IPPROTO_TCP, TCP_KEEPCNT, true },
	{ "user_timeout", IPPROTO_TCP, TCP_USER_TIMEOUT, true },
	{ "fastopen", IPPROTO_TCP, TCP_FASTOPEN, false },
	{ "repair", IPPROTO_TCP, TCP_REPAIR, false },
	{ "nodelay", IPPROTO_TCP, TCP_NODELAY, false },
	{ "defer_accept", IPPROTO_TCP, TCP_DEFER_ACCEPT, false },
	{ "v6only", IPPROTO_IPV6, IPV6_V6ONLY, false },
	{ "linger", SOL_SOCKET, SO_LINGER, false },
};

static int set_linger(int fd, int seconds)
{
	const struct linger l = { .l_onoff = 1, .l_linger = seconds };

	return setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, sizeof(l)) ? -errno : 0;
}

bool option_find(const char *word, int *level, int *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(options); i++) {
		if (strcmp(options[i].word, word))
			continue;
		*level = options[i].level;
		*name = options[i].name;
		return true;
	}
	return false;
}

static int cmd_set(int argc, char **argv, char *reply)
{
	int fd = name_to_fd(argv[1]), level, name, value;
	long number;

	if (fd < 0)
		return fd;
	if (parse_long(argv[3], INT_MIN, INT_MAX, &number) ||
	    !option_find(argv[2], &level, &name))
		return -EINVAL;
	value = (int)number;
	if (name == SO_LINGER && level == SOL_SOCKET)
		return set_linger(fd, value);
	return setsockopt(fd, level, name, &value, sizeof(value)) ? -errno : 0;
}

/* An option the protocol does not have is shown as "-". */
static int cmd_get(int argc, char **argv, char *reply)
{
	int fd = name_to_fd(argv[1]), used = 0, value;
	socklen_t len;
	size_t i;

	if (fd < 0)
		return fd;
	for (i = 0; i < ARRAY_SIZE(options); i++) {
		if (!options[i].shown)
			continue;
		len = sizeof(value);
		used += snprintf(reply + used, PROBER_REPLY_LEN - used, "%s%s=",
				 used ? " " : "", options[i].word);
		if (getsockopt(fd, options[i].level, options[i].name, &value, &len))
			used += snprintf(reply + used, PROBER_REPLY_LEN - used, "-");
		else
			used += snprintf(reply + used, PROBER_REPLY_LEN - used, "%d", value);
	}
	return 0;
}

const struct command option_commands[] = {
	{ "set", 3, 3, cmd_set, false },
	{ "get", 1, 1, cmd_get, false },
	{ NULL, 0, 0, NULL, false },
};

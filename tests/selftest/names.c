// SPDX-License-Identifier: GPL-2.0
/* The table of named sockets, and number parsing. */
#include "prober.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static struct named_sock {
	char name[PROBER_NAME_LEN];
	int fd;
} socks[PROBER_MAX_SOCKS];
static size_t nr_socks;

static struct named_sock *find(const char *name)
{
	size_t i;

	for (i = 0; i < nr_socks; i++)
		if (!strcmp(socks[i].name, name))
			return &socks[i];
	return NULL;
}

static bool name_is_valid(const char *name)
{
	size_t i;

	if (!name[0])
		return false;
	for (i = 0; name[i]; i++)
		if (!isalnum((unsigned char)name[i]) || i + 1 >= PROBER_NAME_LEN)
			return false;
	return true;
}

/* Takes @fd over: it is closed when the name cannot be had. */
int name_add(const char *name, int fd)
{
	int err = 0;

	if (!name_is_valid(name))
		err = -EINVAL;
	else if (find(name))
		err = -EEXIST;
	else if (nr_socks == PROBER_MAX_SOCKS)
		err = -EMFILE;
	if (err) {
		close(fd);
		return err;
	}
	strcpy(socks[nr_socks].name, name);
	socks[nr_socks++].fd = fd;
	return 0;
}

int name_to_fd(const char *name)
{
	struct named_sock *s = find(name);

	return s ? s->fd : -EBADF;
}

int name_close(const char *name)
{
	struct named_sock *s = find(name);

	if (!s)
		return -EBADF;
	close(s->fd);
	*s = socks[--nr_socks];
	return 0;
}

void name_close_all(void)
{
	while (nr_socks)
		close(socks[--nr_socks].fd);
}

int parse_long(const char *text, long min, long max, long *value)
{
	char *end;

	errno = 0;
	*value = strtol(text, &end, 10);
	if (errno || end == text || *end || *value < min || *value > max)
		return -EINVAL;
	return 0;
}

int parse_seconds(const char *text, double *seconds)
{
	char *end;

	*seconds = strtod(text, &end);
	if (end == text || *end || !(*seconds >= 0 && *seconds < 1e9))
		return -EINVAL;
	return 0;
}

double now_seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

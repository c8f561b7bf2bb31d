// SPDX-License-Identifier: GPL-2.0
/* The journal's own protocol: a datagram of lines NAME=value. */
#include "see/journal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define SOCKET	"/run/systemd/journal/socket"

/**
 * kap_journal_is_stdout - does stdout go to the journal?
 *
 * Return: whether systemd says so, by JOURNAL_STREAM.
 */
bool kap_journal_is_stdout(void)
{
	const char *env = getenv("JOURNAL_STREAM");
	unsigned long long dev, ino;
	struct stat st;

	return env && sscanf(env, "%llu:%llu", &dev, &ino) == 2 &&
	       !fstat(STDOUT_FILENO, &st) && st.st_dev == dev &&
	       st.st_ino == ino;
}

/**
 * kap_journal_add - add a field
 * @j: the message
 * @name: of the field
 * @value: its text; NULL leaves it out
 */
void kap_journal_add(struct kap_journal *j, const char *name, const char *value)
{
	size_t need = strlen(name) + (value ? strlen(value) : 0) + 2;
	char *s;

	if (!value || j->len + need >= sizeof(j->text))
		return;
	s = j->text + j->len;
	j->len += sprintf(s, "%s=%s", name, value);
	/* a newline would begin another field */
	for (; *s; s++) {
		if (*s == '\n')
			*s = '?';
	}
	j->text[j->len++] = '\n';
}

/**
 * kap_journal_send - hand a message to the journal
 * @j: the message
 *
 * Return: whether the journal has it.
 */
bool kap_journal_send(const struct kap_journal *j)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX, .sun_path = SOCKET };
	static int fd = -1;

	if (fd < 0)
		fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	return fd >= 0 && sendto(fd, j->text, j->len, MSG_NOSIGNAL,
				 (struct sockaddr *)&to, sizeof(to)) >= 0;
}

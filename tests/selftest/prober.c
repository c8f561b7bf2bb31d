// SPDX-License-Identifier: GPL-2.0
/*
 * prober - an interpreter of socket scripts, the hands of the guest tests.
 * Reads one command a line, answers each with one line; see README.
 */
#define _GNU_SOURCE
#include "prober.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct command *const tables[] = {
	socket_commands, io_commands, option_commands,
	road_commands, process_commands, creds_commands, file_commands,
};

/* The command that the first word of @line names. */
static const struct command *find_command(const char *line)
{
	size_t len = strcspn(line, " \t"), i;
	const struct command *c;

	for (i = 0; i < ARRAY_SIZE(tables); i++)
		for (c = tables[i]; c->word; c++)
			if (strlen(c->word) == len && !strncmp(c->word, line, len))
				return c;
	return NULL;
}

/*
 * Cuts @line into words in place. Argument number @rest, when not 0, is all
 * that is left of the line. More than PROBER_MAX_ARGS words are not counted.
 */
static int split(char *line, int rest, char **argv)
{
	int argc = 0;
	char *p = line;

	while (argc <= PROBER_MAX_ARGS) {
		p += strspn(p, " \t");
		if (!*p)
			break;
		argv[argc++] = p;
		if (rest && argc == rest + 1)
			break;
		p += strcspn(p, " \t");
		if (*p)
			*p++ = '\0';
	}
	return argc;
}

static int run_line(char *line, char *reply)
{
	char *argv[PROBER_MAX_ARGS + 2] = { NULL };
	const struct command *c;
	int argc;

	line += strspn(line, " \t");
	c = find_command(line);
	if (!c) {
		fprintf(stderr, "prober: no such command: %s\n", line);
		return -ENOSYS;
	}
	argc = split(line, c->takes_rest ? c->max_args : 0, argv);
	if (argc - 1 < c->min_args || argc - 1 > c->max_args) {
		fprintf(stderr, "prober: %s takes %d to %d arguments\n",
			c->word, c->min_args, c->max_args);
		return -EINVAL;
	}
	return c->run(argc, argv, reply);
}

static bool is_silent(const char *line)
{
	line += strspn(line, " \t");
	return !*line || *line == '#';
}

static bool answer(int err, const char *reply)
{
	const char *name;

	if (err) {
		name = strerrorname_np(-err);
		printf("err %s\n", name ? name : "E?");
	} else {
		printf("ok%s%s\n", *reply ? " " : "", reply);
	}
	return !fflush(stdout);
}

int main(int argc, char **argv)
{
	bool stop_at_err = false;
	char *line = NULL;
	size_t size = 0;
	int opt, err;

	while ((opt = getopt(argc, argv, "e")) != -1) {
		if (opt != 'e') {
			fprintf(stderr, "usage: prober [-e] < SCRIPT\n");
			return 2;
		}
		stop_at_err = true;
	}
	signal(SIGPIPE, SIG_IGN);
	while (getline(&line, &size, stdin) != -1) {
		char reply[PROBER_REPLY_LEN] = "";

		line[strcspn(line, "\r\n")] = '\0';
		if (is_silent(line))
			continue;
		if (!strcmp(line, "quit")) {
			answer(0, reply);
			break;
		}
		err = run_line(line, reply);
		if (!answer(err, reply) || (err && stop_at_err))
			return 1;
	}
	free(line);
	name_close_all();
	return 0;
}

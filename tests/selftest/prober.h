/* SPDX-License-Identifier: GPL-2.0 */
/* Shared by the parts of prober; the language is described in README. */
#ifndef _KAPOLICY_PROBER_H
#define _KAPOLICY_PROBER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))

#define PROBER_MAX_ARGS		8
#define PROBER_MAX_SOCKS	4096
#define PROBER_NAME_LEN		32
#define PROBER_REPLY_LEN	1024
#define PROBER_WAIT_SECONDS	10	/* bound of accept and recv */

/*
 * One command of the language. @run gets argv[0] = the command word, writes
 * what follows "ok" to @reply and returns 0 or a negative errno.
 */
struct command {
	const char *word;
	int min_args;		/* not counting the word itself */
	int max_args;
	int (*run)(int argc, char **argv, char *reply);
	bool takes_rest;	/* the last argument is the rest of the line */
};

extern const struct command socket_commands[];
extern const struct command io_commands[];
extern const struct command option_commands[];
extern const struct command road_commands[];
extern const struct command process_commands[];
extern const struct command creds_commands[];
extern const struct command file_commands[];

/* Socket table (names.c); a name is free, or bound to one descriptor. */
int name_add(const char *name, int fd);
int name_to_fd(const char *name);
int name_close(const char *name);
void name_close_all(void);

/* Small things (names.c) */
int parse_long(const char *text, long min, long max, long *value);
int parse_seconds(const char *text, double *seconds);
double now_seconds(void);

/* poll() of one descriptor: 1 ready, 0 the time is over, or -errno (io.c) */
int poll_one(int fd, short events, double seconds);

/* Level and name of the socket option the language calls WORD (options.c) */
bool option_find(const char *word, int *level, int *name);

/* Effective uid that owns the sockets made from now on (process.c) */
uid_t socket_owner(void);

#endif /* _KAPOLICY_PROBER_H */

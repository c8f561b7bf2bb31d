// SPDX-License-Identifier: GPL-2.0
#include "doctor/build_log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

/* What make says of itself tells nothing, and dkms 3.2 puts "#" in front. */
static bool is_noise(const char *line)
{
	return *line == '#' || !*line || !strncmp(line, "make", 4) ||
	       !strncmp(line, "DKMS ", 5);
}

/* Adds a line; the first of KAP_BUILD_LINES makes room for another one. */
static void push(struct kap_build_log *log, const char *line)
{
	if (log->n == KAP_BUILD_LINES)
		memmove(log->line, log->line + 1, sizeof(*log->line) * --log->n);
	snprintf(log->line[log->n++], sizeof(*log->line), "%s", line);
}

/**
 * kap_build_log_read - find out why dkms could not build a module
 * @log: gets the first line with an error of the compiler or the linker; or,
 *	when there is none, the last lines in front of make's first "***"
 * @path: the log: dkms removes it once a build succeeds
 * @release: the kernel; the log's first line says for which one it was
 *
 * Return: whether the log is there and is of this kernel.
 */
bool kap_build_log_read(struct kap_build_log *log, const char *path,
			const char *release)
{
	bool found = false, stopped = false;
	char *line = NULL, *mine;
	FILE *f = fopen(path, "re");
	size_t room = 0;

	log->n = 0;
	if (!f)
		return false;
	if (asprintf(&mine, " for kernel %s ", release) < 0)
		abort();
	while (getline(&line, &room, f) >= 0) {
		line[strcspn(line, "\n")] = '\0';
		found |= !!strstr(line, mine);
		if (*line != '#' && strstr(line, "rror:")) {
			log->n = 0;
			push(log, line);
			break;
		}
		stopped |= !!strstr(line, "***");
		if (!stopped && !is_noise(line))
			push(log, line);
	}
	fclose(f);
	free(line);
	free(mine);
	return found;
}

/**
 * kap_build_log_has - is there a text among the lines?
 * @log: what kap_build_log_read() has found
 * @text: the text
 *
 * Return: whether there is.
 */
bool kap_build_log_has(const struct kap_build_log *log, const char *text)
{
	size_t i;

	for (i = 0; i < log->n; i++) {
		if (strstr(log->line[i], text))
			return true;
	}
	return false;
}

// SPDX-License-Identifier: GPL-2.0
#include "host/cgroup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/**
 * kap_cgroup_mount - find where cgroup2 is mounted
 *
 * Return: a path, to be freed; NULL when it is nowhere.
 */
char *kap_cgroup_mount(void)
{
	FILE *f = fopen("/proc/self/mounts", "re");
	char *line = NULL, *path = NULL, where[4096], type[64];
	size_t room = 0;

	while (f && !path && getline(&line, &room, f) >= 0) {
		if (sscanf(line, "%*s %4095s %63s", where, type) == 2 &&
		    !strcmp(type, "cgroup2"))
			path = strdup(where);
	}
	if (f)
		fclose(f);
	free(line);
	return path;
}

/**
 * kap_cgroup_own - find the cgroup that our sockets are made in
 *
 * Return: a path, to be freed; NULL when it is not known.
 */
char *kap_cgroup_own(void)
{
	FILE *f = fopen("/proc/self/cgroup", "re");
	char *line = NULL, *path = NULL;
	size_t room = 0;

	while (f && !path && getline(&line, &room, f) >= 0) {
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, "0::/", 4))
			path = strdup(line + strlen("0::"));
	}
	if (f)
		fclose(f);
	free(line);
	return path;
}

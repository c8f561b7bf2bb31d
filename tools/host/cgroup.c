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

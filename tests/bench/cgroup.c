// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench.h"

/* Makes a cgroup with all above it. */
void cgroup_make(const char *path)
{
	char full[1024], *p;

	snprintf(full, sizeof(full), "%s%s", CGROUP_ROOT, path);
	for (p = full + strlen(CGROUP_ROOT) + 1; (p = strchr(p, '/')); p++) {
		*p = '\0';
		mkdir(full, 0755);
		*p = '/';
	}
	if (mkdir(full, 0755) && errno != EEXIST)
		die_errno("%s", full);
}

/* Moves this process; sockets made from now on belong there. */
void cgroup_enter(const char *path)
{
	char full[1024];

	snprintf(full, sizeof(full), "%s%s/cgroup.procs", CGROUP_ROOT, path);
	if (write_file(full, "0"))
		die_errno("%s", full);
}

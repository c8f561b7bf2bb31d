// SPDX-License-Identifier: GPL-2.0
/*
 * Preloaded into kapctl on a host that is a directory: KERNEL is what uname(2)
 * calls the kernel, and with HOOK set, connections that are accepted are
 * counted as the module would count them.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/utsname.h>

#define COUNT	"/sys/kernel/kapolicy/stats/connections"

int uname(struct utsname *uts)
{
	const char *version = getenv("KERNEL_VERSION");

	memset(uts, 0, sizeof(*uts));
	strcpy(uts->sysname, "Linux");
	snprintf(uts->release, sizeof(uts->release), "%s", getenv("KERNEL"));
	snprintf(uts->version, sizeof(uts->version), "%s",
		 version ? version : "#1 SMP PREEMPT_DYNAMIC");
	return 0;
}

static void count(void)
{
	unsigned long n = 0;
	FILE *f = fopen(COUNT, "r+");

	if (!f || fscanf(f, "%lu", &n) != 1)
		abort();
	rewind(f);
	fprintf(f, "%lu\n", n + 2);
	fclose(f);
}

int accept(int fd, struct sockaddr *addr, socklen_t *len)
{
	static int (*next)(int, struct sockaddr *, socklen_t *);

	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "accept");
	if (getenv("HOOK"))
		count();
	return next(fd, addr, len);
}

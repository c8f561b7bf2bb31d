// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "memory.h"

static long field(const char *text, const char *name)
{
	const char *at = strstr(text, name);

	if (!at)
		die("/proc/meminfo has no %s", name);
	return strtol(at + strlen(name), NULL, 10);
}

static struct memory read_memory(void)
{
	struct memory m;
	char text[8192];

	read_file("/proc/meminfo", text, sizeof(text));
	m.free = field(text, "MemFree:");
	m.slab = field(text, "Slab:");
	m.vmalloc = field(text, "VmallocUsed:");
	return m;
}

/* What was replaced is freed after a grace period and by work queues. */
struct memory memory_settled(void)
{
	int i;

	for (i = 0; i < 4; i++) {
		write_file("/proc/sys/vm/drop_caches", "3");
		sleep_ms(500);
	}
	return read_memory();
}

int cmd_memory(int argc, char **argv)
{
	struct memory m = memory_settled();

	if (argc != 2)
		die("usage: memory LABEL");
	printf("memory what=%s free_kb=%ld slab_kb=%ld vmalloc_kb=%ld\n",
	       argv[1], m.free, m.slab, m.vmalloc);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Fills the map of sockops.bpf.c with the ports of a rule set. bpftool would
 * need a process for each.
 */
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "rules.h"

static long bpf(int cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

static int open_pinned(const char *path)
{
	union bpf_attr attr = { .pathname = (uintptr_t)path };
	int fd = bpf(BPF_OBJ_GET, &attr);

	if (fd < 0)
		die_errno("%s", path);
	return fd;
}

static void map_clear(int map)
{
	union bpf_attr attr;
	uint16_t key;

	for (;;) {
		memset(&attr, 0, sizeof(attr));
		attr.map_fd = map;
		attr.next_key = (uintptr_t)&key;
		if (bpf(BPF_MAP_GET_NEXT_KEY, &attr))
			return;
		memset(&attr, 0, sizeof(attr));
		attr.map_fd = map;
		attr.key = (uintptr_t)&key;
		if (bpf(BPF_MAP_DELETE_ELEM, &attr))
			die_errno("map: delete");
	}
}

int cmd_bpfmap(int argc, char **argv)
{
	struct rules *rs;
	uint32_t i;
	int map;

	if (argc != 3)
		die("usage: bpfmap PINNED-MAP port:N[:SEED]");
	map = open_pinned(argv[1]);
	map_clear(map);
	rs = rules_make(argv[2]);
	/* backwards: the first rule of a port is to win */
	for (i = rs->n; i-- > 0;) {
		union bpf_attr attr = { .map_fd = map };

		attr.key = (uintptr_t)&rs->rule[i].port_lo;
		attr.value = (uintptr_t)&rs->rule[i].v;
		if (bpf(BPF_MAP_UPDATE_ELEM, &attr))
			die_errno("map: update");
	}
	rules_free(rs);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef STRESS_H
#define STRESS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#define SYSFS	"/sys/kernel/kapolicy/"
#define CGROUPS	"/sys/fs/cgroup/stress"

/* In memory that all processes share. */
struct totals {
	atomic_bool stop;
	atomic_ulong connections;	/* opened and accepted */
	atomic_ulong namespaces, cgroups;	/* made, and left behind to be removed */
	atomic_ulong unloads, reported;	/* connections that the modules unloaded have counted */
	atomic_ulong replaces;		/* whole sets, accepted */
	atomic_ulong edits, refused;	/* other writes, accepted and not */
	atomic_ulong reads, toggles;
	atomic_ulong gone, stale;	/* met no module, or another writer */
	atomic_ulong wrong;		/* what must not happen */
};

extern struct totals *total;
extern const char *module_file;

/* What a process of its own does until total->stop. */
void open_connections(int nr);
void cycle_module(int nr);
void replace_rules(int nr);
void edit_rules(int nr);
void read_files(int nr);
void toggle(int nr);

/* stress.c */
void complain(const char *format, ...);
unsigned int rnd(unsigned int below);
void pause_ms(unsigned int ms);
int open_sysfs(const char *name, int flags);
int put(int fd, const char *text, size_t len);
bool is_expected(int err);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/* kapbench: what runs in the guest. One program, a subcommand a file. */
#ifndef KAPBENCH_H
#define KAPBENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#define RULES_FILE	"/sys/kernel/kapolicy/rules"
#define CGROUP_ROOT	"/sys/fs/cgroup"

/* util.c */
#define MESSAGE __attribute__((noreturn, format(printf, 1, 2)))
MESSAGE void die(const char *fmt, ...);
MESSAGE void die_errno(const char *fmt, ...);
void *xmalloc(size_t size);
uint64_t parse_number(const char *text, const char *what);
uint64_t now_ns(clockid_t clock);
void sleep_ms(unsigned int ms);
void read_file(const char *path, char *text, size_t size);
int write_file(const char *path, const char *text);

/* Seeded and the same everywhere (splitmix64). */
struct rng {
	uint64_t state;
};

uint64_t rng_next(struct rng *r);
uint32_t rng_below(struct rng *r, uint32_t n);	/* 0 .. n-1 */

/* Sorts @v. */
struct summary {
	double mean, min, p05, p25, median, p75, p95, max;
};

struct summary summarize(double *v, size_t n);

/* cgroup.c */
void cgroup_make(const char *path);
void cgroup_enter(const char *path);

int cmd_conn(int argc, char **argv);
int cmd_plan(int argc, char **argv);
int cmd_random(int argc, char **argv);
int cmd_rules(int argc, char **argv);
int cmd_load(int argc, char **argv);
int cmd_memory(int argc, char **argv);
int cmd_replace(int argc, char **argv);
int cmd_bpfmap(int argc, char **argv);
int cmd_rate(int argc, char **argv);
int cmd_hog(int argc, char **argv);
int cmd_gap(int argc, char **argv);
int cmd_apply(int argc, char **argv);
int cmd_option(int argc, char **argv);

#endif

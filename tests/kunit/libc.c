// SPDX-License-Identifier: GPL-2.0
#include "shim.h"

#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "embed.h"
#include "rule/parse_value.h"

char *getenv(const char *name)
{
	return *SEED && !strcmp(name, "KAP_SEED") ? SEED : NULL;
}

void *malloc(size_t size)
{
	return kvmalloc(size, GFP_KERNEL);
}

void free(void *p)
{
	kvfree(p);
}

s64 time(void *to)
{
	return ktime_get_real_seconds();
}

int clock_gettime(int clock, struct timespec *t)
{
	u32 ns;

	t->tv_sec = div_u64_rem(ktime_get_ns(), NSEC_PER_SEC, &ns);
	t->tv_nsec = ns;
	return 0;
}

int getpid(void)
{
	return current->pid;
}

/* For tests/unit/rules.c, see Kbuild. */
struct kap_parser *kapt_static_parser(void)
{
	static struct kap_parser parser;

	return &parser;
}

FILE *fopen(const char *path, const char *mode)
{
	const struct embedded *e = embedded_find(kbasename(path));
	FILE *f;

	if (!e)
		return NULL;
	f = kmalloc(sizeof(*f), GFP_KERNEL);
	if (!f)
		return NULL;
	f->at = e->start;
	f->end = e->end;
	return f;
}

size_t fread(void *to, size_t size, size_t n, FILE *f)
{
	n = min_t(size_t, n, (f->end - f->at) / size);
	memcpy(to, f->at, n * size);
	f->at += n * size;
	return n;
}

int fclose(FILE *f)
{
	kfree(f);
	return 0;
}

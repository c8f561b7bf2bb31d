/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tools/shim the other way round: the little of the C library that files of
 * tests/unit use, for the kernel.
 */
#ifndef _KAPOLICY_KUNIT_SHIM_H
#define _KAPOLICY_KUNIT_SHIM_H

/* Few, for their names are not to get in the way. */
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <linux/types.h>

/* The files of tests/vectors, in the module. */
typedef struct {
	const char *at;
	const char *end;
} FILE;

FILE *fopen(const char *path, const char *mode);
size_t fread(void *to, size_t size, size_t n, FILE *f);
int fclose(FILE *f);

struct kap_parser *kapt_static_parser(void);

/* Of where the module was built, and only KAP_SEED. */
char *getenv(const char *name);

void *malloc(size_t size);
void free(void *p);
s64 time(void *to);

struct timespec {
	s64 tv_sec;
	long tv_nsec;
};

/* As the kernel's own headers have it; here any clock is the monotonic one. */
#define CLOCK_PROCESS_CPUTIME_ID	2

int clock_gettime(int clock, struct timespec *t);
int getpid(void);

static inline unsigned long strtoul(const char *s, char **end, int base)
{
	return simple_strtoul(s, end, base);
}

static inline unsigned long long strtoull(const char *s, char **end, int base)
{
	return simple_strtoull(s, end, base);
}

static inline void qsort(void *base, size_t n, size_t size,
			 int (*cmp)(const void *, const void *))
{
	sort(base, n, size, cmp, NULL);
}

#endif /* _KAPOLICY_KUNIT_SHIM_H */

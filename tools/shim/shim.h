/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The few kernel facilities the pure sources of module/ use, for programs:
 * kapctl and the unit tests compile those sources unchanged. Each header of
 * shim/linux/ stands in for the kernel's of that name and includes this one.
 */
#ifndef _KAPOLICY_SHIM_H
#define _KAPOLICY_SHIM_H

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef unsigned long long u64;
typedef int64_t s64;

#define U16_MAX		UINT16_MAX
#define U32_MAX		UINT32_MAX
#define U64_MAX		(~0ULL)
#define BIT(n)		(1UL << (n))
#define __ffs(x)	((unsigned int)__builtin_ctzl(x))
#define __uninitialized
#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)
#define noinline	__attribute__((noinline))
#define __must_check	__attribute__((warn_unused_result))
#define __printf(a, b)	__attribute__((format(printf, a, b)))
#define BUILD_BUG_ON(c)	_Static_assert(!(c), #c)
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define min(a, b)	({ __typeof__(a) a_ = (a); __typeof__(b) b_ = (b); a_ < b_ ? a_ : b_; })
#define max(a, b)	({ __typeof__(a) a_ = (a); __typeof__(b) b_ = (b); a_ > b_ ? a_ : b_; })
#define min_t(t, a, b)	min((t)(a), (t)(b))
#define max_t(t, a, b)	max((t)(a), (t)(b))

static inline int fls(unsigned int x)
{
	return x ? 32 - __builtin_clz(x) : 0;
}

static inline unsigned int hweight32(u32 x)
{
	return __builtin_popcount(x);
}

static inline u64 div_u64(u64 dividend, u32 divisor)
{
	return dividend / divisor;
}

static inline int fls64(u64 x)
{
	return x ? 64 - __builtin_clzll(x) : 0;
}

#define swap(a, b)	do { __typeof__(a) t_ = (a); (a) = (b); (b) = t_; } while (0)

#define READ_ONCE(x)	(x)
#define cond_resched()	do { } while (0)

/* Programs that use the pure sources have one thread. */
typedef struct { int refs; } refcount_t;
typedef struct { s64 counter; } atomic64_t;

static inline void refcount_set(refcount_t *r, int n)
{
	r->refs = n;
}

static inline void refcount_inc(refcount_t *r)
{
	r->refs++;
}

static inline bool refcount_dec_and_test(refcount_t *r)
{
	return !--r->refs;
}

static inline s64 atomic64_read(const atomic64_t *v)
{
	return v->counter;
}

#define GFP_KERNEL	0

/* kap_shim_alloc() may fail on demand in tests; tools/shim/shim.c */
void *kap_shim_alloc(size_t size);

static inline void *kmalloc(size_t size, int gfp)
{
	(void)gfp;
	return kap_shim_alloc(size);
}

#define kvmalloc(size, gfp)		kmalloc(size, gfp)
#define kvmalloc_array(n, size, gfp)	kmalloc((size_t)(n) * (size), gfp)
#define kfree(p)			free((void *)(p))

/* A program's rules have no counters of processors. */
#define __percpu
#define for_each_possible_cpu(cpu)	for ((cpu) = 0; (cpu) < 1; (cpu)++)
#define per_cpu_ptr(p, cpu)		((void)(cpu), (p))
#define free_percpu(p)			((void)(p))
#define kvfree(p)			free((void *)(p))

static inline void *kvzalloc(size_t size, int gfp)
{
	void *p = kmalloc(size, gfp);

	return p ? memset(p, 0, size) : NULL;
}

#define kvcalloc(n, size, gfp)		kvzalloc((size_t)(n) * (size), gfp)

static inline int scnprintf(char *buf, size_t size, const char *fmt, ...)
	__printf(3, 4);
static inline int scnprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(buf, size, fmt, args);
	va_end(args);
	return !size ? 0 : (size_t)n < size ? n : (int)size - 1;
}

static inline void sort(void *base, size_t n, size_t size,
			int (*cmp)(const void *, const void *), void *swap)
{
	(void)swap;
	qsort(base, n, size, cmp);
}

#endif /* _KAPOLICY_SHIM_H */

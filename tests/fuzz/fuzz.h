/* SPDX-License-Identifier: GPL-2.0 */
/* Shared by the fuzz targets. */
#ifndef _KAPOLICY_FUZZ_H
#define _KAPOLICY_FUZZ_H

#include "shim.h"

/* What libFuzzer calls. */
int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

/* Something holds no more that always has to: say what, and end as a crash. */
void __attribute__((noreturn, format(printf, 1, 2))) fail(const char *fmt, ...);

/* fail_alloc(n): the n-th allocation from now on fails; 0: none does. */
void fail_alloc(unsigned int n);
/* Whether it has been reached. */
bool alloc_failed(void);

/* The bytes of an input, one after the other; zeros behind the end. */
struct input {
	const u8 *s;
	size_t n;
};

static inline u8 take(struct input *in)
{
	if (!in->n)
		return 0;
	in->n--;
	return *in->s++;
}

#endif /* _KAPOLICY_FUZZ_H */

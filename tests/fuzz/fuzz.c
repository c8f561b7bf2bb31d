// SPDX-License-Identifier: GPL-2.0
#include "fuzz.h"

static unsigned int countdown;
static bool failed;

void fail(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fputs("FAILED: ", stderr);
	vfprintf(stderr, fmt, args);
	fputc('\n', stderr);
	va_end(args);
	abort();
}

void fail_alloc(unsigned int n)
{
	countdown = n;
	failed = false;
}

bool alloc_failed(void)
{
	return failed;
}

/* Instead of the one in shim.c. */
void *kap_shim_alloc(size_t size)
{
	if (countdown && !--countdown) {
		failed = true;
		return NULL;
	}
	return malloc(size);
}

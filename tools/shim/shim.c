// SPDX-License-Identifier: GPL-2.0
#include "shim.h"

/* A test makes this weak default fail; tests/unit/. */
__attribute__((weak)) void *kap_shim_alloc(size_t size)
{
	return malloc(size);
}

// SPDX-License-Identifier: GPL-2.0
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/exit.h"

static void *checked(void *p)
{
	if (!p) {
		/* no kap_diag_error(): it needs memory itself */
		fputs("kapctl: error: out of memory\n", stderr);
		exit(KAP_EXIT_FAILED);
	}
	return p;
}

/**
 * kap_mem_alloc - allocate zeroed memory
 * @size: bytes
 *
 * Return: memory to be freed.
 */
void *kap_mem_alloc(size_t size)
{
	return checked(calloc(1, size ? size : 1));
}

/**
 * kap_mem_grow - make room for one more element of an array
 * @p: the array, or NULL
 * @n: elements in use
 * @room: elements there is room for; updated
 * @size: bytes of an element
 *
 * Return: the array, perhaps moved.
 */
void *kap_mem_grow(void *p, size_t n, size_t *room, size_t size)
{
	if (n < *room)
		return p;
	*room = *room ? *room * 2 : 16;
	return checked(reallocarray(p, *room, size));
}

/* SPDX-License-Identifier: GPL-2.0 */
/* Allocation that never fails: kapctl ends with a message instead. */
#ifndef _KAPCTL_MEM_H
#define _KAPCTL_MEM_H

#include <stddef.h>

void *kap_mem_alloc(size_t size);
void *kap_mem_grow(void *p, size_t n, size_t *room, size_t size);

#endif /* _KAPCTL_MEM_H */

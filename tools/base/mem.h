/* SPDX-License-Identifier: GPL-2.0 */
/* Memory that is always there: without it kapctl ends with a message. */
#ifndef _KAPCTL_MEM_H
#define _KAPCTL_MEM_H

#include <stddef.h>

void *kap_mem_alloc(size_t size);
void *kap_mem_grow(void *p, size_t n, size_t *room, size_t size);

#endif /* _KAPCTL_MEM_H */

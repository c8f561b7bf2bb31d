/* SPDX-License-Identifier: GPL-2.0 */
/* Run other programs and read what they print. */
#ifndef _KAPCTL_RUN_H
#define _KAPCTL_RUN_H

#include <stddef.h>

int kap_run(char *const argv[], char *out, size_t size);

#endif /* _KAPCTL_RUN_H */

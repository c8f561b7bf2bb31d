/* SPDX-License-Identifier: GPL-2.0 */
/* A line of text with carets under what is wrong with it. */
#ifndef _KAPCTL_CARET_H
#define _KAPCTL_CARET_H

#include <stdio.h>

struct kap_place;

void kap_caret_print(FILE *out, const struct kap_place *at);

#endif /* _KAPCTL_CARET_H */

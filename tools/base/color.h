/* SPDX-License-Identifier: GPL-2.0 */
/* Colours: on a terminal only, and never against NO_COLOR. */
#ifndef _KAPCTL_COLOR_H
#define _KAPCTL_COLOR_H

#include <stdio.h>

enum kap_color {
	KAP_PLAIN,
	KAP_BOLD,
	KAP_RED,
	KAP_GREEN,
	KAP_YELLOW,
	KAP_CYAN,
	KAP_DIM,
};

const char *kap_color(FILE *to, enum kap_color color);

#endif /* _KAPCTL_COLOR_H */

// SPDX-License-Identifier: GPL-2.0
#include "base/color.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool wanted(FILE *to)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	/* no-color.org: any value but an empty one turns colours off */
	if (no_color && *no_color)
		return false;
	if (!term || !*term || !strcmp(term, "dumb"))
		return false;
	return isatty(fileno(to));
}

/**
 * kap_color - what switches to a colour
 * @to: where it is going to be written
 * @color: the colour; KAP_PLAIN switches back
 *
 * Return: an escape sequence, empty where there are no colours.
 */
const char *kap_color(FILE *to, enum kap_color color)
{
	static const char * const codes[] = {
		[KAP_PLAIN] = "\033[0m",
		[KAP_BOLD] = "\033[1m",
		[KAP_RED] = "\033[1;31m",
		[KAP_GREEN] = "\033[32m",
		[KAP_YELLOW] = "\033[33m",
		[KAP_CYAN] = "\033[36m",
		[KAP_DIM] = "\033[2m",
	};

	return wanted(to) ? codes[color] : "";
}

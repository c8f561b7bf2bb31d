// SPDX-License-Identifier: GPL-2.0
#include "base/progress.h"

#include <stdbool.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define STEPS	1000	/* between two looks at the clock */

static struct {
	unsigned long steps;
	time_t start;
	bool shown;
} state;

static time_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

/**
 * kap_progress_step - one more is done
 * @what: of what, in the plural; shown when it takes more than two seconds
 */
void kap_progress_step(const char *what)
{
	if (!state.start)
		state.start = now();
	if (++state.steps % STEPS || now() - state.start < 2 ||
	    !isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\r%lu %s ...", state.steps, what);
	fflush(stderr);
	state.shown = true;
}

/**
 * kap_progress_end - take away what was shown
 */
void kap_progress_end(void)
{
	if (state.shown)
		fprintf(stderr, "\r\033[K");
	state.shown = false;
	state.steps = 0;
	state.start = 0;
}

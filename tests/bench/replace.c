// SPDX-License-Identifier: GPL-2.0
/*
 * Replaces a rule so many times a second, by one write each, until killed.
 * The rule stands before all others and does what the first of them does, so
 * that connections are to get the same as without. Its prio changes each time:
 * a rule that comes back the same would be no change.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rules.h"

int cmd_replace(int argc, char **argv)
{
	struct rules *rs;
	char text[2][600];
	uint32_t hz;
	int i, n;

	if (argc != 3)
		die("usage: replace port:N[:SEED] TIMES-A-SECOND");
	rs = rules_make(argv[1]);
	hz = parse_number(argv[2], "times a second");
	for (i = 0; i < 2; i++) {
		n = snprintf(text[i], sizeof(text[i]),
			     "destroy name=again\nadd name=again prio=%d ", i);
		rule_text(&rs->rule[0], text[i] + n, sizeof(text[i]) - n);
	}
	for (i = 0;; i = !i) {
		if (write_file(RULES_FILE, text[i]))
			die_errno("%s", RULES_FILE);
		sleep_ms(1000 / hz);
	}
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Replaces a rule so many times a second, by one write each, until killed.
 * The rule stands before all others and does what the first of them does, so
 * that connections are to get the same as without.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rules.h"

int cmd_replace(int argc, char **argv)
{
	struct rules *rs;
	char text[600];
	uint32_t hz;
	int n;

	if (argc != 3)
		die("usage: replace port:N[:SEED] TIMES-A-SECOND");
	rs = rules_make(argv[1]);
	hz = parse_number(argv[2], "times a second");
	n = snprintf(text, sizeof(text), "del name=again\nadd name=again prio=1 ");
	rule_text(&rs->rule[0], text + n, sizeof(text) - n);
	/* the first time there is none to delete */
	if (write_file(RULES_FILE, strchr(text, '\n') + 1))
		die_errno("%s", RULES_FILE);
	for (;;) {
		sleep_ms(1000 / hz);
		if (write_file(RULES_FILE, text))
			die_errno("%s", RULES_FILE);
	}
}

// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "bench.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} commands[] = {
	{ "conn", cmd_conn },
	{ "plan", cmd_plan },
	{ "random", cmd_random },
	{ "rules", cmd_rules },
	{ "load", cmd_load },
	{ "memory", cmd_memory },
	{ "replace", cmd_replace },
	{ "bpfmap", cmd_bpfmap },
	{ "rate", cmd_rate },
	{ "hog", cmd_hog },
	{ "gap", cmd_gap },
	{ "option", cmd_option },
	{ "apply", cmd_apply },
};

int main(int argc, char **argv)
{
	size_t i;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (i = 0; argc > 1 && i < sizeof(commands) / sizeof(*commands); i++) {
		if (!strcmp(argv[1], commands[i].name))
			return commands[i].run(argc - 1, argv + 1);
	}
	fputs("usage: kapbench COMMAND ...\ncommands:", stderr);
	for (i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		fprintf(stderr, " %s", commands[i].name);
	fputc('\n', stderr);
	return 2;
}

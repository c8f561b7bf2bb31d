// SPDX-License-Identifier: GPL-2.0
/* kapctl - show and change the rules of the kapolicy module */
#include <locale.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/diag.h"
#include "base/output.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "words/near.h"

static const struct kap_command * const commands[] = {
	&cmd_show,
	&cmd_add,
	&cmd_replace,
	&cmd_del,
	&cmd_flush,
	&cmd_load,
	&cmd_apply,
	&cmd_save,
	&cmd_check,
	&cmd_test,
	&cmd_stats,
	&cmd_connections,
	&cmd_audit,
	&cmd_monitor,
	&cmd_enable,
	&cmd_disable,
	&cmd_presets,
	&cmd_doctor,
	&cmd_version,
};

#define N_COMMANDS	(sizeof(commands) / sizeof(commands[0]))

static const struct kap_command *find(const char *name)
{
	size_t i;

	for (i = 0; i < N_COMMANDS; i++) {
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	}
	return NULL;
}

static void unknown(const struct kap_args *args)
{
	const char *names[N_COMMANDS + 1] = { NULL }, *word = args->words[0];
	const char *meant;
	size_t i;

	for (i = 0; i < N_COMMANDS; i++)
		names[i] = commands[i]->name;
	meant = kap_near_command(word, names);
	kap_diag_error("unknown command: %s", word);
	if (strchr(word, '='))
		kap_diag_hint("To add a rule: kapctl add %s%s", word,
			      args->n > 1 ? " ..." : "");
	else if (meant)
		kap_diag_hint("Did you mean \"kapctl %s\"?", meant);
}

static int usage(const struct kap_command *command)
{
	if (command)
		kap_args_usage(stderr, command);
	else
		kap_diag_hint("\"kapctl help\" lists the commands.");
	return KAP_EXIT_USAGE;
}

static int help(const struct kap_command *command)
{
	size_t i;

	kap_output_no_json();
	if (command) {
		kap_args_help(stdout, command);
		return KAP_EXIT_OK;
	}
	printf("Usage: kapctl [COMMAND [OPTION]... [ARGUMENT]...]\n\n"
	       "TCP keepalive policy of this host. Without COMMAND: show.\n\n");
	for (i = 0; i < N_COMMANDS; i++)
		printf("  %-11s %s\n", commands[i]->name, commands[i]->summary);
	printf("  %-11s %s\n\n", "help", "print this, or the help of a command");
	printf("Every command takes -j (--json) and -h (--help).\n"
	       "Exit status: 0 done, 1 refused or failed, 2 wrong usage, 3 module not loaded.\n");
	return KAP_EXIT_OK;
}

static int run(struct kap_args *args)
{
	const struct kap_command *command = &cmd_show;
	bool help_word = args->n && !strcmp(args->words[0], "help");
	int ret;

	if (help_word)
		kap_args_shift(args);
	if (args->n) {
		command = find(args->words[0]);
		if (!command) {
			unknown(args);
			return usage(NULL);
		}
	} else if (help_word || (args->options & KAP_ARG_HELP)) {
		return help(NULL);
	} else if (args->options & KAP_ARG_VERSION) {
		args->options &= ~KAP_ARG_VERSION;
		command = &cmd_version;
	}
	if (help_word || (args->options & KAP_ARG_HELP))
		return help(command);
	kap_args_shift(args);
	if (!kap_args_accept(args, command))
		return usage(command);
	ret = command->run(args);
	return ret == KAP_EXIT_USAGE ? usage(command) : ret;
}

int main(int argc, char **argv)
{
	struct kap_args args;
	int ret;

	/* for the width of characters; messages stay English */
	setlocale(LC_CTYPE, "");
	if (kap_args_parse(&args, argc, argv))
		ret = run(&args);
	else
		ret = usage(NULL);
	return kap_output_finish(ret);
}

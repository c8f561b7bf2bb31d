/* SPDX-License-Identifier: GPL-2.0 */
/* Options and operands of the command line. */
#ifndef _KAPCTL_ARGS_H
#define _KAPCTL_ARGS_H

#include <stdbool.h>
#include <stdio.h>

struct kap_command;

enum kap_arg {
	KAP_ARG_HELP		= 1 << 0,
	KAP_ARG_JSON		= 1 << 1,
	KAP_ARG_DRY_RUN		= 1 << 2,
	KAP_ARG_STRICT		= 1 << 3,
	KAP_ARG_FILE		= 1 << 4,
	KAP_ARG_PROMETHEUS	= 1 << 5,
	KAP_ARG_VERSION		= 1 << 6,
	KAP_ARG_EMPTY		= 1 << 7,
	KAP_ARG_QUIET		= 1 << 8,
	KAP_ARG_TABLE		= 1 << 9,
	KAP_ARG_UNUSED		= 1 << 10,
	KAP_ARG_SORT		= 1 << 11,
	KAP_ARG_APPLY		= 1 << 12,
	KAP_ARG_MAX		= 1 << 13,
	KAP_ARG_ALL		= 1 << 14,
};

/**
 * struct kap_args - the command line, taken apart
 * @options: enum kap_arg bits
 * @file: value of --file, or NULL
 * @sort: value of --sort, or NULL
 * @max: value of --max, or NULL
 * @words: operands; the first is the command until kap_args_shift()
 * @n: how many
 */
struct kap_args {
	unsigned int options;
	const char *file;
	const char *sort;
	const char *max;
	char **words;
	int n;
};

bool kap_args_parse(struct kap_args *args, int argc, char **argv);
bool kap_args_accept(const struct kap_args *args,
		     const struct kap_command *command);
void kap_args_shift(struct kap_args *args);
char *kap_args_join(const struct kap_args *args, const char *first);
void kap_args_usage(FILE *out, const struct kap_command *command);
void kap_args_help(FILE *out, const struct kap_command *command);

#endif /* _KAPCTL_ARGS_H */

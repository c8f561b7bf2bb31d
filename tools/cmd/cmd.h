/* SPDX-License-Identifier: GPL-2.0 */
/* A subcommand; each is defined in a file of cmd/. */
#ifndef _KAPCTL_CMD_H
#define _KAPCTL_CMD_H

#include "base/exit.h"

struct kap_args;

/**
 * struct kap_command - one subcommand
 * @name: the word that calls it
 * @operands: what follows it, for the usage line
 * @summary: one line for the list of commands
 * @help: more lines for its own help, or NULL
 * @instead: what to say in front of an operand that is one too many, or NULL
 * @options: enum kap_arg bits of the options it takes, besides --json and --help
 * @min: operands at least
 * @max: operands at most, or -1
 * @run: does it; returns an enum kap_exit
 */
struct kap_command {
	const char *name;
	const char *operands;
	const char *summary;
	const char *help;
	const char *instead;
	unsigned int options;
	int min;
	int max;
	int (*run)(const struct kap_args *args);
};

extern const struct kap_command cmd_add;
extern const struct kap_command cmd_apply;
extern const struct kap_command cmd_audit;
extern const struct kap_command cmd_check;
extern const struct kap_command cmd_connections;
extern const struct kap_command cmd_del;
extern const struct kap_command cmd_disable;
extern const struct kap_command cmd_doctor;
extern const struct kap_command cmd_enable;
extern const struct kap_command cmd_flush;
extern const struct kap_command cmd_load;
extern const struct kap_command cmd_monitor;
extern const struct kap_command cmd_presets;
extern const struct kap_command cmd_replace;
extern const struct kap_command cmd_save;
extern const struct kap_command cmd_show;
extern const struct kap_command cmd_stats;
extern const struct kap_command cmd_test;
extern const struct kap_command cmd_version;

#endif /* _KAPCTL_CMD_H */

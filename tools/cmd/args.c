// SPDX-License-Identifier: GPL-2.0
#include "cmd/args.h"

#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "base/output.h"
#include "cmd/cmd.h"
#include "words/near.h"

static const struct option {
	enum kap_arg bit;
	char letter;
	const char *name;
	const char *value;
	const char *help;
} options[] = {
	{ KAP_ARG_DRY_RUN, 'n', "dry-run", NULL,
	  "check only, change nothing" },
	{ KAP_ARG_STRICT, 0, "strict", NULL,
	  "treat warnings as errors" },
	{ KAP_ARG_EMPTY, 0, "empty", NULL,
	  "delete all rules if the input has none" },
	{ KAP_ARG_APPLY, 0, "apply", NULL,
	  "apply the rules to connections that exist, too" },
	{ KAP_ARG_FILE, 'f', "file", "FILE",
	  "take the rules of FILE (- for stdin)" },
	{ KAP_ARG_QUIET, 'q', "quiet", NULL,
	  "do not say what was done" },
	{ KAP_ARG_TABLE, 0, "table", NULL,
	  "print a table also where the output is no terminal" },
	{ KAP_ARG_UNUSED, 0, "unused", NULL,
	  "only rules that have won no connection" },
	{ KAP_ARG_SORT, 0, "sort", "KEY",
	  "sort by KEY" },
	{ KAP_ARG_MAX, 0, "max", "TIME",
	  "fail if a dead peer could stay unnoticed for longer" },
	{ KAP_ARG_ALL, 0, "all", NULL,
	  "also every connection that a rule is given to" },
	{ KAP_ARG_PROMETHEUS, 0, "prometheus", NULL,
	  "print the textfile format of node_exporter" },
	{ KAP_ARG_JSON, 'j', "json", NULL,
	  "print JSON" },
	{ KAP_ARG_HELP, 'h', "help", NULL,
	  "print this help" },
	{ KAP_ARG_VERSION, 'V', "version", NULL,
	  "the same as the command version" },
};

#define N_OPTIONS	(sizeof(options) / sizeof(options[0]))

/* Every command takes these. --version takes the place of a command. */
#define COMMON		(KAP_ARG_JSON | KAP_ARG_HELP)

static const struct option *find_letter(char letter)
{
	size_t i;

	for (i = 0; i < N_OPTIONS; i++) {
		if (letter && options[i].letter == letter)
			return &options[i];
	}
	return NULL;
}

static const struct option *find_name(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < N_OPTIONS; i++) {
		if (strlen(options[i].name) == len &&
		    !memcmp(options[i].name, name, len))
			return &options[i];
	}
	return NULL;
}

/* Where the value of an option is kept. */
static const char **value_of(struct kap_args *args, enum kap_arg bit)
{
	return bit == KAP_ARG_SORT ? &args->sort :
	       bit == KAP_ARG_MAX ? &args->max : &args->file;
}

/* Take @o; its value is @value or, when that is NULL, the next argument. */
static bool take(struct kap_args *args, const struct option *o,
		 const char *value, char ***next)
{
	args->options |= o->bit;
	if (o->bit == KAP_ARG_JSON)
		kap_diag_set_json();
	if (o->bit == KAP_ARG_STRICT)
		kap_diag_set_strict();
	if (o->bit == KAP_ARG_QUIET)
		kap_output_set_quiet();
	if (!o->value) {
		if (!value)
			return true;
		kap_diag_error("--%s takes no value", o->name);
		return false;
	}
	if (!value)
		value = *(*next)++;
	if (!value || !*value) {
		kap_diag_error("--%s needs a value", o->name);
		return false;
	}
	*value_of(args, o->bit) = value;
	return true;
}

static void unknown_name(const char *arg, size_t len)
{
	const char *names[N_OPTIONS + 1] = { NULL }, *meant;
	char *word = strndup(arg + 2, len);
	size_t i;

	if (!word)
		abort();
	for (i = 0; i < N_OPTIONS; i++)
		names[i] = options[i].name;
	meant = kap_near_find(word, names);
	free(word);
	kap_diag_error("unknown option: %s", arg);
	if (meant)
		kap_diag_hint("Did you mean --%s?", meant);
}

/* -v is -V, and -J is -j, in many other tools. */
static void unknown_letter(char letter)
{
	const struct option *o = find_letter(letter ^ ('a' ^ 'A'));

	kap_diag_error("unknown option: -%c", letter);
	if (o)
		kap_diag_hint("Did you mean -%c (--%s)?", o->letter, o->name);
}

static bool take_long(struct kap_args *args, const char *arg, char ***next)
{
	size_t len = strcspn(arg + 2, "=");
	const struct option *o = find_name(arg + 2, len);

	if (!o) {
		unknown_name(arg, len);
		return false;
	}
	return take(args, o, arg[2 + len] ? arg + 3 + len : NULL, next);
}

/* -jn, -fFILE, -f FILE */
static bool take_letters(struct kap_args *args, const char *arg, char ***next)
{
	const char *s;

	for (s = arg + 1; *s; s++) {
		const struct option *o = find_letter(*s);

		if (!o) {
			unknown_letter(*s);
			return false;
		}
		if (o->value)
			return take(args, o, s[1] ? s + 1 : NULL, next);
		if (!take(args, o, NULL, next))
			return false;
	}
	return true;
}

/**
 * kap_args_parse - separate options from operands
 * @args: the result; its words are stored in @argv
 * @argc: of main()
 * @argv: of main(); reordered
 *
 * Return: whether the options are known and complete; if not, reported.
 */
bool kap_args_parse(struct kap_args *args, int argc, char **argv)
{
	char **next = argv + !!argc;
	bool ok = true;

	memset(args, 0, sizeof(*args));
	args->words = next;
	while (ok && *next) {
		char *arg = *next++;

		if (arg[0] != '-' || !arg[1]) {
			args->words[args->n++] = arg;
		} else if (!strcmp(arg, "--")) {
			while (*next)
				args->words[args->n++] = *next++;
		} else if (arg[1] == '-') {
			ok = take_long(args, arg, &next);
		} else {
			ok = take_letters(args, arg, &next);
		}
	}
	return ok;
}

/**
 * kap_args_shift - drop the first operand
 * @args: the command line
 */
void kap_args_shift(struct kap_args *args)
{
	if (args->n) {
		args->words++;
		args->n--;
	}
}

/**
 * kap_args_accept - are these the options and operands a command takes?
 * @args: the command line behind the command
 * @command: the command
 *
 * Return: whether they are; if not, reported.
 */
bool kap_args_accept(const struct kap_args *args,
		     const struct kap_command *command)
{
	unsigned int extra = args->options & ~(command->options | COMMON);
	size_t i;

	for (i = 0; i < N_OPTIONS; i++) {
		if (!(extra & options[i].bit))
			continue;
		kap_diag_error("%s takes no --%s", command->name,
			       options[i].name);
		if (options[i].bit == KAP_ARG_FILE &&
		    strstr(command->operands, "FILE"))
			kap_diag_hint("A file is named without -f: kapctl %s %s",
				      command->name, args->file);
		return false;
	}
	if (args->n < command->min) {
		kap_diag_error("%s needs %s", command->name, command->operands);
		return false;
	}
	if (command->max >= 0 && args->n > command->max) {
		const char *word = args->words[command->max];

		kap_diag_error("%s: one argument too many: %s", command->name,
			       word);
		if (command->instead && args->n == command->max + 1)
			kap_diag_hint("%s%s", command->instead, word);
		return false;
	}
	return true;
}

/**
 * kap_args_join - the operands as one line
 * @args: the command line behind the command
 * @first: what to put in front
 *
 * Return: text to be freed.
 */
char *kap_args_join(const struct kap_args *args, const char *first)
{
	size_t len = strlen(first) + 1;
	char *text, *to;
	int i;

	for (i = 0; i < args->n; i++)
		len += strlen(args->words[i]) + 1;
	text = kap_mem_alloc(len);
	to = stpcpy(text, first);
	for (i = 0; i < args->n; i++) {
		if (i)
			*to++ = ' ';
		to = stpcpy(to, args->words[i]);
	}
	return text;
}

/**
 * kap_args_usage - print the usage line of a command
 * @out: where to
 * @command: the command
 */
void kap_args_usage(FILE *out, const struct kap_command *command)
{
	size_t i;

	fprintf(out, "Usage: kapctl %s", command->name);
	for (i = 0; i < N_OPTIONS; i++) {
		const struct option *o = &options[i];

		if (!((command->options | KAP_ARG_JSON) & o->bit))
			continue;
		if (o->letter)
			fprintf(out, " [-%c", o->letter);
		else
			fprintf(out, " [--%s", o->name);
		if (o->value)
			fprintf(out, " %s", o->value);
		fputc(']', out);
	}
	fprintf(out, "%s%s\n", *command->operands ? " " : "",
		command->operands);
}

/**
 * kap_args_help - print the help of a command
 * @out: where to
 * @command: the command
 */
void kap_args_help(FILE *out, const struct kap_command *command)
{
	size_t i;

	kap_args_usage(out, command);
	fprintf(out, "\n%c%s.\n", command->summary[0] - 'a' + 'A',
		command->summary + 1);
	if (command->help)
		fprintf(out, "\n%s", command->help);
	fputc('\n', out);
	for (i = 0; i < N_OPTIONS; i++) {
		const struct option *o = &options[i];
		char left[32];

		if (!((command->options | COMMON) & o->bit))
			continue;
		snprintf(left, sizeof(left), "--%s%s%s", o->name,
			 o->value ? " " : "", o->value ? o->value : "");
		if (o->letter)
			fprintf(out, "  -%c, %-13s %s\n", o->letter, left,
				o->help);
		else
			fprintf(out, "      %-13s %s\n", left, o->help);
	}
}

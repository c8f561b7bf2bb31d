// SPDX-License-Identifier: GPL-2.0
#include "doctor/doctor.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/color.h"
#include "base/diag.h"
#include "base/json.h"
#include "base/output.h"
#include "base/text.h"
#include "host/distro.h"

#define INDENT	20	/* columns in front of the texts */
#define FIX	"to fix it: "

static const struct {
	const char *name;
	enum kap_color color;
} healths[] = {
	[KAP_OK] = { "ok", KAP_GREEN },
	[KAP_NOTE] = { "note", KAP_YELLOW },
	[KAP_PROBLEM] = { "PROBLEM", KAP_RED },
};

/* One kapctl runs one command, so there is one state. */
static struct {
	unsigned int count[ARRAY_SIZE(healths)];
	bool fix;	/* the last check has one already */
	json_t *list;
	json_t *last;
} state;

/* Print text that may hold control characters: logs, names of files. */
static void print_text(const char *s)
{
	size_t len = strlen(s);
	struct kap_char c;

	while (len) {
		size_t n = kap_text_char(s, len, &c);

		fwrite(c.s, 1, c.len, stdout);
		s += n;
		len -= n;
	}
}

/* @line as one more line of the last check's @key. */
static void keep(const char *key, const char *line)
{
	const char *old = json_string_value(json_object_get(state.last, key));
	char *text;

	if (asprintf(&text, "%s%s%s", old ? old : "", old ? "\n" : "",
		     line) < 0)
		abort();
	json_object_set_new(state.last, key, kap_json_string(text));
	free(text);
}

static __attribute__((format(printf, 1, 0)))
char *format(const char *fmt, va_list args)
{
	char *text;

	if (vasprintf(&text, fmt, args) < 0)
		abort();
	return text;
}

/**
 * kap_doctor_say - say what a check has found
 * @health: how good that is
 * @check: its name
 * @fmt: what, as for printf()
 */
void kap_doctor_say(enum kap_health health, const char *check,
		    const char *fmt, ...)
{
	char *text;
	va_list args;

	va_start(args, fmt);
	text = format(fmt, args);
	va_end(args);
	state.count[health]++;
	state.fix = false;
	if (kap_diag_is_json()) {
		if (!state.list)
			state.list = json_array();
		state.last = json_pack("{sssssnsn}", "check", check, "state",
				       healths[health].name, "text", "fix");
		json_array_append_new(state.list, state.last);
		keep("text", text);
	} else {
		printf("%s%-7s%s  %-9s  ",
		       kap_color(stdout, healths[health].color),
		       healths[health].name, kap_color(stdout, KAP_PLAIN),
		       check);
		print_text(text);
		putchar('\n');
	}
	free(text);
}

/**
 * kap_doctor_more - say more of what the last check has found
 * @fmt: a line, as for printf()
 */
void kap_doctor_more(const char *fmt, ...)
{
	char *text;
	va_list args;

	va_start(args, fmt);
	text = format(fmt, args);
	va_end(args);
	if (kap_diag_is_json()) {
		keep("text", text);
	} else {
		printf("%*s", INDENT, "");
		print_text(text);
		putchar('\n');
	}
	free(text);
}

/**
 * kap_doctor_fix - say how to fix what the last check has found
 * @fmt: a command, as for printf(); of several, all are needed, in this order
 */
void kap_doctor_fix(const char *fmt, ...)
{
	char *text;
	va_list args;

	va_start(args, fmt);
	text = format(fmt, args);
	va_end(args);
	if (kap_diag_is_json()) {
		keep("fix", text);
	} else {
		printf("%*s%-*s%s", INDENT, "", (int)strlen(FIX),
		       state.fix ? "" : FIX, kap_color(stdout, KAP_BOLD));
		print_text(text);
		printf("%s\n", kap_color(stdout, KAP_PLAIN));
	}
	state.fix = true;
	free(text);
}

/**
 * kap_doctor_fix_package - the same: install a package of ours, or a newer one
 * @name: its name
 */
void kap_doctor_fix_package(const char *name)
{
	char *command = kap_distro_package(name);

	kap_doctor_fix("%s", command);
	free(command);
}

static void total(const char *what, unsigned int n)
{
	printf("%u %s%s", n, what, n == 1 ? "" : "s");
}

/**
 * kap_doctor_finish - say how it is on the whole
 *
 * Return: whether nothing is wrong.
 */
bool kap_doctor_finish(void)
{
	unsigned int problems = state.count[KAP_PROBLEM];

	if (kap_diag_is_json()) {
		kap_output_json(state.list);
		return !problems;
	}
	putchar('\n');
	if (problems)
		total("problem", problems);
	else
		printf("nothing is wrong");
	if (state.count[KAP_NOTE]) {
		printf(", ");
		total("note", state.count[KAP_NOTE]);
	}
	putchar('\n');
	return !problems;
}

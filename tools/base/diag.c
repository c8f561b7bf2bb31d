// SPDX-License-Identifier: GPL-2.0
#include "base/diag.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/caret.h"
#include "base/color.h"
#include "base/json.h"

/* Of each kind; the rest is only counted. */
#define SHOWN_MAX	100

/* One kapctl runs one command, so there is one state. */
static struct {
	bool json;
	bool strict;
	struct kap_held *held;
	unsigned int count[2];
	enum kap_severity last;
	json_t *list[2];
} state;

static const char * const names[] = {
	[KAP_ERROR] = "error",
	[KAP_WARNING] = "warning",
};

/**
 * kap_diag_set_json - keep what is reported for kap_diag_to_json() as well
 */
void kap_diag_set_json(void)
{
	state.json = true;
}

/**
 * kap_diag_set_strict - make errors of warnings
 */
void kap_diag_set_strict(void)
{
	state.strict = true;
}

/**
 * kap_diag_is_json - was JSON asked for?
 *
 * Return: whether it was.
 */
bool kap_diag_is_json(void)
{
	return state.json;
}

static void keep(enum kap_severity severity, const struct kap_place *at,
		 const char *message)
{
	json_t *d = json_object();

	json_object_set_new(d, "message", kap_json_string(message));
	if (at) {
		json_object_set_new(d, "file", kap_json_string(at->file));
		if (at->line) {
			json_object_set_new(d, "line", json_integer(at->line));
			json_object_set_new(d, "col", json_integer(at->col));
			json_object_set_new(d, "end", json_integer(at->end));
		}
	}
	if (!state.list[severity])
		state.list[severity] = json_array();
	json_array_append_new(state.list[severity], d);
}

static void hold(enum kap_severity severity, const struct kap_place *at,
		 const char *message)
{
	char **first = &state.held->first[severity];
	int n;

	if (state.held->count[severity]++)
		return;
	if (at && at->line)
		n = asprintf(first, "%s:%u:%u: %s", at->file, at->line, at->col,
			     message);
	else
		n = asprintf(first, "%s: %s", at ? at->file : "kapctl", message);
	if (n < 0)
		abort();
}

static void print(enum kap_severity severity, const struct kap_place *at,
		  const char *message)
{
	fflush(stdout);
	fputs(at ? at->file : "kapctl", stderr);
	if (at && at->line)
		fprintf(stderr, ":%u:%u", at->line, at->col);
	fprintf(stderr, ": %s%s:%s %s\n",
		kap_color(stderr, severity ? KAP_YELLOW : KAP_RED),
		names[severity], kap_color(stderr, KAP_PLAIN), message);
	if (at && at->line && at->text)
		kap_caret_print(stderr, at);
}

static __attribute__((format(printf, 3, 0)))
void report(enum kap_severity severity, const struct kap_place *at,
	    const char *fmt, va_list args)
{
	char *message;

	if (vasprintf(&message, fmt, args) < 0)
		abort();
	if (state.strict)
		severity = KAP_ERROR;
	state.last = severity;
	if (state.held) {
		hold(severity, at, message);
	} else if (++state.count[severity] <= SHOWN_MAX) {
		if (state.json)
			keep(severity, at, message);
		print(severity, at, message);
	}
	free(message);
}

/**
 * kap_diag_report - say what is wrong with a line
 * @severity: error or warning
 * @at: where
 * @fmt: what, as for printf()
 */
void kap_diag_report(enum kap_severity severity, const struct kap_place *at,
		     const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	report(severity, at, fmt, args);
	va_end(args);
}

/**
 * kap_diag_error - say what is wrong, when no line is to blame
 * @fmt: what, as for printf()
 */
void kap_diag_error(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	report(KAP_ERROR, NULL, fmt, args);
	va_end(args);
}

/**
 * kap_diag_hint - say what can be done about the last error
 * @fmt: what, as for printf()
 */
void kap_diag_hint(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fputs("  ", stderr);
	vfprintf(stderr, fmt, args);
	fputc('\n', stderr);
	va_end(args);
}

/**
 * kap_diag_advise - say what can be done about the last error or warning
 * @label: "hint" or "try"; empty in front of a second line of the same
 * @text: what to know, or what to write
 */
void kap_diag_advise(const char *label, const char *text)
{
	json_t *last = json_array_get(state.list[state.last],
				      state.count[state.last] - 1);

	if (state.held || state.count[state.last] > SHOWN_MAX)
		return;
	if (*label && last)
		json_object_set_new(last, label, kap_json_string(text));
	fprintf(stderr, "  %s%s%s%s%*s%s\n", kap_color(stderr, KAP_GREEN),
		label, *label ? ":" : "", kap_color(stderr, KAP_PLAIN),
		*label ? 5 - (int)strlen(label) : 6, "", text);
}

/**
 * kap_diag_hold - keep to oneself what is reported from now on
 * @held: gets it; NULL to go back to reporting
 */
void kap_diag_hold(struct kap_held *held)
{
	state.held = held;
}

/**
 * kap_diag_errors - how many errors were reported
 *
 * Return: the number.
 */
unsigned int kap_diag_errors(void)
{
	return state.count[KAP_ERROR];
}

/**
 * kap_diag_warnings - how many warnings were reported
 *
 * Return: the number; 0 under --strict, where they are errors.
 */
unsigned int kap_diag_warnings(void)
{
	return state.count[KAP_WARNING];
}

/**
 * kap_diag_finish - say how much was left out
 */
void kap_diag_finish(void)
{
	int i;

	for (i = 0; i < 2; i++) {
		if (state.count[i] > SHOWN_MAX)
			fprintf(stderr, "kapctl: %s: %u more like these\n",
				names[i], state.count[i] - SHOWN_MAX);
	}
}

/**
 * kap_diag_to_json - add what was reported
 * @doc: gets "error", the first one, "errors" and "warnings", where there are
 *	any
 */
void kap_diag_to_json(json_t *doc)
{
	json_t *errors = state.list[KAP_ERROR];
	json_t *warnings = state.list[KAP_WARNING];

	if (errors) {
		json_object_set(doc, "error", json_array_get(errors, 0));
		json_object_set_new(doc, "errors", errors);
	}
	if (warnings)
		json_object_set_new(doc, "warnings", warnings);
	state.list[KAP_ERROR] = NULL;
	state.list[KAP_WARNING] = NULL;
}

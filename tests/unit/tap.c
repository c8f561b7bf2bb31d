// SPDX-License-Identifier: GPL-2.0
#include "tap.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static unsigned int planned, run, failed;

void tap_plan(unsigned int tests)
{
	planned = tests;
	/* a crash must not swallow what came before it */
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("TAP version 13\n1..%u\n", tests);
}

/* A name has no "#", which would start a directive, and only plain bytes. */
static void print_name(const char *fmt, va_list args)
{
	char text[512];
	char *s;

	vsnprintf(text, sizeof(text), fmt, args);
	for (s = text; *s; s++) {
		if (*s == '#')
			printf("\\#");
		else
			putchar(*s < ' ' || *s > '~' ? '.' : *s);
	}
}

bool tap_ok(bool ok, const char *fmt, ...)
{
	va_list args;

	failed += !ok;
	printf("%sok %u - ", ok ? "" : "not ", ++run);
	va_start(args, fmt);
	print_name(fmt, args);
	va_end(args);
	putchar('\n');
	return ok;
}

void tap_todo(const char *why, const char *fmt, ...)
{
	va_list args;

	printf("not ok %u - ", ++run);
	va_start(args, fmt);
	print_name(fmt, args);
	va_end(args);
	printf(" # TODO %s\n", why);
}

void tap_note(const char *fmt, ...)
{
	va_list args;

	printf("# ");
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
}

void tap_bail(const char *fmt, ...)
{
	va_list args;

	printf("Bail out! ");
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
	exit(2);
}

int tap_done(void)
{
	if (run != planned)
		tap_note("%u tests planned, %u run", planned, run);
	return failed || run != planned;
}

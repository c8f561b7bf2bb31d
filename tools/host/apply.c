// SPDX-License-Identifier: GPL-2.0
#include "host/apply.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/exit.h"

/* @front, and the texts behind it, each beginning on a line of its own. */
static char *join(const char *front, const struct kap_source *source, size_t n,
		  size_t *len)
{
	char *text, *plain, last = '\n';
	FILE *out = open_memstream(&text, len);
	size_t i, size;

	if (!out)
		abort();
	fputs(front, out);
	for (i = 0; i < n; i++) {
		if (last != '\n')
			fputc('\n', out);
		plain = kap_source_plain(&source[i], &size);
		fwrite(plain, 1, size, out);
		last = size ? plain[size - 1] : '\n';
		free(plain);
	}
	fclose(out);
	return text;
}

/* The text that line @number of all of them is in, or NULL. */
static const struct kap_source *locate(const struct kap_source *source,
				       size_t n, unsigned int number,
				       struct kap_line *line)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (kap_source_line(&source[i], number, line))
			return &source[i];
		number -= line->number;
	}
	return NULL;
}

static void report(const struct kap_source *source, size_t n,
		   const struct kap_refusal *r)
{
	const char *message = *r->message ? r->message : strerror(r->err);
	struct kap_place at = { .file = source->name };
	struct kap_span span = { r->col, r->end };
	const struct kap_source *in = NULL;
	struct kap_line line;

	/* ESTALE is about the whole transaction, not about one of its lines */
	if (r->err != ESTALE)
		in = locate(source, n, r->line, &line);
	if (in)
		kap_source_report(KAP_ERROR, in, &line,
				  kap_source_origin(in, &line, span), "%s",
				  message);
	else
		kap_diag_report(KAP_ERROR, n == 1 ? &at : NULL, "%s", message);
	if (r->err == ESTALE)
		kap_diag_hint("Nothing was changed here; try again.");
}

static unsigned int count_lines(const char *text)
{
	unsigned int n = 0;

	while ((text = strchr(text, '\n'))) {
		text++;
		n++;
	}
	return n;
}

static int change_rules(enum kap_change change, const char *front,
			const struct kap_source *source, size_t n)
{
	unsigned int head = count_lines(front);
	struct kap_refusal refusal;
	char *text;
	size_t len;
	bool ok;

	text = join(front, source, n, &len);
	ok = kap_sysfs_change(change, text, len, &refusal);
	free(text);
	if (ok)
		return KAP_EXIT_OK;
	refusal.line = refusal.line > head ? refusal.line - head : 0;
	if (refusal.err)
		report(source, n, &refusal);
	return KAP_EXIT_FAILED;
}

/**
 * kap_apply - change the rules
 * @change: KAP_CHANGE_ALL when @source replaces every rule
 * @source: texts of commands or rules, one change together
 * @n: how many texts
 *
 * Return: an enum kap_exit; when the module refuses, the reason is reported
 * at the place of @source it names.
 */
int kap_apply(enum kap_change change, const struct kap_source *source,
	      size_t n)
{
	return change_rules(change, "", source, n);
}

/**
 * kap_apply_behind - add rules, after other commands of the same change
 * @front: commands, one a line; or NULL
 * @source: the rules
 *
 * Return: as kap_apply().
 */
int kap_apply_behind(const char *front, const struct kap_source *source)
{
	return change_rules(KAP_CHANGE_SOME, front ? front : "", source, 1);
}

// SPDX-License-Identifier: GPL-2.0
/* Errors and numbers, for all parts of the parser. */
#include "rule/parser.h"

#include <linux/errno.h>
#include <linux/kernel.h>

/**
 * kap_parse_fail - report an error of the current line
 * @p: parser
 * @error: what is wrong
 * @s: first offending character
 * @end: behind the last; an empty stretch still marks one column
 *
 * Context: any.
 * Return: the errno value of @error, negative.
 */
int kap_parse_fail(struct kap_parser *p, enum kap_error error,
		   const char *s, const char *end)
{
	p->diag->error = error;
	p->diag->col = s - p->line + 1;
	p->diag->end = max(p->diag->col, (u32)(end - p->line));
	return kap_error_errno(error);
}

/**
 * kap_parse_digits - step over the digits at the start of a text
 * @t: the text
 * @out: their value; saturates
 *
 * Context: any.
 * Return: whether there was any digit.
 */
bool kap_parse_digits(struct kap_text *t, u64 *out)
{
	const char *start = t->s;
	u64 v = 0;

	for (; t->s < t->end && *t->s >= '0' && *t->s <= '9'; t->s++) {
		u64 digit = *t->s - '0';

		if (v > (U64_MAX - digit) / 10)
			v = U64_MAX;
		else
			v = v * 10 + digit;
	}
	*out = v;
	return t->s > start;
}

/**
 * kap_parse_number - read a whole decimal number
 * @p: parser
 * @v: its text
 * @min: smallest value allowed
 * @max: largest
 * @error: what to report outside of that
 * @out: the result
 *
 * Context: any.
 * Return: 0 or a negative errno value, reported.
 */
int kap_parse_number(struct kap_parser *p, struct kap_text v, u64 min, u64 max,
		     enum kap_error error, u64 *out)
{
	struct kap_text t = v;

	if (!kap_parse_digits(&t, out) || t.s != t.end)
		return kap_parse_fail_at(p, KAP_E_NUMBER, v);
	if (*out < min || *out > max)
		return kap_parse_fail_at(p, error, v);
	return 0;
}

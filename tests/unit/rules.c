// SPDX-License-Identifier: GPL-2.0
#include "rules.h"

#include "rule/format.h"
#include "tap.h"

/**
 * parse_bytes - parse a line that ends where its memory ends
 * @p: the result
 * @line: the line, need not be terminated
 * @len: its length
 *
 * A sanitizer sees any byte that is read behind the line.
 */
void parse_bytes(struct parsed *p, const char *line, size_t len)
{
	static struct kap_parser *parser;
	char *copy = malloc(len + !len);

	if (!parser)
		parser = kap_parser_alloc();
	if (!copy || !parser)
		tap_bail("out of memory");
	memcpy(copy, line, len);
	/* nothing may be left over from the last line */
	memset(&p->cmd, 0xa5, sizeof(p->cmd));
	memset(&p->diag, 0xa5, sizeof(p->diag));
	p->err = kap_parse_line(parser, copy, len, &p->cmd, &p->diag);
	free(copy);
}

/* A rule the test itself relies on; for kap_rule_put(). */
struct kap_rule *parse_rule_text(const char *line)
{
	struct parsed p;

	parse_bytes(&p, line, strlen(line));
	if (p.err)
		tap_bail("%s: %s at %u-%u", line,
			 kap_error_name(p.diag.error), p.diag.col, p.diag.end);
	if (p.cmd.op != KAP_OP_ADD)
		tap_bail("%s: no rule", line);
	return p.cmd.rule;
}

/**
 * check_refusal - is an error well formed?
 * @p: a refused line
 * @len: its length
 *
 * Return: what is wrong with it, or NULL.
 */
const char *check_refusal(const struct parsed *p, size_t len)
{
	if (p->diag.error <= KAP_E_NONE || p->diag.error >= KAP_E_NR)
		return "no such error";
	if (p->err != kap_error_errno(p->diag.error) || p->err >= 0)
		return "wrong errno";
	if (p->diag.error >= KAP_E_EXISTS && p->diag.error != KAP_E_MEMORY)
		return "not an error of the parser";
	if (!p->diag.col || p->diag.col > p->diag.end)
		return "columns out of order";
	if (p->diag.end > len && p->diag.error != KAP_E_EMPTY)
		return "columns behind the line";
	if (p->diag.end > len + 1 ||
	    (p->diag.error == KAP_E_EMPTY && p->diag.col != p->diag.end))
		return "columns behind the end of the line";
	if (p->cmd.rule)
		return "refused, but with a rule";
	return NULL;
}

static const char *check_again(const char *text, size_t len, const char *want)
{
	static char again[TEXT_MAX];
	struct parsed p;

	parse_bytes(&p, text, len);
	if (p.err)
		return kap_error_name(p.diag.error);
	if (p.cmd.op != KAP_OP_ADD)
		return "read back as another command";
	kap_format_rule(p.cmd.rule, again, sizeof(again));
	kap_rule_put(p.cmd.rule);
	return strcmp(again, want) ? "read back as another rule" : NULL;
}

/**
 * check_reads_back - does the text of a rule read back as the rule?
 * @rule: the rule
 *
 * Alone and as a line of the rules file, with the shortest id and the longest.
 *
 * Return: what is wrong with it, or NULL.
 */
const char *check_reads_back(struct kap_rule *rule)
{
	static char text[TEXT_MAX], line[TEXT_MAX], want[TEXT_MAX + 64];
	static const u64 ids[] = { 1, U64_MAX };
	const char *wrong;
	size_t len, i;

	len = kap_format_rule(rule, text, sizeof(text));
	if (len >= sizeof(text) || len != strlen(text))
		return "wrong length";
	wrong = check_again(text, len, text);
	for (i = 0; !wrong && i < ARRAY_SIZE(ids); i++) {
		rule->id = ids[i];
		len = kap_format_line(rule, line, sizeof(line));
		snprintf(want, sizeof(want), "add %s  # id=%llu\n", text,
			 ids[i]);
		if (strcmp(line, want) || len != strlen(line))
			return "wrong line";
		if (len >= KAP_FORMAT_MAX)
			return "line longer than KAP_FORMAT_MAX";
		wrong = check_again(line, len - 1, text);
	}
	return wrong;
}

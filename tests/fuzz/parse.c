// SPDX-License-Identifier: GPL-2.0
/*
 * One line: it is parsed, or refused with an error whose columns lie within
 * it; a rule reads back from its text as itself; a buffer too short for that
 * text is not overrun.
 */
#include "fuzz.h"
#include "rule/format.h"
#include "rules.h"

static void check_short(const struct kap_rule *rule, size_t at)
{
	char whole[KAP_FORMAT_MAX], *cut;
	size_t len = kap_format_line(rule, whole, sizeof(whole));

	at %= len + 1;
	/* its end is the end of the memory, so that ASan sees what is behind */
	cut = malloc(at + 1);
	if (!cut)
		abort();
	if (kap_format_line(rule, cut, at + 1) != len ||
	    memcmp(cut, whole, at) || cut[at])
		fail("cut at %zu: %s", at, whole);
	free(cut);
}

/* The words that begin and end a transaction are told from all else. */
static void check_bare(const struct parsed *p, const char *line, size_t len)
{
	enum kap_op op = kap_parse_bare(line, len);
	enum kap_op want = p->err ? KAP_OP_ADD : p->cmd.op;

	switch (want) {
	case KAP_OP_NONE:
	case KAP_OP_FLUSH:
	case KAP_OP_BEGIN:
	case KAP_OP_COMMIT:
	case KAP_OP_ABORT:
		break;
	default:
		want = KAP_OP_ADD;
	}
	if (op != want)
		fail("told to be %d, is %d", op, want);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	const char *wrong;
	struct parsed p;

	parse_bytes(&p, (const char *)data, size);
	check_bare(&p, (const char *)data, size);
	if (p.err) {
		wrong = check_refusal(&p, size);
		if (wrong)
			fail("%s: %s at %u-%u of %zu", wrong,
			     kap_error_name(p.diag.error), p.diag.col,
			     p.diag.end, size);
		return 0;
	}
	if (p.cmd.op == KAP_OP_NONE)
		return 0;
	if (!p.cmd.where.col || p.cmd.where.col > p.cmd.where.end ||
	    p.cmd.where.end > size)
		fail("command at %u-%u", p.cmd.where.col, p.cmd.where.end);
	if (p.cmd.op == KAP_OP_ADD ? !p.cmd.rule : !!p.cmd.rule)
		fail("operation %d with rule %p", p.cmd.op, p.cmd.rule);
	if (p.cmd.op != KAP_OP_ADD)
		return 0;
	wrong = check_reads_back(p.cmd.rule);
	if (wrong)
		fail("%s", wrong);
	check_short(p.cmd.rule, data[size / 2] * 16 + data[0]);
	kap_rule_put(p.cmd.rule);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Of any two rules of the vectors: they are the same if their texts are, and
 * the same have one hash. And what a line is told to be without parsing it.
 */
#include "rule/same.h"

#include "rule/format.h"
#include "rules.h"
#include "tap.h"
#include "vec.h"

#define RULES_MOST	1000

struct known {
	struct kap_rule *rule;
	char *text;
};

static struct known known[RULES_MOST];
static u32 n_known, bare_bad;

static enum kap_op slow_op(const struct parsed *p)
{
	if (p->err)
		return KAP_OP_ADD;
	switch (p->cmd.op) {
	case KAP_OP_NONE:
	case KAP_OP_FLUSH:
	case KAP_OP_BEGIN:
	case KAP_OP_COMMIT:
	case KAP_OP_ABORT:
		return p->cmd.op;
	default:
		return KAP_OP_ADD;
	}
}

static void test_bare(const char *line, size_t len)
{
	struct parsed p;

	parse_bytes(&p, line, len);
	kap_rule_put(p.err ? NULL : p.cmd.rule);
	if (kap_parse_bare(line, len) == slow_op(&p))
		return;
	tap_note("not what it is told to be: %.*s", (int)len, line);
	bare_bad++;
}

static char *text_of(const struct kap_rule *rule)
{
	size_t size = kap_format_rule(rule, NULL, 0) + 1;
	char *text = malloc(size);

	if (!text)
		tap_bail("out of memory");
	kap_format_rule(rule, text, size);
	return text;
}

static void test_file(const char *name, bool accepted)
{
	struct vec_file f;
	struct parsed p;
	size_t i, len;

	vec_read(&f, name);
	for (i = 0; i < f.n; i++) {
		char *text = f.v[i].text;

		if (accepted) {
			vec_split(text);
		} else {
			vec_word(&text);
			vec_word(&text);
		}
		len = vec_unescape(text);
		test_bare(text, len);
		parse_bytes(&p, text, len);
		if (p.err || p.cmd.op != KAP_OP_ADD || n_known == RULES_MOST)
			continue;
		known[n_known].rule = p.cmd.rule;
		known[n_known++].text = text_of(p.cmd.rule);
	}
	vec_free(&f);
}

static void test_same(void)
{
	u32 i, j, bad = 0, pairs = 0, collisions = 0;

	for (i = 0; i < n_known; i++) {
		for (j = 0; j < n_known; j++) {
			struct known *a = &known[i], *b = &known[j];
			bool same = !strcmp(a->text, b->text);
			bool hash = kap_rule_hash(a->rule) ==
				    kap_rule_hash(b->rule);

			bad += kap_rule_same(a->rule, b->rule) != same;
			bad += same && !hash;
			pairs += same && i != j;
			collisions += !same && hash;
		}
	}
	tap_ok(!bad, "%u rules, each with each", n_known);
	tap_ok(n_known > 100 && pairs, "some are the same");
	tap_ok(!collisions, "those that differ have different hashes");
}

int main(void)
{
	static const char * const lines[] = {
		"", " ", "#", " \t# flush", "begin", " begin\t", "commit#x",
		"abort # x", "flush", "flush x", "commit x # y", "begi", "begins",
		"commit\r", "begin\v", "# \x01", "commit # \x01", "commit \x01",
		"add", "add begin", "begin=1", "=begin", "del name=x",
	};
	u32 i;

	tap_plan(4);
	for (i = 0; i < ARRAY_SIZE(lines); i++)
		test_bare(lines[i], strlen(lines[i]));
	test_file("accept.txt", true);
	test_file("refuse.txt", false);
	tap_ok(!bare_bad, "lines are told from each other without parsing");
	test_same();
	while (n_known--) {
		kap_rule_put(known[n_known].rule);
		free(known[n_known].text);
	}
	return tap_done();
}

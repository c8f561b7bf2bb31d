// SPDX-License-Identifier: GPL-2.0
/*
 * A file given to kapctl check: read, reported on with its carets, warned of.
 * A rule said to be covered is: what matches it has a rule in front of it.
 */
#include "../../tools/base/diag.c"

#include "fuzz.h"
#include "index_sets.h"
#include "rule/match.h"
#include "rules/cover.h"
#include "rules/lint.h"
#include "rules/rules.h"

#define CONNS	32	/* near each rule that is covered, and its cover */

/* kapctl ends after one run. */
static void forget_diag(void)
{
	json_t *doc = json_object();

	kap_diag_finish();
	kap_diag_to_json(doc);
	json_decref(doc);
	memset(&state, 0, sizeof(state));
}

static void check_covered(const struct kap_entry *e, const struct kap_entry *by,
			  struct rnd *r)
{
	struct kap_rule *both[] = { e->rule, by->rule }, *rule = e->rule;
	struct rule_set set = { ARRAY_SIZE(both), both };
	char path[PATH_ROOM];
	struct kap_key key;
	u32 i;

	if (by->rule->prio > rule->prio ||
	    (by->rule->prio == rule->prio && by >= e))
		fail("line %u: covered by line %u, which comes later",
		     e->line.number, by->line.number);
	for (i = 0; i < ARRAY_SIZE(both); i++) {
		if (both[i]->cgroup && strlen(both[i]->cgroup) > PATH_ROOM / 2)
			return;
	}
	for (i = 0; i < CONNS; i++) {
		conn_random(&set, r, &key, path);
		if (kap_rule_matches(rule, &key) &&
		    !kap_rule_matches(by->rule, &key))
			fail("line %u: not covered by line %u", e->line.number,
			     by->line.number);
	}
}

static void check_cover(const struct kap_rules *rules)
{
	const struct kap_entry **by = kap_cover_find(rules);
	struct rnd r = rnd_from(rules->n);
	size_t i;

	for (i = 0; i < rules->n; i++) {
		if (by[i])
			check_covered(&rules->v[i], by[i], &r);
	}
	free(by);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct kap_source source = { .name = "fuzz.conf", .len = size };
	struct kap_rules rules = { 0 };
	bool ok;

	/* as kap_source_load() makes it */
	source.text = malloc(size + 1);
	if (!source.text)
		abort();
	memcpy(source.text, data, size);
	source.text[size] = '\0';
	if (size % 2)
		kap_diag_set_json();
	if (size % 3 == 2)
		kap_diag_set_strict();
	ok = kap_rules_parse(&rules, &source);
	if (ok == !!kap_diag_errors())
		fail("%u errors, returned %d", kap_diag_errors(), ok);
	ok &= kap_lint_rules(&rules);
	if (ok == !!kap_diag_errors())
		fail("%u errors, returned %d", kap_diag_errors(), ok);
	check_cover(&rules);
	kap_rules_free(&rules);
	kap_source_free(&source);
	forget_diag();
	return 0;
}

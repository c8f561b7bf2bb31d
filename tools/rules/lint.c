// SPDX-License-Identifier: GPL-2.0
#include "rules/lint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/cover.h"
#include "rules/lint_values.h"
#include "rules/rules.h"

static void report_covered(const struct kap_entry *e,
			   const struct kap_entry *by)
{
	char *name = kap_entry_name(by, e->source);

	kap_source_report(KAP_WARNING, e->source, &e->line, e->where,
			  "can never match: %s comes first and matches all that this rule does",
			  name);
	free(name);
}

/* A new rule that covers many rules in force is reported once. */
static void report_covering(const struct kap_entry *e, size_t n,
			    const struct kap_entry *by)
{
	char *name = kap_entry_name(e, by->source), more[48] = "";

	if (n > 1)
		snprintf(more, sizeof(more), " and %zu more rules", n - 1);
	kap_source_report(KAP_WARNING, by->source, &by->line, by->where,
			  "comes first and matches all that %s%s can match",
			  name, more);
	free(name);
}

/**
 * kap_lint_rules - warn of all there is to warn of
 * @rules: the rules; nothing is said of those in force among themselves
 *
 * Return: whether there is nothing, or nothing that is an error.
 */
bool kap_lint_rules(const struct kap_rules *rules)
{
	unsigned int before = kap_diag_errors();
	const struct kap_entry **by = kap_cover_find(rules);
	size_t i, first = 0, covered = 0;

	for (i = 0; i < rules->n; i++) {
		const struct kap_entry *e = &rules->v[i];

		if (!e->source->in_force) {
			kap_lint_values(e);
			if (by[i])
				report_covered(e, by[i]);
		} else if (by[i] && !by[i]->source->in_force && !covered++) {
			first = i;
		}
	}
	if (covered)
		report_covering(&rules->v[first], covered, by[first]);
	free(by);
	return kap_diag_errors() == before;
}

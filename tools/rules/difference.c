// SPDX-License-Identifier: GPL-2.0
#include "rules/difference.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "rule/format.h"
#include "rules/rules.h"

/**
 * kap_rule_text - canonical text of a rule
 * @rule: the rule
 *
 * Return: text to be freed.
 */
char *kap_rule_text(const struct kap_rule *rule)
{
	size_t size = kap_format_rule(rule, NULL, 0) + 1;
	char *text = kap_mem_alloc(size);

	kap_format_rule(rule, text, size);
	return text;
}

static int cmp_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static char **sorted_texts(const struct kap_rules *rules)
{
	char **text = kap_mem_alloc(rules->n * sizeof(*text));
	size_t i;

	for (i = 0; i < rules->n; i++)
		text[i] = kap_rule_text(rules->v[i].rule);
	qsort(text, rules->n, sizeof(*text), cmp_text);
	return text;
}

static void free_texts(char **text, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		free(text[i]);
	free(text);
}

/**
 * kap_difference_find - compare two sets of rules
 * @before: the earlier set
 * @after: the later set
 *
 * Return: what they have in common, and what not.
 */
struct kap_difference kap_difference_find(const struct kap_rules *before,
					  const struct kap_rules *after)
{
	char **old = sorted_texts(before), **new = sorted_texts(after);
	struct kap_difference d = { 0 };
	size_t i = 0, j = 0;

	while (i < before->n && j < after->n) {
		int cmp = strcmp(old[i], new[j]);

		d.same += !cmp;
		i += cmp <= 0;
		j += cmp >= 0;
	}
	d.gone = before->n - d.same;
	d.added = after->n - d.same;
	free_texts(old, before->n);
	free_texts(new, after->n);
	return d;
}

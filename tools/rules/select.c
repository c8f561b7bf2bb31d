// SPDX-License-Identifier: GPL-2.0
#include "rules/select.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "words/near.h"

static const char * const count_keys[KAP_SHOWN_NR] = {
#define X(id, text) [KAP_SHOWN_##id] = text,
	KAP_COUNTS(X)
#undef X
};

/* Every rule has its place in the matching order, so no two are equal. */
struct item {
	const struct kap_rule *rule;
	size_t place;
	u64 count;
};

static int cmp_place(const struct item *a, const struct item *b)
{
	return a->place < b->place ? -1 : a->place > b->place;
}

static int cmp_count(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return cmp_place(x, y);
}

static int cmp_id(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	return x->rule->id < y->rule->id ? -1 : x->rule->id > y->rule->id;
}

/* Those without a name come last. */
static int cmp_name(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	const char *n = x->rule->name, *m = y->rule->name;

	if (n && m)
		return strcmp(n, m);
	return n ? -1 : m ? 1 : cmp_place(x, y);
}

static int cmp_prio(const void *a, const void *b)
{
	return cmp_place(a, b);
}

static const struct {
	const char *key;
	int (*cmp)(const void *a, const void *b);
} orders[] = {
	{ "prio", cmp_prio },
	{ "id", cmp_id },
	{ "name", cmp_name },
};

/* The counter a key names, or -1. */
static int find_count(const char *key)
{
	int i;

	for (i = 0; i < KAP_SHOWN_NR; i++) {
		if (!strcmp(key, count_keys[i]))
			return i;
	}
	return -1;
}

static int (*find_order(const char *key))(const void *a, const void *b)
{
	size_t i;

	for (i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		if (!strcmp(key, orders[i].key))
			return orders[i].cmp;
	}
	return find_count(key) >= 0 ? cmp_count : NULL;
}

/**
 * kap_select_key - can rules be sorted by this?
 * @key: a word
 *
 * Return: whether it is one of KAP_SELECT_KEYS.
 */
bool kap_select_key(const char *key)
{
	return find_order(key);
}

/* "pg", "name=pg" or "id=4" */
static bool is_called(const struct kap_rule *rule, const char *which)
{
	if (!strncmp(which, "id=", 3))
		return rule->id == strtoull(which + 3, NULL, 10);
	if (!strncmp(which, "name=", 5))
		which += 5;
	return rule->name && !strcmp(rule->name, which);
}

static void report_unknown(const struct kap_rules *rules, const char *which)
{
	const char **names = kap_mem_alloc((rules->n + 1) * sizeof(*names));
	const char *meant;
	size_t i, n = 0;

	if (!strncmp(which, "id=", 3)) {
		kap_diag_error("no rule has %s", which);
	} else {
		if (!strncmp(which, "name=", 5))
			which += 5;
		for (i = 0; i < rules->n; i++) {
			if (rules->v[i].rule->name)
				names[n++] = rules->v[i].rule->name;
		}
		names[n] = NULL;
		meant = kap_near_find(which, names);
		kap_diag_error("no rule is called %s", which);
		if (!which[strspn(which, "0123456789")])
			kap_diag_hint("By its number: id=%s", which);
		else if (meant)
			kap_diag_hint("Did you mean %s?", meant);
	}
	free(names);
}

/**
 * kap_select - select rules
 * @s: the result; to be freed whatever comes back
 * @rules: the rules, in matching order
 * @which: NULL, or the name or the id of one
 * @key: NULL, or what to sort by, accepted by kap_select_key()
 * @unused: only those that have won no connection yet
 *
 * Return: whether the rule @which is there; if not, reported.
 */
bool kap_select(struct kap_selection *s, const struct kap_rules *rules,
		const char *which, const char *key, bool unused)
{
	int count = key ? find_count(key) : -1;
	struct item *item = kap_mem_alloc(rules->n * sizeof(*item));
	u64 counts[KAP_SHOWN_NR];
	size_t i;

	s->n = 0;
	s->rule = kap_mem_alloc(rules->n * sizeof(*s->rule));
	for (i = 0; i < rules->n; i++) {
		const struct kap_rule *rule = rules->v[i].rule;

		kap_rule_counts(rule, counts);
		if ((which && !is_called(rule, which)) ||
		    (unused && counts[KAP_SHOWN_MATCHED]))
			continue;
		item[s->n++] = (struct item){
			rule, i, count >= 0 ? counts[count] : 0,
		};
	}
	if (key)
		qsort(item, s->n, sizeof(*item), find_order(key));
	for (i = 0; i < s->n; i++)
		s->rule[i] = item[i].rule;
	free(item);
	if (which && !s->n && !unused)
		report_unknown(rules, which);
	return !which || s->n || unused;
}

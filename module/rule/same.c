// SPDX-License-Identifier: GPL-2.0
#include "rule/same.h"

#include <linux/string.h>

static bool same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static bool same_values(const struct kap_values *a, const struct kap_values *b)
{
	return a->user_timeout == b->user_timeout && a->idle == b->idle &&
	       a->intvl == b->intvl && a->cnt == b->cnt &&
	       a->keepalive == b->keepalive;
}

static bool same_ranges(const struct kap_range *a, const struct kap_range *b,
			u32 n)
{
	u32 i;

	for (i = 0; i < n; i++) {
		if (a[i].lo != b[i].lo || a[i].hi != b[i].hi)
			return false;
	}
	return true;
}

static bool same_prefixes(const struct kap_prefix *a,
			  const struct kap_prefix *b, u32 n)
{
	u32 i;

	for (i = 0; i < n; i++) {
		if (a[i].addr.hi != b[i].addr.hi ||
		    a[i].addr.lo != b[i].addr.lo || a[i].len != b[i].len ||
		    a[i].v4 != b[i].v4)
			return false;
	}
	return true;
}

/**
 * kap_rule_same - compare all of two rules that their text shows
 * @a: a rule
 * @b: a rule
 *
 * Context: any.
 * Return: whether both have the same canonical text.
 */
bool kap_rule_same(const struct kap_rule *a, const struct kap_rule *b)
{
	int i;

	if (a->prio != b->prio || a->fields != b->fields ||
	    a->opts != b->opts || a->mode != b->mode ||
	    a->auto_timeout != b->auto_timeout ||
	    !same_values(&a->values, &b->values))
		return false;
	for (i = 0; i < KAP_U32_FIELDS; i++) {
		if (a->n_ranges[i] != b->n_ranges[i] ||
		    !same_ranges(a->ranges[i], b->ranges[i], a->n_ranges[i]))
			return false;
	}
	for (i = 0; i < 2; i++) {
		if (a->n_addrs[i] != b->n_addrs[i] ||
		    !same_prefixes(a->addrs[i], b->addrs[i], a->n_addrs[i]))
			return false;
	}
	return same_text(a->name, b->name) && same_text(a->cgroup, b->cgroup);
}

static u32 hash_word(u32 hash, u32 word)
{
	hash = (hash ^ word) * 0x9e3779b1U;
	return hash ^ hash >> 15;
}

static u32 hash_text(u32 hash, const char *s)
{
	while (s && *s)
		hash = hash_word(hash, (unsigned char)*s++);
	return hash;
}

/**
 * kap_rule_hash - make a number of what a rule says
 * @rule: the rule
 *
 * Context: any.
 * Return: the number; equal for rules that are the same.
 */
u32 kap_rule_hash(const struct kap_rule *rule)
{
	const struct kap_values *v = &rule->values;
	u32 hash = hash_word(0, rule->prio), n;
	const struct kap_prefix *p;
	const struct kap_range *r;
	int i;

	hash = hash_word(hash, rule->opts << 16 | rule->mode << 8 |
			       rule->auto_timeout);
	hash = hash_word(hash, v->user_timeout);
	hash = hash_word(hash, v->idle << 16 | v->intvl);
	hash = hash_word(hash, v->keepalive << 8 | v->cnt);
	for (i = 0; i < KAP_U32_FIELDS; i++) {
		r = rule->ranges[i];
		hash = hash_word(hash, rule->n_ranges[i]);
		for (n = rule->n_ranges[i]; n--; r++)
			hash = hash_word(hash_word(hash, r->lo), r->hi);
	}
	for (i = 0; i < 2; i++) {
		p = rule->addrs[i];
		for (n = rule->n_addrs[i]; n--; p++) {
			hash = hash_word(hash, p->addr.lo);
			hash = hash_word(hash, p->addr.lo >> 32);
			hash = hash_word(hash, p->addr.hi);
			hash = hash_word(hash, p->addr.hi >> 32);
			hash = hash_word(hash, p->len << 1 | p->v4);
		}
	}
	return hash_text(hash_text(hash, rule->name), rule->cgroup);
}

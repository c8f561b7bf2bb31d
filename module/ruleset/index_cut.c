// SPDX-License-Identifier: GPL-2.0
#include "ruleset/index_cut.h"

#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>

#include "rule/addr.h"

/* Interval number @i of @rule in one half of @field; false behind the last. */
static bool rule_interval(const struct kap_rule *rule, u32 field, bool v6,
			  u32 *i, struct kap_addr *lo, struct kap_addr *hi)
{
	const struct kap_prefix *p;
	u32 n;

	lo->hi = 0;
	hi->hi = 0;
	if (field < KAP_U32_FIELDS) {
		if (v6 || *i == rule->n_ranges[field])
			return false;
		lo->lo = rule->ranges[field][*i].lo;
		hi->lo = rule->ranges[field][(*i)++].hi;
		return true;
	}
	p = rule->addrs[field - KAP_LADDR];
	n = rule->n_addrs[field - KAP_LADDR];
	while (*i < n && p[*i].v4 == v6)
		(*i)++;
	if (*i == n)
		return false;
	*lo = p[*i].addr;
	*hi = kap_prefix_last(&p[(*i)++]);
	return true;
}

/* The address after @a; false when there is none in its family or field. */
static bool addr_next(struct kap_addr *a, bool v6)
{
	if (!v6 && a->lo == U32_MAX)
		return false;
	if (!++a->lo)
		return ++a->hi;
	return true;
}

static int cmp_bound(const void *a, const void *b)
{
	return kap_addr_cmp(a, b);
}

static int plan_half(struct kap_half *half, struct kap_cut *c, bool v6,
		     struct kap_rule *const *rules, const u32 *list, u32 n)
{
	struct kap_addr lo, hi;
	u32 i, k, ends = 0;

	for (i = 0; i < n; i++) {
		for (k = 0; rule_interval(rules[list[i]], c->field, v6, &k,
					  &lo, &hi);)
			ends += 2;
	}
	if (!ends)
		return 0;
	c->own += ends / 2;
	half->bound = kvmalloc_array(ends + 1, sizeof(lo), GFP_KERNEL);
	if (!half->bound)
		return -ENOMEM;
	memset(half->bound, 0, sizeof(lo));
	ends = 1;
	for (i = 0; i < n; i++) {
		for (k = 0; rule_interval(rules[list[i]], c->field, v6, &k,
					  &lo, &hi);) {
			half->bound[ends++] = lo;
			if (addr_next(&hi, v6))
				half->bound[ends++] = hi;
		}
	}
	sort(half->bound, ends, sizeof(lo), cmp_bound, NULL);
	for (i = 1; i < ends; i++) {
		if (kap_addr_cmp(&half->bound[half->n], &half->bound[i]))
			half->bound[++half->n] = half->bound[i];
	}
	half->n++;
	cond_resched();
	return 0;
}

/* The interval @x lies in. */
static u32 find_bound(const struct kap_half *half, const struct kap_addr *x)
{
	u32 i = 0, n = half->n;

	while (n > 1) {
		if (kap_addr_cmp(&half->bound[i + n / 2], x) <= 0)
			i += n / 2;
		n -= n / 2;
	}
	return i;
}

/* Intervals of both halves a rule covers; 0 when it does not use the field. */
static u32 rule_span(const struct kap_cut *c, const struct kap_rule *rule)
{
	struct kap_addr lo, hi;
	u32 v6, i, span = 0;

	if (!(rule->fields & BIT(c->field)))
		return 0;
	for (v6 = 0; v6 < 2; v6++) {
		for (i = 0; rule_interval(rule, c->field, v6, &i, &lo, &hi);)
			span += find_bound(&c->half[v6], &hi) -
				find_bound(&c->half[v6], &lo) + 1;
	}
	return span;
}

/* Nothing else to check: whoever lies in its interval matches it. */
static bool is_closing(const struct kap_cut *c, const struct kap_rule *rule)
{
	return !(rule->fields & KAP_INDEXED_MASK & ~c->sure & ~BIT(c->field));
}

static bool goes_to_rest(const struct kap_cut *c, const struct kap_rule *rule,
			 u32 span)
{
	return !span || (span >= c->limit && !is_closing(c, rule));
}

/**
 * kap_cut_plan - how a list would be cut by a field, and what that is worth
 * @c: @field and @sure set, all else zero; for kap_cut_free() in any case
 * @rules: rules in matching order
 * @list: the places of the rules in question, ascending
 * @n: how many
 * @budget: copies of rules, and intervals, there may be at most
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int kap_cut_plan(struct kap_cut *c, struct kap_rule *const *rules,
		 const u32 *list, u32 n, u32 budget)
{
	u64 copies[33] = { 0 }, kept = 0;
	u32 i, order, intervals;

	c->span = kvmalloc_array(n, sizeof(*c->span), GFP_KERNEL);
	if (!c->span || plan_half(&c->half[0], c, false, rules, list, n) ||
	    plan_half(&c->half[1], c, true, rules, list, n))
		return -ENOMEM;
	for (i = 0; i < n; i++) {
		const struct kap_rule *rule = rules[list[i]];

		c->span[i] = rule_span(c, rule);
		if (!is_closing(c, rule))
			copies[fls(c->span[i])] += c->span[i];
	}
	/* four of each interval a rule has; what spans least goes first */
	for (order = 1; order < 32; order++) {
		if (kept + copies[order] > min(budget, 16 * c->own + KAP_CUT_FREE))
			break;
		kept += copies[order];
	}
	c->limit = BIT(order - 1);
	for (i = 0; i < n; i++)
		c->n_rest += goes_to_rest(c, rules[list[i]], c->span[i]);
	intervals = c->half[0].n + c->half[1].n;
	c->cost = c->n_rest + 1;
	if (intervals > budget)
		c->cost = n;
	else if (c->n_rest < n)
		c->cost += (u32)kept / intervals;	/* it is within the budget */
	return 0;
}

/* Next interval at or after @i that is not closed; halves the path to it. */
static u32 find_open(u32 *next, u32 i)
{
	while (next[i] != i) {
		next[i] = next[next[i]];
		i = next[i];
	}
	return i;
}

struct stroke {
	u32 interval;
	u32 place;
};

/* Paints one rule; counts only while @to is NULL. */
static u32 paint_rule(struct kap_cut *c, bool v6, const struct kap_rule *rule,
		      u32 place, u32 *next, struct stroke *to)
{
	const struct kap_half *half = &c->half[v6];
	bool closes = is_closing(c, rule);
	struct kap_addr lo, hi;
	u32 i, n = 0;

	for (i = 0; rule_interval(rule, c->field, v6, &i, &lo, &hi);) {
		u32 k = find_open(next, find_bound(half, &lo));
		u32 last = find_bound(half, &hi);

		for (; k <= last; k = find_open(next, k + 1)) {
			to[n].interval = k;
			to[n++].place = place;
			if (closes)
				next[k] = k + 1;
		}
	}
	return n;
}

/* Strokes come in matching order: counting them out keeps it. */
static int sort_strokes(struct kap_half *half, const struct stroke *stroke,
			u32 n)
{
	u32 i;

	half->start = kvcalloc(half->n + 2, sizeof(u32), GFP_KERNEL);
	half->list = kvmalloc_array(n + 1, sizeof(u32), GFP_KERNEL);
	if (!half->start || !half->list)
		return -ENOMEM;
	for (i = 0; i < n; i++)
		half->start[stroke[i].interval + 2]++;
	for (i = 2; i <= half->n; i++)
		half->start[i] += half->start[i - 1];
	for (i = 0; i < n; i++)
		half->list[half->start[stroke[i].interval + 1]++] =
			stroke[i].place;
	return 0;
}

static int paint_half(struct kap_cut *c, bool v6, struct kap_rule *const *rules,
		      const u32 *list, u32 n)
{
	struct kap_half *half = &c->half[v6];
	struct stroke *stroke;
	u64 room = half->n;
	u32 *next;
	u32 i, done = 0;
	int err = -ENOMEM;

	/* those that close paint each interval once at most, all together */
	for (i = 0; i < n; i++) {
		if (!goes_to_rest(c, rules[list[i]], c->span[i]) &&
		    !is_closing(c, rules[list[i]]))
			room += c->span[i];
	}
	next = kvmalloc_array(half->n + 1, sizeof(*next), GFP_KERNEL);
	stroke = kvmalloc_array(room, sizeof(*stroke), GFP_KERNEL);
	if (next && stroke) {
		for (i = 0; i <= half->n; i++)
			next[i] = i;
		for (i = 0; i < n; i++) {
			if (!goes_to_rest(c, rules[list[i]], c->span[i]))
				done += paint_rule(c, v6, rules[list[i]],
						   list[i], next,
						   stroke + done);
		}
		err = sort_strokes(half, stroke, done);
	}
	kvfree(stroke);
	kvfree(next);
	cond_resched();
	return err;
}

/**
 * kap_cut_paint - carry a plan out: which rules each interval is left with
 * @c: planned
 * @rules: as for the plan
 * @list: as for the plan
 * @n: as for the plan
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int kap_cut_paint(struct kap_cut *c, struct kap_rule *const *rules,
		  const u32 *list, u32 n)
{
	u32 v6, i, k = 0;

	c->rest = kvmalloc_array(c->n_rest + 1, sizeof(*c->rest), GFP_KERNEL);
	if (!c->rest)
		return -ENOMEM;
	for (i = 0; i < n; i++) {
		if (goes_to_rest(c, rules[list[i]], c->span[i]))
			c->rest[k++] = list[i];
	}
	for (v6 = 0; v6 < 2; v6++) {
		if (c->half[v6].n && paint_half(c, v6, rules, list, n))
			return -ENOMEM;
	}
	return 0;
}

/**
 * kap_cut_copies - places handed out by a cut
 * @c: painted
 *
 * Context: any.
 * Return: the sum of the lengths of all its lists, "rest" apart.
 */
u32 kap_cut_copies(const struct kap_cut *c)
{
	u32 v6, n = 0;

	for (v6 = 0; v6 < 2; v6++) {
		if (c->half[v6].n)
			n += c->half[v6].start[c->half[v6].n];
	}
	return n;
}

/**
 * kap_cut_free - free what a cut holds
 * @c: the cut, in any state
 *
 * Context: process, may sleep.
 */
void kap_cut_free(struct kap_cut *c)
{
	u32 v6;

	for (v6 = 0; v6 < 2; v6++) {
		kvfree(c->half[v6].bound);
		kvfree(c->half[v6].start);
		kvfree(c->half[v6].list);
	}
	kvfree(c->span);
	kvfree(c->rest);
	memset(c, 0, sizeof(*c));
}

// SPDX-License-Identifier: GPL-2.0
/* Lists of ranges and of address prefixes: read, sorted and merged. */
#include "rule/parse_list.h"

#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "rule/addr.h"
#include "rule/sort.h"

static struct kap_text next_element(struct kap_text *list)
{
	struct kap_text e = { list->s, list->s };

	while (e.end < list->end && *e.end != ',')
		e.end++;
	list->s = e.end;
	return e;
}

static int cmp_range(const void *a, const void *b)
{
	const struct kap_range *x = a, *y = b;

	return x->lo < y->lo ? -1 : x->lo > y->lo;
}

static int parse_range(struct kap_parser *p, struct kap_text e, u32 min,
		       u32 max, enum kap_error error, struct kap_range *r)
{
	struct kap_text t = e;
	u64 lo, hi;

	if (!kap_parse_digits(&t, &lo))
		return kap_parse_fail_at(p, KAP_E_NUMBER, e);
	hi = lo;
	if (t.s < t.end && *t.s == '-') {
		t.s++;
		if (!kap_parse_digits(&t, &hi))
			return kap_parse_fail_at(p, KAP_E_NUMBER, e);
	}
	if (t.s != t.end)
		return kap_parse_fail_at(p, KAP_E_NUMBER, e);
	if (lo < min || lo > max || hi < min || hi > max)
		return kap_parse_fail_at(p, error, e);
	if (hi < lo)
		return kap_parse_fail_at(p, KAP_E_REVERSED, e);
	r->lo = lo;
	r->hi = hi;
	return 0;
}

/* Sort the ranges and merge those that overlap. */
static void merge_ranges(struct kap_items *list, void *spare)
{
	struct kap_range *r = &list->v->range;
	u32 i, n = 0;

	/* pack the ranges: all items of this list are ranges */
	for (i = 0; i < list->n; i++)
		r[i] = list->v[i].range;
	kap_sort(r, spare, list->n, sizeof(*r), cmp_range);
	for (i = 1; i < list->n; i++) {
		if (r[i].lo <= r[n].hi)
			r[n].hi = max(r[n].hi, r[i].hi);
		else
			r[++n] = r[i];
	}
	list->n = n + 1;
}

static int cmp_prefix(const void *a, const void *b)
{
	const struct kap_prefix *x = a, *y = b;
	int order;

	if (x->v4 != y->v4)
		return x->v4 ? -1 : 1;
	order = kap_addr_cmp(&x->addr, &y->addr);
	/* the wider prefix first, so that those inside it follow */
	return order ? order : x->len - y->len;
}

/* Read the prefix length: up to 32 or 128, depending on the address. */
static int parse_prefix(struct kap_parser *p, struct kap_text e,
			struct kap_prefix *prefix)
{
	struct kap_text addr = { e.s, e.s };
	u64 len;

	memset(prefix, 0, sizeof(*prefix));
	while (addr.end < e.end && *addr.end != '/')
		addr.end++;
	if (!kap_addr_parse(addr.s, addr.end, &prefix->addr, &prefix->v4))
		return kap_parse_fail_at(p, KAP_E_ADDR, e);
	len = prefix->v4 ? 32 : 128;
	if (addr.end < e.end) {
		struct kap_text t = { addr.end + 1, e.end };

		if (!kap_parse_digits(&t, &len) || t.s != t.end)
			return kap_parse_fail_at(p, KAP_E_ADDR, e);
		if (len > (prefix->v4 ? 32 : 128))
			return kap_parse_fail_at(p, KAP_E_PREFIX, e);
	}
	/* make an IPv4-mapped prefix IPv4, because sockets are matched like that */
	if (!prefix->v4 && len >= 96 && !prefix->addr.hi &&
	    prefix->addr.lo >> 32 == 0xffff) {
		prefix->v4 = true;
		prefix->addr.lo &= 0xffffffffULL;
		len -= 96;
	}
	prefix->len = len;
	kap_prefix_mask(prefix);
	return 0;
}

/* Sort the prefixes and drop those that lie inside another one. */
static void merge_prefixes(struct kap_items *list, void *spare)
{
	struct kap_prefix *v = &list->v->prefix;
	struct kap_addr last;
	u32 i, n = 0;

	/* a small list is sorted without @spare */
	BUILD_BUG_ON(KAP_ITEMS_SMALL > KAP_SORT_RUN);
	BUILD_BUG_ON(sizeof(union kap_item) != sizeof(struct kap_prefix));
	kap_sort(v, spare, list->n, sizeof(*v), cmp_prefix);
	last = kap_prefix_last(&v[0]);
	for (i = 1; i < list->n; i++) {
		if (v[i].v4 == v[n].v4 && kap_addr_cmp(&v[i].addr, &last) <= 0)
			continue;
		v[++n] = v[i];
		last = kap_prefix_last(&v[n]);
	}
	list->n = n + 1;
}

/**
 * kap_parse_list - read a comma list of ports, uids or prefixes
 * @p: parser
 * @field: what it is a list of
 * @v: its text, not empty
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno value, reported.
 */
int kap_parse_list(struct kap_parser *p, enum kap_field field,
		   struct kap_text v)
{
	struct kap_items *list = &p->list[field];
	int err;

	list->v = &p->item[p->used];
	list->n = 0;
	for (;; v.s++) {
		struct kap_text e = next_element(&v);
		union kap_item *item = &list->v[list->n];

		if (e.s == e.end)
			return kap_parse_fail_at(p, KAP_E_EMPTY, e);
		if (field >= KAP_U32_FIELDS)
			err = parse_prefix(p, e, &item->prefix);
		else if (field == KAP_UID)
			err = parse_range(p, e, 0, KAP_UID_MAX, KAP_E_UID,
					  &item->range);
		else
			err = parse_range(p, e, 1, KAP_PORT_MAX, KAP_E_PORT,
					  &item->range);
		if (err)
			return err;
		if (++list->n % KAP_SORT_RUN == 0)
			cond_resched();
		if (v.s == v.end)
			break;
	}
	p->used += list->n;
	p->rule.fields |= BIT(field);
	if (field >= KAP_U32_FIELDS)
		merge_prefixes(list, p->spare);
	else
		merge_ranges(list, p->spare);
	return 0;
}

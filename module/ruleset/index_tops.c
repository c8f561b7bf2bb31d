// SPDX-License-Identifier: GPL-2.0
/*
 * The trees a search begins with: at most one for each field.
 *
 * Every rule goes to the tree of the field it is narrowest in, measured by the
 * part of all intervals of the field that it covers. So there are few copies,
 * and a connection that has been looked up in each tree has few rules left to
 * be compared with. A field that is best for few rules is not worth a search.
 */
#include "ruleset/index_build.h"

#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>

#define WORTHY		64	/* one rule of so many makes a field worth a tree */
#define NO_FIELD	KAP_INDEXED_FIELDS

/**
 * struct tops - trees in the making
 * @b: build
 * @all: the rules
 * @width: for each field that any uses, how much of it each rule covers:
 *	0 if it does not look at it, 65535 for all
 * @ports: the table of ports.c does for all of them
 * @field: which tree each rule goes to
 * @list: rules of one tree
 * @left: rules that no tree wanted
 * @n_left: how many
 */
struct tops {
	struct kap_build b;
	struct kap_branch all;
	u16 *width[KAP_INDEXED_FIELDS];
	bool ports;
	u8 *field;
	u32 *list;
	u32 *left;
	u32 n_left;
};

static int measure_field(struct tops *t, u32 field)
{
	struct kap_cut c = { .field = field };
	u32 i, intervals;
	int err;

	t->width[field] = kvmalloc_array(t->all.n, sizeof(u16), GFP_KERNEL);
	if (!t->width[field])
		return -ENOMEM;
	err = kap_cut_plan(&c, t->b.ix->rules, t->all.list, t->all.n,
			   t->b.budget);
	intervals = c.half[0].n + c.half[1].n;
	for (i = 0; !err && i < t->all.n; i++)
		t->width[field][i] = div_u64((u64)c.span[i] * U16_MAX +
					     intervals - 1, intervals);
	if (field == KAP_PORT)
		t->ports = !err && !c.n_rest;
	kap_cut_free(&c);
	return err;
}

/* The field a rule is narrowest in, of those allowed. */
static u32 narrowest(const struct tops *t, u32 i, u32 allowed)
{
	u32 best = NO_FIELD, f;

	allowed &= t->b.ix->rules[t->all.list[i]]->fields;
	for (; allowed; allowed &= allowed - 1) {
		f = __ffs(allowed);
		if (best == NO_FIELD || t->width[f][i] < t->width[best][i])
			best = f;
	}
	return best;
}

/* Gives every rule its field; returns those in use. */
static u32 assign_fields(struct tops *t)
{
	u32 count[KAP_INDEXED_FIELDS + 1] = { 0 };
	u32 i, f, worthy = 0, used = 0;

	for (i = 0; i < t->all.n; i++)
		count[narrowest(t, i, KAP_INDEXED_MASK)]++;
	for (f = 0; f < KAP_INDEXED_FIELDS; f++) {
		if (count[f] > t->all.n / WORTHY)
			worthy |= BIT(f);
	}
	for (i = 0; i < t->all.n; i++) {
		f = narrowest(t, i, worthy);
		if (f == NO_FIELD)
			f = narrowest(t, i, KAP_INDEXED_MASK);
		t->field[i] = f;
		used |= BIT(f);
	}
	return used & KAP_INDEXED_MASK;
}

static void add_top(struct kap_tops *tops, u32 ref)
{
	if (ref != KAP_REF_NONE)
		tops->many[tops->n++] = ref;
}

/* The tree of one field; what would make too many copies is left. */
static int build_top(struct tops *t, const struct kap_branch *br, u32 field)
{
	struct kap_index *ix = t->b.ix;
	struct kap_cut c = { .field = field };
	u32 ref[2] = { KAP_REF_NONE, KAP_REF_NONE }, i;
	int err;

	err = kap_cut_plan(&c, ix->rules, br->list, br->n, t->b.budget);
	if (!err && c.n_rest < br->n) {
		err = kap_branch_cut(&t->b, br, &c, ref);
	} else if (!err) {
		/* nothing to cut */
		c.n_rest = 0;
		for (i = 0; i < br->n; i++)
			t->left[t->n_left++] = br->list[i];
	}
	if (!err) {
		add_top(&ix->tops[true], ref[0]);
		if (field < KAP_LADDR)
			add_top(&ix->tops[false], ref[0]);
		else if (ref[1] != KAP_REF_NONE)
			ix->six[ix->n_six++] = ref[1];
	}
	for (i = 0; !err && i < c.n_rest; i++)
		t->left[t->n_left++] = c.rest[i];
	kap_cut_free(&c);
	return err;
}

/* Of all rules that have this field; a budget in proportion to them. */
static int build_field(struct tops *t, u32 field)
{
	struct kap_branch br = { .list = t->list, .level = KAP_TOP };
	u32 all = t->b.budget, share, i;
	int err;

	if (t->ports)
		br.level = KAP_PAGES;
	for (i = 0; i < t->all.n; i++) {
		if (t->field[i] == field)
			t->list[br.n++] = t->all.list[i];
	}
	share = div_u64((u64)all * br.n, t->all.n);
	t->b.budget = share;
	err = build_top(t, &br, field);
	t->b.budget += all - share;
	return err;
}

static int cmp_place(const void *a, const void *b)
{
	u32 x = *(const u32 *)a, y = *(const u32 *)b;

	return x < y ? -1 : x > y;
}

/* What no tree wanted, and rules that match everything. */
static int build_left(struct tops *t)
{
	struct kap_branch br = { .list = t->left };
	u32 i;

	for (i = 0; i < t->all.n; i++) {
		if (t->field[i] == NO_FIELD)
			t->left[t->n_left++] = t->all.list[i];
	}
	sort(t->left, t->n_left, sizeof(*t->left), cmp_place, NULL);
	br.n = t->n_left;
	return kap_branch_build(&t->b, &br, &t->b.ix->left);
}

static int build_tops(struct tops *t)
{
	u32 used = 0, fields, i, f;
	int err = 0;

	for (i = 0; i < t->all.n; i++)
		used |= t->b.ix->rules[t->all.list[i]]->fields;
	used &= KAP_INDEXED_MASK;
	for (fields = used; fields && !err; fields &= fields - 1)
		err = measure_field(t, __ffs(fields));
	if (err)
		return err;
	if (t->ports) {
		memset(t->field, KAP_PORT, t->all.n);
		used = BIT(KAP_PORT);
	} else {
		used = assign_fields(t);
	}
	for (fields = used; fields && !err; fields &= fields - 1) {
		f = __ffs(fields);
		err = build_field(t, f);
	}
	return err ? err : build_left(t);
}

/**
 * kap_tops_build - build the trees of rules without cgroup=
 * @ix: index
 * @list: their places in matching order
 * @n: how many
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int kap_tops_build(struct kap_index *ix, const u32 *list, u32 n)
{
	struct tops t = {
		.b = { .ix = ix },
		.all = { .list = list, .n = n },
	};
	u32 f;
	int err = -ENOMEM;

	kap_branch_trim(ix, &t.all);
	if (!t.all.n)
		return 0;
	t.b.budget = kap_branch_budget(ix, list, t.all.n);
	t.field = kvmalloc_array(t.all.n, sizeof(*t.field), GFP_KERNEL);
	t.list = kvmalloc_array(t.all.n, sizeof(*t.list), GFP_KERNEL);
	t.left = kvmalloc_array(t.all.n, sizeof(*t.left), GFP_KERNEL);
	if (t.field && t.list && t.left)
		err = build_tops(&t);
	kvfree(t.left);
	kvfree(t.list);
	kvfree(t.field);
	for (f = 0; f < KAP_INDEXED_FIELDS; f++)
		kvfree(t.width[f]);
	return err;
}

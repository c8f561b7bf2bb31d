// SPDX-License-Identifier: GPL-2.0
/* Builds and frees an index: its trees, and which of them each pattern has. */
#include "ruleset/index.h"
#include "ruleset/index_build.h"

#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/string.h>

struct by_pattern {
	const char *text;
	u32 place;
};

static int cmp_pattern(const void *a, const void *b)
{
	const struct by_pattern *x = a, *y = b;
	int order = strcmp(x->text, y->text);

	if (order)
		return order;
	return x->place < y->place ? -1 : x->place > y->place;
}

static int build_pattern(struct kap_index *ix, const u32 *list, u32 n, u32 *ref)
{
	struct kap_build b = {
		.ix = ix,
		.budget = kap_branch_budget(ix, list, n),
	};
	struct kap_branch all = { .list = list, .n = n };

	return kap_branch_build(&b, &all, ref);
}

/* One tree for each distinct pattern of by[0..n), which is sorted. */
static int build_patterns(struct kap_index *ix, const struct by_pattern *by,
			  u32 n, u32 *places)
{
	u32 i, end, k = 0, distinct = 0;
	int err;

	for (i = 0; i < n; i++)
		distinct += !i || strcmp(by[i - 1].text, by[i].text);
	ix->pattern = kvmalloc_array(distinct, sizeof(*ix->pattern), GFP_KERNEL);
	ix->text = kvmalloc_array(distinct, sizeof(*ix->text), GFP_KERNEL);
	if (!ix->pattern || !ix->text)
		return -ENOMEM;
	for (i = 0; i < n; i = end) {
		for (end = i; end < n && !strcmp(by[i].text, by[end].text); end++)
			places[end - i] = by[end].place;
		err = build_pattern(ix, places, end - i, &ix->pattern[k]);
		if (err)
			return err;
		ix->text[k++] = by[i].text;
	}
	ix->n_patterns = distinct;
	ix->patterns = kap_patterns_build(ix->text, distinct);
	return ix->patterns ? 0 : -ENOMEM;
}

static int build_all(struct kap_index *ix, u32 *places, struct by_pattern *by)
{
	u32 n_any = 0, n_by = 0, i;
	int err;

	for (i = 0; i < ix->n; i++) {
		if (ix->rules[i]->cgroup) {
			by[n_by].text = ix->rules[i]->cgroup;
			by[n_by++].place = i;
		} else {
			places[n_any++] = i;
		}
	}
	err = kap_node_none(ix);
	if (!err)
		err = kap_tops_build(ix, places, n_any);
	if (!err && n_by) {
		sort(by, n_by, sizeof(*by), cmp_pattern, NULL);
		err = build_patterns(ix, by, n_by, places);
	}
	if (!err)
		err = kap_vec_trim(&ix->word);
	return err ? err : kap_vec_trim(&ix->cut6);
}

/**
 * kap_index_build - index rules
 * @rules: in matching order; array and rules must outlive the index
 * @n: how many
 *
 * Context: process, may sleep.
 * Return: for kap_index_free(), or NULL when out of memory.
 */
struct kap_index *kap_index_build(struct kap_rule *const *rules, u32 n)
{
	struct kap_index *ix = kvzalloc(sizeof(*ix), GFP_KERNEL);
	u32 *places = kvmalloc_array(n + 1, sizeof(*places), GFP_KERNEL);
	struct by_pattern *by = kvmalloc_array(n + 1, sizeof(*by), GFP_KERNEL);
	int err = -ENOMEM;

	if (ix && places && by) {
		ix->rules = rules;
		ix->n = n;
		ix->word.size = sizeof(u32);
		ix->cut6.size = sizeof(struct kap_addr);
		err = build_all(ix, places, by);
	}
	kvfree(by);
	kvfree(places);
	if (!err)
		return ix;
	kap_index_free(ix);
	return NULL;
}

/**
 * kap_index_free - free an index
 * @ix: index or NULL; nobody looks at it any more
 *
 * Context: process, may sleep.
 */
void kap_index_free(struct kap_index *ix)
{
	if (!ix)
		return;
	kap_patterns_free(ix->patterns);
	kap_ports_free(ix->ports);
	kvfree(ix->pattern);
	kvfree(ix->text);
	kvfree(ix->word.v);
	kvfree(ix->cut6.v);
	kvfree(ix);
}

/**
 * kap_index_bytes - memory taken
 * @ix: index
 *
 * Context: any.
 * Return: bytes.
 */
size_t kap_index_bytes(const struct kap_index *ix)
{
	size_t bytes = sizeof(*ix);

	bytes += (size_t)ix->word.room * ix->word.size;
	bytes += (size_t)ix->cut6.room * ix->cut6.size;
	bytes += ix->n_patterns * (sizeof(*ix->pattern) + sizeof(*ix->text));
	return bytes + (ix->patterns ? kap_patterns_bytes(ix->patterns) : 0);
}

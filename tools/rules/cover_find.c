// SPDX-License-Identifier: GPL-2.0
/*
 * Finds the rules that an earlier one covers, in sets of any size.
 *
 * What covers a rule must in each of its fields hold the first value that the
 * other rule has there. So each rule is filed under the elements of one field,
 * the one whose elements fewest rules share, and a rule looks up its own first
 * value in every field. Elements that cannot be looked up like that (ranges,
 * patterns) leave a rule on a list everybody looks through.
 */
#include "rules/cover.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "rule/addr.h"
#include "rules/rules.h"

/* A second or so. In large sets of such rules, some warnings may be missing. */
#define MAX_COMPARISONS	(16 * 1000 * 1000UL)

#define NONE		((u32)-1)

/* The rules filed under one element; two elements in one slot do no harm. */
struct slot {
	u64 hash;
	u32 shared;	/* how many rules have this element */
	u32 first;	/* link, of the first rule in the matching order */
	u32 last;
};

struct link {
	u32 rule;	/* place in the matching order */
	u32 next;
};

struct finder {
	struct kap_entry **order;
	size_t n;
	struct slot *slot;
	size_t mask;
	struct link *link;
	size_t n_links, room_links;
	u32 *loose;	/* rules filed nowhere */
	size_t n_loose, room_loose;
	unsigned long budget;	/* comparisons left for the rule in hand */
	bool len[2][2][129];	/* prefix lengths met: field, IPv4, length */
	u64 key[U16_MAX];	/* n_ranges and n_addrs are u16 */
};

static u64 mix(u64 hash, u64 x)
{
	hash = (hash ^ x) * 0x9e3779b97f4a7c15ULL;
	return hash ^ hash >> 29;
}

static u64 hash_u32(enum kap_field f, u32 x)
{
	return mix(mix(0, f), x);
}

static u64 hash_prefix(enum kap_field f, const struct kap_prefix *p)
{
	return mix(mix(mix(mix(0, f), p->len * 2 + p->v4), p->addr.hi),
		   p->addr.lo);
}

static u64 hash_path(const char *s, size_t len)
{
	u64 hash = mix(0, KAP_CGROUP);

	while (len--)
		hash = mix(hash, (unsigned char)*s++);
	return hash;
}

/* The slot of a hash; a new one when there is none. */
static struct slot *slot_of(struct finder *f, u64 hash)
{
	size_t i = hash & f->mask;

	while (f->slot[i].shared && f->slot[i].hash != hash)
		i = (i + 1) & f->mask;
	if (!f->slot[i].shared) {
		f->slot[i].hash = hash;
		f->slot[i].first = NONE;
	}
	return &f->slot[i];
}

/* The elements of a field as f->key[]; 0 where they cannot be looked up. */
static u32 keys_of(struct finder *f, const struct kap_rule *r,
		   enum kap_field field)
{
	u32 i, n = 0;

	if (!(r->fields & BIT(field)))
		return 0;
	if (field == KAP_CGROUP) {
		if (strpbrk(r->cgroup, "*?"))
			return 0;
		f->key[n++] = hash_path(r->cgroup, strlen(r->cgroup));
	} else if (field >= KAP_U32_FIELDS) {
		const struct kap_prefix *p = r->addrs[field - KAP_LADDR];

		for (; n < r->n_addrs[field - KAP_LADDR]; n++) {
			f->len[field - KAP_LADDR][p[n].v4][p[n].len] = true;
			f->key[n] = hash_prefix(field, &p[n]);
		}
	} else {
		for (i = 0; i < r->n_ranges[field]; i++) {
			if (r->ranges[field][i].lo != r->ranges[field][i].hi)
				return 0;
			f->key[n++] = hash_u32(field, r->ranges[field][i].lo);
		}
	}
	return n;
}

/* How many rules each element has, to know the rare ones. */
static void count_elements(struct finder *f)
{
	enum kap_field field;
	size_t i;
	u32 n;

	for (i = 0; i < f->n; i++) {
		for (field = 0; field < KAP_FIELDS; field++) {
			n = keys_of(f, f->order[i]->rule, field);
			while (n--)
				slot_of(f, f->key[n])->shared++;
		}
	}
}

static size_t total_elements(const struct finder *f)
{
	size_t i, field, total = 0;

	for (i = 0; i < f->n; i++) {
		const struct kap_rule *r = f->order[i]->rule;

		for (field = 0; field < KAP_U32_FIELDS; field++)
			total += r->n_ranges[field];
		total += r->n_addrs[0] + r->n_addrs[1] + !!r->cgroup;
	}
	return total;
}

/*
 * Keeps the rule at @rule in *@found when it covers @r. Returns whether those
 * that come after it are still of interest.
 */
static bool compare(struct finder *f, u32 rule, const struct kap_rule *r,
		    u32 *found)
{
	if (rule >= *found || !f->budget)
		return false;
	f->budget--;
	if (!kap_cover_rule(f->order[rule]->rule, r))
		return true;
	*found = rule;
	return false;
}

static void file_under(struct finder *f, u32 rule, u64 hash)
{
	struct slot *slot = slot_of(f, hash);

	f->link = kap_mem_grow(f->link, f->n_links, &f->room_links,
			       sizeof(*f->link));
	f->link[f->n_links].rule = rule;
	f->link[f->n_links].next = NONE;
	if (slot->first == NONE)
		slot->first = f->n_links;
	else
		f->link[slot->last].next = f->n_links;
	slot->last = f->n_links++;
}

static void file_rule(struct finder *f, u32 rule)
{
	const struct kap_rule *r = f->order[rule]->rule;
	enum kap_field field, best = KAP_FIELDS;
	u32 n, shared, least = NONE;

	for (field = 0; field < KAP_FIELDS; field++) {
		n = keys_of(f, r, field);
		if (!n)
			continue;
		for (shared = 0; n--;)
			shared = max(shared, slot_of(f, f->key[n])->shared);
		if (shared < least) {
			least = shared;
			best = field;
		}
	}
	if (best == KAP_FIELDS) {
		f->loose = kap_mem_grow(f->loose, f->n_loose, &f->room_loose,
					sizeof(*f->loose));
		f->loose[f->n_loose++] = rule;
		return;
	}
	for (n = keys_of(f, r, best); n--;)
		file_under(f, rule, f->key[n]);
}

/* The first of *@found and the rules filed under @hash that covers @r. */
static void look_up(struct finder *f, u64 hash, const struct kap_rule *r,
		    u32 *found)
{
	u32 i;

	for (i = slot_of(f, hash)->first; i != NONE; i = f->link[i].next) {
		if (!compare(f, f->link[i].rule, r, found))
			break;
	}
}

/* Several narrow prefixes may cover a wide one: any length is of interest. */
static void look_up_prefixes(struct finder *f, enum kap_field field,
			     const struct kap_rule *r, u32 *found)
{
	struct kap_prefix first = *kap_cover_prefixes(r, field).v, p;
	int len, max = first.v4 ? 32 : 128;

	for (len = 0; len <= max; len++) {
		if (!f->len[field - KAP_LADDR][first.v4][len])
			continue;
		p = first;
		p.len = len;
		kap_prefix_mask(&p);
		look_up(f, hash_prefix(field, &p), r, found);
	}
}

/* The path of @r and those above it. */
static void look_up_paths(struct finder *f, const struct kap_rule *r,
			  u32 *found)
{
	size_t len = kap_cover_path(r->cgroup);

	look_up(f, hash_path("/", 1), r, found);
	for (; len > 1; len--) {
		if (r->cgroup[len] == '/' || !r->cgroup[len])
			look_up(f, hash_path(r->cgroup, len), r, found);
	}
}

static void look_through_loose(struct finder *f, const struct kap_rule *r,
			       u32 *found)
{
	size_t i;

	for (i = 0; i < f->n_loose; i++) {
		if (!compare(f, f->loose[i], r, found))
			break;
	}
}

/* The first rule filed that covers @r, or NONE. */
static u32 find_cover(struct finder *f, const struct kap_rule *r)
{
	struct kap_ranges list[2];
	enum kap_field field;
	u32 n, found = NONE;

	for (field = 0; field < KAP_U32_FIELDS; field++) {
		for (n = kap_cover_ranges(r, field, list); n--;)
			look_up(f, hash_u32(field, list[n].v->lo), r, &found);
	}
	for (; field < KAP_INDEXED_FIELDS; field++)
		look_up_prefixes(f, field, r, &found);
	if (r->cgroup)
		look_up_paths(f, r, &found);
	look_through_loose(f, r, &found);
	return found;
}

/**
 * kap_cover_find - find the rules that can never match
 * @rules: the rules
 *
 * Return: for each of @rules->v the first rule that comes before it and covers
 * it, or NULL; an array to be freed.
 */
const struct kap_entry **kap_cover_find(const struct kap_rules *rules)
{
	const struct kap_entry **by = kap_mem_alloc(rules->n * sizeof(*by));
	struct finder *f = kap_mem_alloc(sizeof(*f));
	size_t slots = 64;
	u32 i, found;

	f->order = kap_rules_order(rules);
	f->n = rules->n;
	while (slots < 2 * total_elements(f))
		slots *= 2;
	f->slot = kap_mem_alloc(slots * sizeof(*f->slot));
	f->mask = slots - 1;
	count_elements(f);
	for (i = 0; i < f->n; i++) {
		f->budget = MAX_COMPARISONS / f->n + 1;
		found = find_cover(f, f->order[i]->rule);
		/* what is covered covers nothing that its cover does not */
		if (found == NONE)
			file_rule(f, i);
		else
			by[f->order[i] - rules->v] = f->order[found];
	}
	free(f->slot);
	free(f->link);
	free(f->loose);
	free(f->order);
	free(f);
	return by;
}

// SPDX-License-Identifier: GPL-2.0
#include "rules/cover.h"

#include <string.h>

#include "rule/addr.h"
#include "rule/match.h"

/* Is each of @b within the union of @a? Both are sorted. */
static bool ranges_cover(struct kap_ranges a, struct kap_ranges b)
{
	u32 i, j = 0;

	for (i = 0; i < b.n; i++) {
		u64 next = b.v[i].lo;	/* the first that is not yet covered */

		while (j < a.n && a.v[j].hi < next)
			j++;
		while (j < a.n && a.v[j].lo <= next &&
		       a.v[j].hi < b.v[i].hi)
			next = a.v[j++].hi + 1ULL;
		if (j == a.n || a.v[j].lo > next)
			return false;
	}
	return true;
}

static struct kap_addr addr_after(struct kap_addr addr)
{
	if (!++addr.lo)
		addr.hi++;
	return addr;
}

/* The same for prefixes; IPv4 is sorted before IPv6. */
static bool prefixes_cover(struct kap_prefixes a, struct kap_prefixes b)
{
	u32 i, j = 0;

	for (i = 0; i < b.n; i++) {
		struct kap_addr next = b.v[i].addr;
		struct kap_addr end = kap_prefix_last(&b.v[i]);

		for (; j < a.n; j++) {
			struct kap_addr last = kap_prefix_last(&a.v[j]);

			if (a.v[j].v4 != b.v[i].v4) {
				if (!a.v[j].v4)
					return false;
				continue;
			}
			if (kap_addr_cmp(&a.v[j].addr, &next) > 0)
				return false;
			if (kap_addr_cmp(&last, &end) >= 0)
				break;
			if (kap_addr_cmp(&last, &next) >= 0)
				next = addr_after(last);
		}
		if (j == a.n)
			return false;
	}
	return true;
}

/**
 * kap_cover_ranges - the lists that bound a field of all that a rule matches
 * @rule: the rule
 * @field: KAP_PORT .. KAP_DIR
 * @list: the lists: each alone is a bound. Where the direction is known, the
 *	service port is one of the two other ports and has its bound as well.
 *
 * Return: how many; 0 when the field can have any value.
 */
u32 kap_cover_ranges(const struct kap_rule *rule, enum kap_field field,
		     struct kap_ranges list[2])
{
	enum kap_field service = rule->dir == KAP_OUT ? KAP_RPORT : KAP_LPORT;
	enum kap_field from[2] = { field, KAP_FIELDS };
	u32 i, n = 0;

	if (rule->dir && field == KAP_PORT)
		from[1] = service;
	else if (rule->dir && field == service)
		from[1] = KAP_PORT;
	for (i = 0; i < 2; i++) {
		if (!(rule->fields & BIT(from[i])))
			continue;
		list[n].v = rule->ranges[from[i]];
		list[n++].n = rule->n_ranges[from[i]];
	}
	return n;
}

/**
 * kap_cover_prefixes - the list that bounds an address of all a rule matches
 * @rule: the rule
 * @field: KAP_LADDR or KAP_RADDR
 *
 * Return: the list; of all addresses when the rule has none.
 */
struct kap_prefixes kap_cover_prefixes(const struct kap_rule *rule,
				       enum kap_field field)
{
	static const struct kap_prefix all[] = { { .v4 = true }, { .v4 = false } };
	struct kap_prefixes list = { all, ARRAY_SIZE(all) };

	if (rule->fields & BIT(field)) {
		list.v = rule->addrs[field - KAP_LADDR];
		list.n = rule->n_addrs[field - KAP_LADDR];
	}
	return list;
}

/**
 * kap_cover_path - the part of a cgroup pattern before its first "**"
 * @pattern: the pattern
 *
 * What the whole pattern matches lies below a match of this part.
 *
 * Return: its length, without a slash at the end unless it is "/".
 */
size_t kap_cover_path(const char *pattern)
{
	const char *stars = strstr(pattern, "/**");

	if (!stars)
		return strlen(pattern);
	return stars == pattern ? 1 : stars - pattern;
}

/*
 * Read as a path, the narrow pattern is matched by the wide one only where
 * the wide one would match whatever its stars stand for: "*" takes a "*" like
 * any other text, and nothing else does but "?", which must not.
 */
static bool cgroup_covers(const char *wide, const char *narrow)
{
	size_t len = kap_cover_path(narrow);
	char path[KAP_CGROUP_PATH_MAX];

	if (!strcmp(wide, narrow))
		return true;
	if (strchr(wide, '?') && memchr(narrow, '*', len))
		return false;
	if (!narrow[len])
		return kap_cgroup_matches(wide, narrow);
	/* what a line can hold fits */
	memcpy(path, narrow, len);
	path[len] = '\0';
	return kap_cgroup_matches(wide, path);
}

/**
 * kap_cover_rule - does a rule match all that another one matches?
 * @wide: the rule
 * @narrow: the other one
 *
 * Return: true only when it certainly does.
 */
bool kap_cover_rule(const struct kap_rule *wide, const struct kap_rule *narrow)
{
	struct kap_ranges mine, list[2];
	enum kap_field f;
	u32 i, n;

	for (f = KAP_PORT; f < KAP_U32_FIELDS; f++) {
		if (!(wide->fields & BIT(f)))
			continue;
		mine.v = wide->ranges[f];
		mine.n = wide->n_ranges[f];
		n = kap_cover_ranges(narrow, f, list);
		for (i = 0; i < n && !ranges_cover(mine, list[i]); i++)
			;
		if (i == n)
			return false;
	}
	for (; f < KAP_INDEXED_FIELDS; f++) {
		if ((wide->fields & BIT(f)) &&
		    !prefixes_cover(kap_cover_prefixes(wide, f),
				    kap_cover_prefixes(narrow, f)))
			return false;
	}
	return !wide->cgroup ||
	       (narrow->cgroup && cgroup_covers(wide->cgroup, narrow->cgroup));
}

// SPDX-License-Identifier: GPL-2.0
/* Connections at the edges of rules, where an index goes wrong if it does. */
#include "index_sets.h"
#include "rule/addr.h"

static const struct kap_rule *any_rule(const struct rule_set *set,
				       struct rnd *r)
{
	return set->n ? set->rule[rnd_below(r, set->n)] : NULL;
}

/* At the lower bound, the upper one, just outside, or inside. */
static u32 near_range(struct rnd *r, const struct kap_range *range, u32 max)
{
	switch (rnd_below(r, 6)) {
	case 0:
		return range->lo ? range->lo - 1 : 0;
	case 1:
		return range->lo;
	case 2:
		return range->hi;
	case 3:
		return range->hi < max ? range->hi + 1 : max;
	default:
		return rnd_range(r, range->lo, range->hi);
	}
}

/* Mostly what @like wants of the field, or another rule, or anything. */
static u32 near_field(const struct rule_set *set, const struct kap_rule *like,
		      enum kap_field f, struct rnd *r, u32 max)
{
	const struct kap_rule *rule = rnd_one_in(r, 8) ? any_rule(set, r) : like;

	if (!rule || !rule->n_ranges[f] || rnd_one_in(r, 40))
		return rnd_one_in(r, 4) ? rnd_below(r, 3) + max - 2 :
					  rnd_range(r, 0, max);
	return near_range(r, &rule->ranges[f][rnd_below(r, rule->n_ranges[f])],
			  max);
}

static void step(struct kap_addr *a, bool up, bool v4)
{
	a->lo += up ? 1 : -1;
	if (v4)
		a->lo &= 0xffffffffULL;
	else if (up ? !a->lo : a->lo == U64_MAX)
		a->hi += up ? 1 : -1;
}

static void near_prefix(struct rnd *r, const struct kap_prefix *p,
			struct kap_addr *a)
{
	struct kap_addr last = kap_prefix_last(p);

	*a = rnd_one_in(r, 2) ? p->addr : last;
	switch (rnd_below(r, 6)) {
	case 0:
		step(a, true, p->v4);
		break;
	case 1:
		step(a, false, p->v4);
		break;
	case 2:
	case 3:
		a->hi = p->addr.hi | (rnd_u64(r) & (p->addr.hi ^ last.hi));
		a->lo = p->addr.lo | (rnd_u64(r) & (p->addr.lo ^ last.lo));
		break;
	}
}

/* An address of @key's family, near one of the prefixes of a rule. */
static void near_addr(const struct rule_set *set, const struct kap_rule *like,
		      int side, struct rnd *r, struct kap_key *key)
{
	const struct kap_rule *rule = rnd_one_in(r, 8) ? any_rule(set, r) : like;
	struct kap_addr *a = &key->addr[side];
	u32 n = rule ? rule->n_addrs[side] : 0, i, tries;

	for (tries = 0; n && tries < 4; tries++) {
		i = rnd_below(r, n);
		if (rule->addrs[side][i].v4 != key->v4)
			continue;
		near_prefix(r, &rule->addrs[side][i], a);
		return;
	}
	a->hi = key->v4 ? 0 : rnd_u64(r) & rnd_u64(r);
	a->lo = rnd_u64(r);
	if (key->v4)
		a->lo &= 0xffffffffULL;
	else if (rnd_one_in(r, 8))
		a->hi = rnd_one_in(r, 2) ? 0 : U64_MAX;
}

/* A path that a pattern matches, or nearly. */
static void near_pattern(struct rnd *r, const char *pattern, char *path)
{
	char *to = path, *end = path + PATH_ROOM - 64;

	while (*pattern && to < end) {
		if (!strncmp(pattern, "/**", 3)) {
			u32 n = rnd_below(r, 3);

			while (n--)
				to += sprintf(to, "/%s", n ? "x" : "pod7");
			pattern += 3;
		} else if (*pattern == '*') {
			to += sprintf(to, "%.*s", (int)rnd_below(r, 4), "a7b");
			pattern++;
		} else if (*pattern == '?') {
			*to++ = 'a' + rnd_below(r, 3);
			pattern++;
		} else {
			*to++ = *pattern++;
		}
	}
	if (to == path)
		*to++ = '/';
	*to = '\0';
	if (to - path > 1 && rnd_one_in(r, 10))
		to[-1] = 'a' + rnd_below(r, 3);
	if (rnd_one_in(r, 10) && strrchr(path, '/') > path)
		*strrchr(path, '/') = '\0';
	if (rnd_one_in(r, 4) && path[1])
		strcat(path, rnd_one_in(r, 3) ? "x" : "/below/a");
}

static void fill_cgroup(const struct kap_rule *like, struct rnd *r,
			struct kap_key *key, char *path)
{
	key->cgroup = path;
	if (rnd_one_in(r, 20))
		key->cgroup = NULL;
	else if (rnd_one_in(r, 40))
		strcpy(path, "/");
	else if (like && like->cgroup && !rnd_one_in(r, 5))
		near_pattern(r, like->cgroup, path);
	else
		path_random(r, path);
}

/**
 * conn_random - a connection close to the rules of a set
 * @set: the rules
 * @r: random numbers
 * @key: the result
 * @path: PATH_ROOM bytes for its cgroup
 */
void conn_random(const struct rule_set *set, struct rnd *r, struct kap_key *key,
		 char *path)
{
	const struct kap_rule *like = any_rule(set, r);
	u32 side = rnd_below(r, 2), service;

	key->field[KAP_DIR] = rnd_one_in(r, 2) ? KAP_OUT : KAP_IN;
	if (like && like->dir && !rnd_one_in(r, 8))
		key->field[KAP_DIR] = like->dir;
	key->field[KAP_UID] = near_field(set, like, KAP_UID, r, U32_MAX);
	key->field[KAP_LPORT] = near_field(set, like, KAP_LPORT, r, 65535);
	key->field[KAP_RPORT] = near_field(set, like, KAP_RPORT, r, 65535);
	service = key->field[KAP_DIR] == KAP_OUT ? KAP_RPORT : KAP_LPORT;
	if (like && like->n_ranges[KAP_PORT])
		key->field[service] = near_field(set, like, KAP_PORT, r, 65535);
	key->field[KAP_PORT] = key->field[service];

	key->v4 = rnd_one_in(r, 2);
	if (like && !like->n_addrs[side])
		side = !side;
	if (like && like->n_addrs[side] && !rnd_one_in(r, 20))
		key->v4 = like->addrs[side][rnd_below(r, like->n_addrs[side])].v4;
	near_addr(set, like, 0, r, key);
	near_addr(set, like, 1, r, key);
	fill_cgroup(like, r, key, path);
}

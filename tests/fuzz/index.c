// SPDX-License-Identifier: GPL-2.0
/*
 * Rule sets and connections, made of the input: whatever way the index is
 * asked, it says what walking the rules says. Values are few, so that rules
 * overlap, and at the edges of their ranges.
 */
#include "fuzz.h"
#include "index_sets.h"
#include "rule/addr.h"
#include "rule/format.h"
#include "rule/match.h"
#include "rules.h"
#include "ruleset/index.h"

#define RULES_MOST	96
#define CONNS		24	/* made of the input, and as many near rules */

static const u32 ports[] = {
	1, 2, 3, 80, 255, 256, 257, 443, 511, 512, 1023, 5432, 32768, 65279,
	65534, 65535,
};

static const u32 uids[] = {
	0, 1, 2, 999, 1000, 65535, 65536, 2147483647, 2147483648U, 4294967293U,
	4294967294U,
};

static const char * const parts[] = {
	"a", "b", "ab", "aab", "x.slice", "*", "a*", "?", "*b", "?b", "**",
	"*.slice", "**", "a?b*",
};

#define N_NAMES	5	/* of parts[], those without wildcards */

static int put_numbers(struct input *in, char *text, const char *key,
		       const u32 *v, u32 n)
{
	int len = sprintf(text, " %s=", key);
	u8 more = take(in) % 4, byte;

	do {
		u32 i;

		byte = take(in);
		i = byte % n;
		len += sprintf(text + len, "%u", v[i]);
		if (byte & 0x80)
			len += sprintf(text + len, "-%u",
				       v[i + take(in) % (n - i)]);
		text[len++] = ',';
	} while (more--);
	return len - 1;
}

static int put_prefixes(struct input *in, char *text, const char *key)
{
	int len = sprintf(text, " %s=", key);
	u8 more = take(in) % 3, byte, host;

	do {
		byte = take(in);
		host = take(in);
		if (byte & 1)
			len += sprintf(text + len, "10.%u.0.%u/%u", host >> 6,
				       host & 0x3f, byte / 2 % 33);
		else
			len += sprintf(text + len, "fd00:%x::%x/%u", host >> 6,
				       host & 0x3f, byte / 2);
		text[len++] = ',';
	} while (more--);
	return len - 1;
}

static int put_path(struct input *in, char *text, u32 n_parts)
{
	u8 n = take(in) % 6;
	int len = 0;

	if (!n)
		text[len++] = '/';
	while (n--)
		len += sprintf(text + len, "/%s", parts[take(in) % n_parts]);
	text[len] = '\0';
	return len;
}

static struct kap_rule *make_rule(struct input *in)
{
	static char text[RULE_TEXT * 4];
	u8 fields = take(in), prio = take(in);
	int len = sprintf(text, "prio=%u", prio % 5);

	if (fields & 1)
		len += put_numbers(in, text + len, "port", ports,
				   ARRAY_SIZE(ports));
	if (fields & 2)
		len += put_numbers(in, text + len, "lport", ports,
				   ARRAY_SIZE(ports));
	if (fields & 4)
		len += put_numbers(in, text + len, "rport", ports,
				   ARRAY_SIZE(ports));
	if (fields & 8)
		len += put_numbers(in, text + len, "uid", uids,
				   ARRAY_SIZE(uids));
	if (fields & 16)
		len += put_prefixes(in, text + len, "laddr");
	if (fields & 32)
		len += put_prefixes(in, text + len, "raddr");
	if (fields & 64)
		len += sprintf(text + len, " dir=%s", prio & 128 ? "in" : "out");
	if (fields & 128) {
		len += sprintf(text + len, " cgroup=");
		len += put_path(in, text + len, ARRAY_SIZE(parts));
	}
	strcpy(text + len, " idle=60s");
	return parse_rule_text(text);
}

static void make_addr(struct input *in, bool v4, struct kap_addr *a)
{
	u8 host = take(in);

	a->hi = v4 ? 0 : 0xfd00ULL << 48 | (u64)(host >> 6) << 32;
	a->lo = host & 0x3f;
	if (v4)
		a->lo |= 10 << 24 | (u32)(host >> 6) << 16;
}

/* A value of the list, or one beside it. */
static u32 near(struct input *in, const u32 *v, u32 n, u32 most)
{
	u8 byte = take(in);
	u32 x = v[byte % n];

	if (byte & 0x80 && x < most)
		x++;
	else if (byte & 0x40 && x)
		x--;
	return x;
}

static void make_conn(struct input *in, struct kap_key *key, char *path)
{
	u8 byte = take(in);

	key->field[KAP_DIR] = byte & 1 ? KAP_IN : KAP_OUT;
	key->field[KAP_LPORT] = near(in, ports, ARRAY_SIZE(ports), 65535);
	key->field[KAP_RPORT] = near(in, ports, ARRAY_SIZE(ports), 65535);
	key->field[KAP_UID] = near(in, uids, ARRAY_SIZE(uids), U32_MAX);
	key->field[KAP_PORT] = key->field[byte & 1 ? KAP_LPORT : KAP_RPORT];
	key->v4 = !!(byte & 2);
	make_addr(in, key->v4, &key->addr[0]);
	make_addr(in, key->v4, &key->addr[1]);
	key->cgroup = NULL;
	if (byte & 4) {
		put_path(in, path, N_NAMES);
		key->cgroup = path;
	}
}

/* What a cache of cgroups would remember. */
struct parts {
	u32 n;
	struct kap_start start[256];
};

static void keep_part(void *arg, u32 part, const struct kap_start *start)
{
	struct parts *parts = arg;

	if (part >= ARRAY_SIZE(parts->start) || start->n > KAP_START_REFS)
		fail("part %u, %u elements", part, start->n);
	parts->start[part] = *start;
	parts->n = part + 1;
}

/* As cgroup_cache.c looks up a connection with what the cache remembers. */
static struct kap_rule *find_cached(const struct rule_set *set,
				    const struct kap_index *ix,
				    struct kap_key key)
{
	static struct parts parts;
	struct kap_rule *found;
	struct kap_search s;
	u32 i, best = set->n;

	found = kap_index_match(ix, &key, keep_part, &parts);
	if (parts.start[0].more == KAP_PART_WALK)
		return found;
	for (i = 0; i < parts.n; i++) {
		const struct kap_start *start = &parts.start[i];

		if (start->more != (i + 1 < parts.n ? KAP_PART_MORE : KAP_PART_LAST))
			fail("part %u of %u: %u", i, parts.n, start->more);
		memset(&s, 0xa5, sizeof(s));
		s.best = min(best, start->best);
		s.n = start->n;
		memcpy(s.ref, start->ref, start->n * sizeof(s.ref[0]));
		key.cgroup = NULL;
		found = kap_index_find(ix, &key, &s);
		best = s.best;
	}
	return found;
}

/* What it reads of a port before it asks the index at all. */
static struct kap_rule *find_by_port(const struct rule_set *set,
				     const struct kap_index *ix,
				     const struct kap_key *key)
{
	u32 ref = kap_ports_ref(kap_index_ports(ix), key->field[KAP_PORT]);

	if (ref == KAP_REF_NONE)
		return NULL;
	if (!(ref & KAP_REF_RULE))
		return kap_index_match(ix, key, NULL, NULL);
	if ((ref & KAP_REF_PLACE) >= set->n)
		fail("port %u: rule %u of %u", key->field[KAP_PORT],
		     ref & KAP_REF_PLACE, set->n);
	return set->rule[ref & KAP_REF_PLACE];
}

static void check(const char *how, const struct kap_rule *found,
		  const struct kap_rule *walk)
{
	if (found != walk)
		fail("%s: rule %llu, should be %llu", how,
		     found ? found->id : 0, walk ? walk->id : 0);
}

static void compare(const struct rule_set *set, const struct kap_index *ix,
		    const struct kap_key *key)
{
	struct kap_rule *walk = kap_match_walk(set->rule, set->n, key);

	check("kap_index_match()", kap_index_match(ix, key, NULL, NULL), walk);
	check("cached", find_cached(set, ix, *key), walk);
	check("by port", find_by_port(set, ix, key), walk);
}

static int cmp_rules(const void *a, const void *b)
{
	struct kap_rule *const *x = a, *const *y = b;

	return kap_rule_before(*x, *y) ? -1 : 1;
}

static void try_set(const struct rule_set *set, struct input *in, u32 seed)
{
	struct kap_overlap why;
	struct kap_index *ix = kap_index_build(set->rule, set->n, &why);
	struct rnd r = rnd_from(seed);
	char path[PATH_ROOM];
	struct kap_key key;
	u32 i;

	if (!ix) {
		if (!alloc_failed() && !why.n)
			fail("no index of %u rules", set->n);
		return;
	}
	fail_alloc(0);
	for (i = 0; i < CONNS; i++) {
		make_conn(in, &key, path);
		compare(set, ix, &key);
		conn_random(set, &r, &key, path);
		compare(set, ix, &key);
	}
	kap_index_free(ix);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static struct kap_rule *rule[RULES_MOST];
	struct input in = { data, size };
	u8 fail_at = take(&in), seed = take(&in);
	struct rule_set set = { take(&in) % (RULES_MOST + 1), rule };
	u32 i;

	for (i = 0; i < set.n; i++) {
		rule[i] = make_rule(&in);
		rule[i]->id = i + 1;
	}
	qsort(rule, set.n, sizeof(rule[0]), cmp_rules);
	fail_alloc(fail_at >= 0xc0 ? fail_at - 0xbf : 0);
	try_set(&set, &in, seed);
	fail_alloc(0);
	for (i = 0; i < set.n; i++)
		kap_rule_put(rule[i]);
	return 0;
}

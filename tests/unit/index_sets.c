// SPDX-License-Identifier: GPL-2.0
#include "index_sets.h"

#include "rules.h"

static __printf(2, 3) void add(char *text, const char *fmt, ...)
{
	size_t at = strlen(text);
	va_list args;

	va_start(args, fmt);
	vsnprintf(text + at, RULE_TEXT - at, fmt, args);
	va_end(args);
}

/* lo or lo-hi; a third of the field wide on average if @wide. */
static void write_range(struct rnd *r, char *text, u32 min, u32 max, bool wide)
{
	u32 lo = rnd_range(r, min, max), hi = rnd_range(r, min, max);

	if (!wide)
		hi = max - lo < 64 ? max : lo + rnd_below(r, 64);
	if (hi < lo)
		add(text, "%u-%u", hi, lo);
	else if (hi == lo || rnd_one_in(r, 3))
		add(text, "%u", lo);
	else
		add(text, "%u-%u", lo, hi);
}

static void add_ranges(struct rnd *r, char *text, const char *key, u32 min,
		       u32 max)
{
	u32 n = rnd_one_in(r, 4) ? rnd_range(r, 2, 6) : 1;
	bool wide = rnd_one_in(r, 3);

	add(text, "%s=", key);
	while (n--) {
		write_range(r, text, min, max, wide);
		if (n)
			add(text, ",");
	}
	add(text, " ");
}

/* Few addresses, any length: they nest. */
static void add_prefix4(struct rnd *r, char *text)
{
	u32 a = 0x0a000000 | (rnd_u32(r) & rnd_u32(r) & 0x01030307);

	add(text, "%s%u.%u.%u.%u/%u", rnd_one_in(r, 8) ? "::ffff:" : "", a >> 24,
	    a >> 16 & 255, a >> 8 & 255, a & 255, rnd_range(r, 4, 32));
	/* an IPv4-mapped one: its length counts from 96 */
	if (strstr(strrchr(text, '=') + 1, "::ffff:")) {
		char *at = strrchr(text, '/');
		u32 len = strtoul(at + 1, NULL, 10);
		char *item = strrchr(text, ',');

		if (!item)
			item = strrchr(text, '=');
		if (!strncmp(item + 1, "::ffff:", 7))
			sprintf(at, "/%u", len + 96);
	}
}

static void add_prefix6(struct rnd *r, char *text)
{
	add(text, "2001:db8:%x:%x::%x:%x/%u", rnd_below(r, 3),
	    rnd_below(r, 2) * 0x8000, rnd_below(r, 2), rnd_below(r, 8),
	    rnd_one_in(r, 2) ? rnd_range(r, 0, 128) : rnd_range(r, 40, 72));
}

static void add_prefixes(struct rnd *r, char *text, const char *key, u32 v4_of_8)
{
	u32 n = rnd_one_in(r, 3) ? rnd_range(r, 2, 5) : 1;

	add(text, "%s=", key);
	while (n--) {
		if (rnd_below(r, 8) < v4_of_8)
			add_prefix4(r, text);
		else
			add_prefix6(r, text);
		if (n)
			add(text, ",");
	}
	add(text, " ");
}

/**
 * path_random - a cgroup path out of not too many
 * @r: random numbers
 * @path: PATH_ROOM bytes
 */
void path_random(struct rnd *r, char *path)
{
	static const char * const top[] = {
		"system.slice", "user.slice", "kubepods.slice", "a",
	};
	u32 depth = rnd_below(r, 5);

	snprintf(path, PATH_ROOM, "/%s", top[rnd_below(r, ARRAY_SIZE(top))]);
	while (depth--) {
		static const char * const form[] = {
			"/pod%u", "/docker-%u.scope", "/s%u.service", "/a%u",
			"/a", "/b",
		};

		snprintf(path + strlen(path), PATH_ROOM - strlen(path),
			 form[rnd_below(r, ARRAY_SIZE(form))],
			 rnd_below(r, 12));
	}
}

/* A path with some of its characters and components made wildcards. */
static void add_pattern(struct rnd *r, char *text, u32 wild)
{
	char path[PATH_ROOM], *s, *next;

	path_random(r, path);
	add(text, "cgroup=");
	for (s = path; *s; s = next) {
		next = s + 1 + strcspn(s + 1, "/");
		if (rnd_below(r, 8) >= wild) {
			add(text, "%.*s", (int)(next - s), s);
			continue;
		}
		switch (rnd_below(r, 5)) {
		case 0:
			add(text, "/**");
			break;
		case 1:
			add(text, "/*");
			break;
		case 2:
			add(text, "%.*s*", (int)min_t(size_t, next - s, 3), s);
			break;
		case 3:
			add(text, "/**%.*s", (int)(next - s), s);
			break;
		default:
			add(text, "%.*s?", (int)(next - s - 1), s);
		}
	}
	add(text, " ");
}

static void rule_ports(struct rnd *r, u32 i, u32 n, char *text)
{
	(void)n;
	/* 40503 has no divisor in common with 65535: all distinct */
	add(text, "%s=%u ", rnd_one_in(r, 20) ? "lport" : "port",
	    1 + (i * 40504U) % 65535);
}

static void rule_ranges(struct rnd *r, u32 i, u32 n, char *text)
{
	static const char * const key[] = { "port", "lport", "rport" };
	u32 k, with = rnd_range(r, 1, 7);

	(void)i;
	(void)n;
	for (k = 0; k < 3; k++) {
		if (!(with & 1U << k))
			continue;
		add(text, "%s=", key[k]);
		write_range(r, text, 1, 65535, true);
		add(text, " ");
	}
}

static void rule_prefixes4(struct rnd *r, u32 i, u32 n, char *text)
{
	(void)i;
	(void)n;
	add_prefixes(r, text, rnd_one_in(r, 4) ? "laddr" : "raddr", 8);
}

static void rule_prefixes6(struct rnd *r, u32 i, u32 n, char *text)
{
	(void)i;
	(void)n;
	add_prefixes(r, text, rnd_one_in(r, 4) ? "laddr" : "raddr", 0);
}

static void rule_families(struct rnd *r, u32 i, u32 n, char *text)
{
	(void)i;
	(void)n;
	if (!rnd_one_in(r, 3))
		add_prefixes(r, text, "laddr", 4);
	if (!rnd_one_in(r, 4))
		add_prefixes(r, text, "raddr", 4);
	if (rnd_one_in(r, 2) || !*text)
		add_ranges(r, text, "port", 1, 65535);
}

static void rule_cgroup_literal(struct rnd *r, u32 i, u32 n, char *text)
{
	(void)i;
	(void)n;
	add_pattern(r, text, 0);
	if (rnd_one_in(r, 2))
		add_ranges(r, text, "port", 1, 100);
}

static void rule_cgroup_glob(struct rnd *r, u32 i, u32 n, char *text)
{
	(void)i;
	(void)n;
	if (!rnd_one_in(r, 8))
		add_pattern(r, text, 3);
	if (rnd_one_in(r, 2))
		add_ranges(r, text, "rport", 1, 100);
	if (rnd_one_in(r, 4))
		add_ranges(r, text, "uid", 0, 50);
}

/* More patterns for one path than an index lists. */
static void rule_cgroup_deep(struct rnd *r, u32 i, u32 n, char *text)
{
	u32 depth = rnd_range(r, 1, 25);

	(void)i;
	(void)n;
	add(text, "cgroup=");
	while (depth--)
		add(text, "/%s", rnd_one_in(r, 9) ? "?" : "a");
	add(text, " port=%u ", rnd_range(r, 1, 30));
}

static void rule_uids(struct rnd *r, u32 i, u32 n, char *text)
{
	(void)i;
	(void)n;
	if (rnd_one_in(r, 10))
		add(text, "uid=%u-4294967294 ", rnd_u32(r) % 4294967295U);
	else
		add_ranges(r, text, "uid", 0, rnd_one_in(r, 2) ? 3000 :
			   4294967294U);
}

static void rule_dirs(struct rnd *r, u32 i, u32 n, char *text)
{
	(void)i;
	(void)n;
	if (!rnd_one_in(r, 5))
		add(text, "dir=%s ", rnd_one_in(r, 2) ? "in" : "out");
	if (!rnd_one_in(r, 20))
		add_ranges(r, text, "port", 1, 2000);
}

static void rule_mixed(struct rnd *r, u32 i, u32 n, char *text)
{
	(void)i;
	if (rnd_one_in(r, 5))
		add_pattern(r, text, 2);
	if (rnd_one_in(r, 4))
		add(text, "dir=%s ", rnd_one_in(r, 2) ? "in" : "out");
	if (rnd_one_in(r, 3))
		add_ranges(r, text, "port", 1, 65535);
	if (rnd_one_in(r, 5))
		add_ranges(r, text, "lport", 1, 65535);
	if (rnd_one_in(r, 5))
		add_ranges(r, text, "rport", 1, 65535);
	if (rnd_one_in(r, 5))
		add_prefixes(r, text, "laddr", 6);
	if (rnd_one_in(r, 3))
		add_prefixes(r, text, "raddr", 6);
	if (rnd_one_in(r, 5))
		add_ranges(r, text, "uid", 0, 4294967294U);
	/* of a few rules, one may match everything */
	if (!*text && !rnd_one_in(r, 20 + n))
		add(text, "port=%u ", rnd_range(r, 1, 65535));
}

/* Values at both ends of every field. */
static void rule_extremes(struct rnd *r, u32 i, u32 n, char *text)
{
	static const char * const words[] = {
		"port=1", "port=65535", "port=1-65535", "port=2-65534",
		"lport=1", "lport=65535", "lport=1-65535", "rport=1-65534",
		"rport=2-65535", "uid=0", "uid=4294967294", "uid=0-4294967294",
		"uid=1-4294967293", "uid=2147483647,2147483648",
		"laddr=0.0.0.0/0", "laddr=::/0", "laddr=0.0.0.0/0,::/0",
		"raddr=0.0.0.0/0", "raddr=::/0", "raddr=::/0,0.0.0.0/0",
		"raddr=255.255.255.255", "raddr=0.0.0.0", "raddr=::",
		"raddr=ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
		"raddr=0.0.0.0/1", "raddr=128.0.0.0/1", "raddr=::/1",
		"raddr=8000::/1", "raddr=::/64", "raddr=0:0:0:1::/64",
		"raddr=::/96", "raddr=::ffff:0:0/95", "raddr=::ffff:0:0/96",
		"laddr=ffff:ffff:ffff:ffff::/64", "laddr=ffff::/16,0.0.0.1",
		"dir=in", "dir=out", "cgroup=/", "cgroup=/**", "cgroup=/*",
		"cgroup=/**/a", "cgroup=/a/**",
	};
	u32 k, count = rnd_range(r, 1, 4);

	(void)i;
	(void)n;
	for (k = 0; k < count; k++) {
		const char *word = words[rnd_below(r, ARRAY_SIZE(words))];
		char key[16];

		snprintf(key, sizeof(key), "%.*s", (int)strcspn(word, "=") + 1,
			 word);
		/* "port=" is in "lport=" as well: then leave it out, too */
		if (!strstr(text, key))
			add(text, "%s ", word);
	}
}

/* Each inside the one before, in two fields: every cut hits all of them. */
static void rule_nested(struct rnd *r, u32 i, u32 n, char *text)
{
	u32 lo = 1 + (u64)i * 32766 / n, hi = 65535 - (u64)i * 32766 / n;

	(void)r;
	add(text, "lport=%u-%u rport=%u-%u ", lo, hi, lo, hi);
}

/* Wide and low, or narrow and tall: n*n crossings. */
static void rule_crossing(struct rnd *r, u32 i, u32 n, char *text)
{
	u32 at = 1 + (u64)i * 65000 / n;

	if (rnd_one_in(r, 2))
		add(text, "lport=%u-%u rport=1-65535 ", at, at + 3);
	else
		add(text, "lport=1-65535 rport=%u-%u ", at, at + 3);
}

/* The same, in every field there is. */
static void rule_boxes(struct rnd *r, u32 i, u32 n, char *text)
{
	(void)i;
	(void)n;
	add(text, "lport=");
	write_range(r, text, 1, 65535, true);
	add(text, " rport=");
	write_range(r, text, 1, 65535, true);
	add(text, " uid=");
	write_range(r, text, 0, 4294967294U, true);
	add(text, " raddr=%x::/%u,%u.0.0.0/%u laddr=%x::/%u,%u.0.0.0/%u ",
	    rnd_below(r, 4) << 14, rnd_range(r, 0, 4), rnd_below(r, 256),
	    rnd_range(r, 0, 8), rnd_below(r, 4) << 14, rnd_range(r, 0, 4),
	    rnd_below(r, 256), rnd_range(r, 0, 8));
}

/* Ends at the same place, begins everywhere. */
static void rule_stairs(struct rnd *r, u32 i, u32 n, char *text)
{
	u32 step = (u64)i * 65534 / n;

	if (rnd_one_in(r, 2))
		add(text, "port=%u-65535 uid=%u-4294967294 ", 1 + step,
		    65536 * step);
	else
		add(text, "port=1-%u uid=0-%u ", 65535 - step,
		    65536 * (65535 - step));
}

/* Half of two fields each, beginning anywhere: no cut is worth its copies. */
static void rule_windows(struct rnd *r, u32 i, u32 n, char *text)
{
	u32 step = (u64)i * 32767 / n;

	(void)r;
	add(text, "port=%u-%u uid=%u-%u ", 1 + step, 32768 + step,
	    65536 * step, 65536 * (step + 32767));
}

/* Many small ranges each. */
static void rule_combs(struct rnd *r, u32 i, u32 n, char *text)
{
	u32 at = rnd_range(r, 1, 600), step = rnd_range(r, 300, 1500), k;

	(void)i;
	(void)n;
	add(text, "lport=%u", at);
	for (k = 0; k < 40 && at + step < 65535; k++) {
		at += step;
		add(text, ",%u-%u", at, at + rnd_below(r, 9));
	}
	add(text, " rport=");
	write_range(r, text, 1, 65535, true);
	add(text, " ");
}

/* A rule for each port of a few, told apart by long lists only. */
static void rule_lists(struct rnd *r, u32 i, u32 n, char *text)
{
	u32 at = rnd_below(r, 99999), base = i % max(1U, min(n / 8, 6000U)), k;

	add(text, "port=%u", 10 * base + 1);
	for (k = 1; k < 8; k++)
		add(text, ",%u", 10 * base + 1 + k);
	add(text, " uid=%u", at);
	for (k = 0; k < 90; k++) {
		at += rnd_range(r, 2, 999);
		add(text, ",%u", at);
	}
	add(text, " ");
}

/* IPv6 prefixes along one long path, on both sides. */
static void rule_chains(struct rnd *r, u32 i, u32 n, char *text)
{
	(void)n;
	add(text, "laddr=aaaa:aaaa:aaaa:aaaa:aaaa:aaaa:aaaa:%x/%u ",
	    rnd_u32(r) & 0xffff, rnd_range(r, 0, 128));
	add(text, "raddr=5555:5555:5555:5555:5555:5555:5555:%x/%u port=%u-65535 ",
	    rnd_u32(r) & 0xffff, rnd_range(r, 0, 128), 1 + i % 65000);
}

/* Cgroups with the same rules in each, and those above them. */
static void rule_cgroup_boxes(struct rnd *r, u32 i, u32 n, char *text)
{
	add(text, "cgroup=/k/%u/%u ", i % 16, i % 1024);
	rule_crossing(r, i, n, text);
}

/* A cgroup of its own for each rule. */
static void rule_cgroup_each(struct rnd *r, u32 i, u32 n, char *text)
{
	(void)r;
	(void)n;
	add(text, "cgroup=/kubepods.slice/pod%u/cri-%x%s port=%u ", i, i * 77777,
	    i % 3 ? "" : "*", 1 + i % 65535);
}

/* All alike, or nearly. */
static void rule_same(struct rnd *r, u32 i, u32 n, char *text)
{
	(void)i;
	(void)n;
	add(text, "port=80-90 raddr=10.0.0.0/8,2001:db8::/32 uid=%u-1000 ",
	    rnd_below(r, 3));
}

const struct set_kind set_kinds[] = {
	{ "distinct ports", rule_ports, false },
	{ "wide ranges", rule_ranges, true },
	{ "IPv4 prefixes", rule_prefixes4, false },
	{ "IPv6 prefixes", rule_prefixes6, false },
	{ "both families", rule_families, true },
	{ "cgroups, literal", rule_cgroup_literal, false },
	{ "cgroups, glob", rule_cgroup_glob, false },
	{ "cgroups, deep", rule_cgroup_deep, false },
	{ "uids", rule_uids, false },
	{ "directions", rule_dirs, false },
	{ "all mixed", rule_mixed, true },
	{ "extremes", rule_extremes, false },
	{ "nested", rule_nested, true },
	{ "crossing", rule_crossing, true },
	{ "boxes", rule_boxes, true },
	{ "stairs", rule_stairs, true },
	{ "windows", rule_windows, true },
	{ "combs", rule_combs, true },
	{ "lists", rule_lists, true },
	{ "chains", rule_chains, true },
	{ "cgroup boxes", rule_cgroup_boxes, true },
	{ "a cgroup each", rule_cgroup_each, true },
	{ "all alike", rule_same, true },
};

const u32 n_set_kinds = ARRAY_SIZE(set_kinds);

static int cmp_order(const void *a, const void *b)
{
	const struct kap_rule *x = *(struct kap_rule *const *)a;
	const struct kap_rule *y = *(struct kap_rule *const *)b;

	return kap_rule_before(x, y) ? -1 : kap_rule_before(y, x);
}

/**
 * set_make - make rules of a kind
 * @set: the result, for set_free()
 * @kind: the kind
 * @n: how many
 * @r: random numbers
 */
void set_make(struct rule_set *set, const struct set_kind *kind, u32 n,
	      struct rnd *r)
{
	/* sets in order, with some out of order, and shuffled */
	u32 i, prios = rnd_below(r, 3);

	set->n = n;
	set->rule = malloc((n + !n) * sizeof(struct kap_rule *));
	if (!set->rule)
		tap_bail("out of memory");
	for (i = 0; i < n; i++) {
		char text[RULE_TEXT] = "";

		kind->rule(r, i, n, text);
		if (prios == 2 || (prios && rnd_one_in(r, 20)))
			add(text, "prio=%u ", rnd_range(r, 900, 1100));
		add(text, "action=skip");
		set->rule[i] = parse_rule_text(text);
		set->rule[i]->id = i + 1;
	}
	qsort(set->rule, n, sizeof(struct kap_rule *), cmp_order);
}

void set_free(struct rule_set *set)
{
	while (set->n)
		kap_rule_put(set->rule[--set->n]);
	free(set->rule);
}

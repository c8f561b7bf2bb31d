// SPDX-License-Identifier: GPL-2.0
/*
 * Random lists of numbers and prefixes: what is written is what matches, and
 * what is kept is in the order rule.h says.
 */
#include <arpa/inet.h>

#include "rnd.h"
#include "rule/addr.h"
#include "rule/match.h"
#include "rules.h"

#define ROUNDS	4000
#define ITEMS	40

struct number_key {
	const char *key;
	enum kap_field field;
	u32 max;
};

static const struct number_key number_keys[] = {
	{ "port", KAP_PORT, 65535 },
	{ "lport", KAP_LPORT, 65535 },
	{ "rport", KAP_RPORT, 65535 },
	{ "uid", KAP_UID, 4294967294U },
};

static bool ranges_in_order(const struct kap_rule *rule, enum kap_field f)
{
	const struct kap_range *r = rule->ranges[f];
	u32 i;

	for (i = 0; i < rule->n_ranges[f]; i++) {
		if (r[i].lo > r[i].hi || (i && r[i].lo <= r[i - 1].hi))
			return false;
	}
	return i;
}

static void probe_numbers(const struct kap_rule *rule, enum kap_field f,
			  const struct kap_range *r, u32 n, u32 *bad)
{
	struct kap_key key = { .v4 = true };
	u32 i, d, k;

	for (i = 0; i < 2 * n; i++) {
		for (d = 0; d < 3; d++) {
			u32 x = (i % 2 ? r[i / 2].hi : r[i / 2].lo) + d - 1;
			bool want = false;

			for (k = 0; k < n; k++)
				want |= r[k].lo <= x && x <= r[k].hi;
			key.field[f] = x;
			*bad += kap_rule_matches(rule, &key) != want;
		}
	}
}

static void test_numbers(struct rnd *r, const struct number_key *k)
{
	u32 i, j, bad = 0, unsorted = 0;
	char line[1024];

	for (i = 0; i < ROUNDS; i++) {
		u32 span = 1U << rnd_below(r, k->max > 65535 ? 32 : 16);
		struct kap_range v[ITEMS];
		u32 n = rnd_range(r, 1, ITEMS);
		size_t at = sprintf(line, "%s=", k->key);
		struct kap_rule *rule;

		for (j = 0; j < n; j++) {
			v[j].lo = rnd_range(r, 1, k->max);
			if (rnd_one_in(r, 2))
				v[j].lo = 1 + v[j].lo % min(span, 60000U);
			v[j].hi = v[j].lo;
			if (rnd_one_in(r, 2))
				v[j].hi += rnd_below(r, min(span, k->max -
							    v[j].lo) + 1);
			at += sprintf(line + at, "%s%u", j ? "," : "", v[j].lo);
			if (v[j].hi != v[j].lo || rnd_one_in(r, 9))
				at += sprintf(line + at, "-%u", v[j].hi);
		}
		sprintf(line + at, " action=skip");
		rule = parse_rule_text(line);
		unsorted += !ranges_in_order(rule, k->field);
		probe_numbers(rule, k->field, v, n, &bad);
		if (check_reads_back(rule))
			bad++;
		kap_rule_put(rule);
	}
	tap_ok(!bad, "%u random lists: %s", i, k->key);
	tap_ok(!unsorted, "%s: sorted, not overlapping", k->key);
}

/* An address as the bytes of inet_pton(), IPv4 in the first four. */
struct bytes {
	bool v4;
	int len;
	unsigned char b[16];
};

static bool inside(const struct bytes *prefix, const struct bytes *addr)
{
	int i;

	if (prefix->v4 != addr->v4)
		return false;
	for (i = 0; i < prefix->len; i++) {
		if ((prefix->b[i / 8] ^ addr->b[i / 8]) & (0x80 >> i % 8))
			return false;
	}
	return true;
}

static void to_key(const struct bytes *a, struct kap_key *key, int side)
{
	int i;

	memset(&key->addr[side], 0, sizeof(key->addr[side]));
	for (i = 0; i < (a->v4 ? 4 : 16); i++) {
		struct kap_addr *to = &key->addr[side];

		to->hi = to->hi << 8 | to->lo >> 56;
		to->lo = to->lo << 8 | a->b[i];
	}
	key->v4 = a->v4;
}

/* The address of a prefix, its neighbour, or one with a bit changed. */
static void near_address(struct rnd *r, const struct bytes *p, struct bytes *a)
{
	int bits = p->v4 ? 32 : 128, i;

	*a = *p;
	a->len = bits;
	if (rnd_one_in(r, 2)) {
		i = rnd_below(r, bits);
		a->b[i / 8] ^= 0x80 >> i % 8;
	}
	if (rnd_one_in(r, 2)) {
		unsigned int fill = rnd_below(r, 2) ? 0xff : 0;

		for (i = p->len; i < bits; i++) {
			a->b[i / 8] &= ~(0x80 >> i % 8);
			a->b[i / 8] |= fill & (0x80 >> i % 8);
		}
	}
	if (rnd_one_in(r, 4)) {
		/* one above or below */
		unsigned char carry = rnd_one_in(r, 2) ? 1 : 0xff;

		for (i = bits / 8 - 1; i >= 0; i--) {
			a->b[i] += carry;
			if (a->b[i] != (carry == 1 ? 0 : 0xff))
				break;
		}
	}
}

static bool prefixes_in_order(const struct kap_rule *rule, int side)
{
	const struct kap_prefix *p = rule->addrs[side];
	u32 i;

	for (i = 1; i < rule->n_addrs[side]; i++) {
		struct kap_addr last = kap_prefix_last(&p[i - 1]);

		if (p[i].v4 != p[i - 1].v4) {
			if (p[i].v4)
				return false;
			continue;
		}
		if (kap_addr_cmp(&p[i].addr, &last) <= 0)
			return false;
	}
	return i;
}

static size_t random_prefix(struct rnd *r, struct bytes *p, char *to)
{
	char text[INET6_ADDRSTRLEN];
	size_t at = 0;
	int i, bits;

	memset(p, 0, sizeof(*p));
	p->v4 = rnd_one_in(r, 2);
	bits = p->v4 ? 32 : 128;
	/* few bits set: prefixes that nest and touch */
	for (i = 0; i < 4; i++) {
		int bit = rnd_below(r, bits);

		p->b[bit / 8] |= 0x80 >> bit % 8;
	}
	if (rnd_one_in(r, 2))
		p->b[0] = rnd_below(r, 3);
	p->len = rnd_one_in(r, 3) ? bits : (int)rnd_below(r, bits + 1);
	inet_ntop(p->v4 ? AF_INET : AF_INET6, p->b, text, sizeof(text));
	if (p->v4 && rnd_one_in(r, 4))
		at = sprintf(to, "::ffff:%s/%d", text, p->len + 96);
	else if (p->len == bits && rnd_one_in(r, 2))
		at = sprintf(to, "%s", text);
	else
		at = sprintf(to, "%s/%d", text, p->len);
	return at;
}

static void test_prefixes(struct rnd *r, const char *name, int side)
{
	u32 i, j, k, bad = 0, unsorted = 0;
	char line[4096];

	for (i = 0; i < ROUNDS; i++) {
		struct bytes v[ITEMS], a;
		struct kap_key key = { 0 };
		u32 n = rnd_range(r, 1, ITEMS);
		size_t at = sprintf(line, "%s=", name);
		struct kap_rule *rule;

		for (j = 0; j < n; j++) {
			if (j)
				line[at++] = ',';
			at += random_prefix(r, &v[j], line + at);
		}
		sprintf(line + at, " action=skip");
		rule = parse_rule_text(line);
		unsorted += !prefixes_in_order(rule, side);
		for (j = 0; j < 3 * n; j++) {
			bool want = false;

			near_address(r, &v[rnd_below(r, n)], &a);
			for (k = 0; k < n; k++)
				want |= inside(&v[k], &a);
			to_key(&a, &key, side);
			bad += kap_rule_matches(rule, &key) != want;
		}
		if (check_reads_back(rule))
			bad++;
		kap_rule_put(rule);
	}
	tap_ok(!bad, "%u random lists: %s", i, name);
	tap_ok(!unsorted, "%s: sorted, none inside another", name);
}

int main(void)
{
	struct rnd r;
	size_t i;

	tap_plan(2 * ARRAY_SIZE(number_keys) + 4);
	r = rnd_from(rnd_seed());
	for (i = 0; i < ARRAY_SIZE(number_keys); i++)
		test_numbers(&r, &number_keys[i]);
	test_prefixes(&r, "laddr", 0);
	test_prefixes(&r, "raddr", 1);
	return tap_done();
}

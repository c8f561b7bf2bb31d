// SPDX-License-Identifier: GPL-2.0
/*
 * kap_addr_parse() and kap_addr_format() against inet_pton() and inet_ntop().
 *
 * They agree on what is an address. They differ in how one is written, and on
 * purpose: inet_ntop() gives IPv4-mapped and IPv4-compatible IPv6 addresses an
 * IPv4 tail; here one that is IPv6 is all hexadecimal, since the parser turns
 * IPv4-mapped ones to IPv4.
 */
#include <arpa/inet.h>

#include "rnd.h"
#include "rule/addr.h"
#include "tap.h"

#define ROUNDS 400000

static void to_bytes(const struct kap_addr *a, bool v4, unsigned char *b)
{
	int i, n = v4 ? 4 : 16;

	for (i = 0; i < n; i++) {
		int from_end = n - 1 - i;

		b[i] = (from_end < 8 ? a->lo : a->hi) >> 8 * (from_end % 8);
	}
}

static void from_bytes(const unsigned char *b, struct kap_addr *a)
{
	int i;

	a->hi = 0;
	a->lo = 0;
	for (i = 0; i < 16; i++) {
		a->hi = a->hi << 8 | a->lo >> 56;
		a->lo = a->lo << 8 | b[i];
	}
}

/* Does the parser agree with inet_pton() about a text? */
static bool parse_agrees(const char *text)
{
	unsigned char want[16], got[16];
	size_t len = strlen(text);
	char *copy = malloc(len + !len);
	bool is4 = inet_pton(AF_INET, text, want) == 1;
	bool is6 = !is4 && inet_pton(AF_INET6, text, want) == 1;
	struct kap_addr addr;
	bool ok, v4;

	if (!copy)
		tap_bail("out of memory");
	memcpy(copy, text, len);
	ok = kap_addr_parse(copy, copy + len, &addr, &v4);
	free(copy);
	if (ok != (is4 || is6))
		return false;
	if (!ok)
		return true;
	to_bytes(&addr, v4, got);
	return v4 == is4 && !memcmp(want, got, v4 ? 4 : 16) &&
	       (!v4 || (!addr.hi && addr.lo <= U32_MAX));
}

/* The writer: like inet_ntop(), or hexadecimal where that has an IPv4 tail. */
static bool format_agrees(const unsigned char *b, bool is4)
{
	char want[INET6_ADDRSTRLEN], got[KAP_ADDR_TEXT];
	unsigned char again[16];
	struct kap_addr addr;
	size_t len;

	if (is4) {
		addr.hi = 0;
		addr.lo = (u32)b[0] << 24 | b[1] << 16 | b[2] << 8 | b[3];
	} else {
		from_bytes(b, &addr);
	}
	len = kap_addr_format(&addr, is4, got, sizeof(got));
	if (len != strlen(got) || len + strlen("/128") >= sizeof(got))
		return false;
	inet_ntop(is4 ? AF_INET : AF_INET6, b, want, sizeof(want));
	if (is4 || !strchr(want, '.'))
		return !strcmp(want, got);
	return !strchr(got, '.') && inet_pton(AF_INET6, got, again) == 1 &&
	       !memcmp(b, again, 16);
}

static const char * const edges[] = {
	"", "0", "1", ".", "..", "...", "....", "1.2.3.4", "1.2.3", "1.2.3.",
	"1.2.3.4.", ".1.2.3.4", "1.2.3.4.5", "1..3.4", "1.2..4", "0.0.0.0",
	"00.0.0.0", "0.0.0.00", "01.2.3.4", "1.2.3.04", "255.255.255.255",
	"256.0.0.0", "0.0.0.256", "1.2.3.1000", "1.2.3.99999999999", "1.2.3.-4",
	"1.2.3.+4", "1.2.3.4 ", " 1.2.3.4", "1.2.3.4x", "x1.2.3.4", "1.2.3.0x4",
	"1,2,3,4", ":", "::", ":::", "::::", "::1", "1::", ":1", "1:", "::1:",
	":1::", "1:::2", "::1::", "1::2::3", "1:2:3:4:5:6:7:8",
	"1:2:3:4:5:6:7", "1:2:3:4:5:6:7:", ":1:2:3:4:5:6:7", "::1:2:3:4:5:6:7",
	"1:2:3:4:5:6:7::", "1::3:4:5:6:7:8", "1:2:3::5:6:7:8",
	"1:2:3::4:5:6:7:8", "1:2:3:4:5:6:7:8:", "1:2:3:4:5:6:7:8::",
	"::1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::8",
	"0:0:0:0:0:0:0:0", "0:0:0:0:0:0:0:1", "ffff::", "FFFF::", "fFfF::F",
	"g::", "::g", "12345::", "::12345", "0000::", "00000::", "::00001",
	"::ffff:1.2.3.4", "::FFFF:1.2.3.4", "::1.2.3.4", "1.2.3.4::",
	"::1.2.3.4:5", "::1.2.3", "::1.2.3.4.5", "::1.2.3.256", "::01.2.3.4",
	"::1.2.3.4::", "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:1.2.3.4",
	"1:2:3:4:5:6:7:1.2.3.4", "1:2:3:4:5::1.2.3.4", "1:2:3:4:5:6::1.2.3.4",
	"1:2:3:4::6:1.2.3.4", "::2:3:4:5:6:1.2.3.4", "::1:2:3:4:5:6:1.2.3.4",
	"1::2:3:4:5:1.2.3.4", "1::1.2.3.4", "::.1.2.3", "::1.", "1.:", ".:",
	":.", "::%lo", "fe80::1%1", "[::1]", "::1/128", "::/0", "1.2.3.4/32",
	"-1::", "+1::", "0x1::", ":: ", " ::", "1 ::", "a:b:c:d:e:f:0:1",
	"::0", "0::", "0::0", "::0:0", "1::0:0:0:0:0:0", "1::0:0:0:0:0:0:0",
	"64:ff9b::192.0.2.33", "::255.255.255.255", "::0.0.0.0",
};

static void random_bytes(struct rnd *r, unsigned char *b)
{
	int i;

	/* zeros in runs and small groups are what the text form is about */
	for (i = 0; i < 16; i += 2) {
		u32 x = rnd_u32(r);

		if (x % 8 < 4)
			x = 0;
		else if (x % 8 == 4)
			x &= 0xf0000;
		else if (x % 8 == 5)
			x |= 0xffff0000;
		b[i] = x >> 24;
		b[i + 1] = x >> 16;
	}
	if (rnd_one_in(r, 8)) {
		memset(b, 0, 10);
		memset(b + 10, rnd_one_in(r, 2) ? 0xff : 0, 2);
	}
}

static void random_text(struct rnd *r, char *text)
{
	static const char * const piece[] = {
		":", ":", ":", "::", "::", ".", ".", ".", "0", "1", "9", "a",
		"F", "12", "255", "256", "ffff", "abcd", "0db8", "00000", "g",
		"1.2.3.4", "1:2:3:4", "0:0", "::ffff:", " ", "/", "%", "-",
	};
	u32 n = rnd_below(r, 12);

	*text = '\0';
	while (n--)
		strcat(text, piece[rnd_below(r, ARRAY_SIZE(piece))]);
}

static void mutate(struct rnd *r, char *text)
{
	static const char with[] = "0123456789abcdefF:.g/% ";
	size_t len = strlen(text);
	u32 at = rnd_below(r, len + 1);

	switch (rnd_below(r, 3)) {
	case 0:
		if (at < len)
			text[at] = with[rnd_below(r, sizeof(with) - 1)];
		break;
	case 1:
		memmove(text + at + 1, text + at, len - at + 1);
		text[at] = with[rnd_below(r, sizeof(with) - 1)];
		break;
	default:
		if (at < len)
			memmove(text + at, text + at + 1, len - at);
	}
}

static void test_edges(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(edges); i++)
		tap_ok(parse_agrees(edges[i]), "parse \"%s\"", edges[i]);
}

static void test_random(struct rnd *r)
{
	u32 i, bad_format = 0, bad_back = 0, bad_mutant = 0, bad_text = 0;
	char text[128];

	for (i = 0; i < ROUNDS; i++) {
		unsigned char b[16];
		bool is4 = rnd_one_in(r, 3);

		random_bytes(r, b);
		inet_ntop(is4 ? AF_INET : AF_INET6, b, text, sizeof(text));
		if (!format_agrees(b, is4) && !bad_format++)
			tap_note("format %s", text);
		if (!parse_agrees(text) && !bad_back++)
			tap_note("parse %s", text);
		mutate(r, text);
		if (rnd_one_in(r, 2))
			mutate(r, text);
		if (!parse_agrees(text) && !bad_mutant++)
			tap_note("parse %s", text);
		random_text(r, text);
		if (!parse_agrees(text) && !bad_text++)
			tap_note("parse %s", text);
	}
	tap_ok(!bad_format, "%u random addresses written like inet_ntop()", i);
	tap_ok(!bad_back, "%u texts of inet_ntop() read", i);
	tap_ok(!bad_mutant, "%u changed texts read like inet_pton()", i);
	tap_ok(!bad_text, "%u random texts read like inet_pton()", i);
}

/* Every length, bit by bit. */
static bool prefix_agrees(struct rnd *r, bool v4, int len)
{
	unsigned char b[16] = { 0 }, first[16], last[16], got[16];
	struct kap_prefix p = { .len = len, .v4 = v4 };
	struct kap_addr end;
	int i;

	random_bytes(r, b);
	if (rnd_one_in(r, 2))
		memset(b, 0xff, sizeof(b));
	memcpy(first, b, sizeof(b));
	memcpy(last, b, sizeof(b));
	for (i = len; i < (v4 ? 32 : 128); i++) {
		first[i / 8] &= ~(0x80 >> i % 8);
		last[i / 8] |= 0x80 >> i % 8;
	}
	if (v4)
		p.addr.lo = (u32)b[0] << 24 | b[1] << 16 | b[2] << 8 | b[3];
	else
		from_bytes(b, &p.addr);
	kap_prefix_mask(&p);
	to_bytes(&p.addr, v4, got);
	if (memcmp(got, first, v4 ? 4 : 16) || (v4 && (p.addr.hi ||
						       p.addr.lo >> 32)))
		return false;
	end = kap_prefix_last(&p);
	to_bytes(&end, v4, got);
	return !memcmp(got, last, v4 ? 4 : 16) &&
	       (!v4 || (!end.hi && !(end.lo >> 32)));
}

static void test_prefixes(struct rnd *r)
{
	int len, i, bad = 0;

	for (len = 0; len <= 32; len++) {
		for (i = 0; i < 100; i++)
			bad += !prefix_agrees(r, true, len);
	}
	tap_ok(!bad, "first and last address of IPv4 prefixes");
	bad = 0;
	for (len = 0; len <= 128; len++) {
		for (i = 0; i < 100; i++)
			bad += !prefix_agrees(r, false, len);
	}
	tap_ok(!bad, "first and last address of IPv6 prefixes");
}

/* Too small a buffer: cut off, terminated, and not a byte more. */
static void test_small_buffers(void)
{
	static const struct kap_addr addr = {
		0xffffffffffffffffULL, 0xffffffffffffffffULL,
	};
	char text[KAP_ADDR_TEXT];
	size_t size, full = kap_addr_format(&addr, false, text, sizeof(text));
	bool ok = full == 39;

	for (size = 1; size <= full; size++) {
		char *small = malloc(size);

		if (!small)
			tap_bail("out of memory");
		kap_addr_format(&addr, false, small, size);
		ok &= !strncmp(small, text, size - 1) && !small[size - 1];
		free(small);
	}
	tap_ok(ok, "a short buffer is filled and terminated");
}

int main(void)
{
	struct rnd r;

	tap_plan(ARRAY_SIZE(edges) + 7);
	r = rnd_from(rnd_seed());
	test_edges();
	test_random(&r);
	test_prefixes(&r);
	test_small_buffers();
	return tap_done();
}

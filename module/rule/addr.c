// SPDX-License-Identifier: GPL-2.0
/*
 * Not in4_pton() and in6_pton(): they accept "1..2.3" and "010.0.0.1", and
 * kapctl must accept exactly the addresses that the module accepts.
 */
#include "rule/addr.h"

#include <linux/kernel.h>

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static bool parse_v4(const char *s, const char *end, u32 *out)
{
	u32 addr = 0;
	int part;

	for (part = 0; part < 4; part++) {
		const char *start;
		u32 v = 0;

		if (part && (s == end || *s++ != '.'))
			return false;
		for (start = s; s < end && *s >= '0' && *s <= '9'; s++) {
			v = v * 10 + (*s - '0');
			/* refuse 010: inet_aton() reads it as octal */
			if (v > 255 || (s > start && *start == '0'))
				return false;
		}
		if (s == start)
			return false;
		addr = addr << 8 | v;
	}
	*out = addr;
	return s == end;
}

/* Read one 16-bit group. Returns the position behind it, or NULL. */
static const char *parse_group(const char *s, const char *end, u16 *out)
{
	const char *start = s;
	u16 v = 0;

	for (; s < end && hex_value(*s) >= 0; s++) {
		if (s - start == 4)
			return NULL;
		v = v << 4 | hex_value(*s);
	}
	*out = v;
	return s == start ? NULL : s;
}

static const char *find(const char *s, const char *end, char c)
{
	while (s < end && *s != c)
		s++;
	return s;
}

static bool parse_v6(const char *s, const char *end, u16 *group)
{
	u16 part[8];
	int n = 0, gap = -1, i;

	if (end - s >= 2 && s[0] == ':' && s[1] == ':') {
		gap = 0;
		s += 2;
	}
	while (s < end) {
		const char *next = find(s, end, ':');

		if (n > 6 + (next == end && find(s, next, '.') == next))
			return false;
		if (next == end && find(s, end, '.') != end) {
			u32 v4;

			if (!parse_v4(s, end, &v4))
				return false;
			part[n++] = v4 >> 16;
			part[n++] = v4;
			break;
		}
		if (parse_group(s, end, &part[n++]) != next)
			return false;
		s = next;
		if (s == end)
			break;
		s++;
		if (s < end && *s == ':') {
			if (gap >= 0)
				return false;
			gap = n;
			s++;
		} else if (s == end) {
			return false;
		}
	}
	if (gap < 0 ? n != 8 : n > 7)
		return false;
	for (i = 0; i < 8; i++) {
		if (gap < 0 || i < gap)
			group[i] = part[i];
		else
			group[i] = i < gap + 8 - n ? 0 : part[i - (8 - n)];
	}
	return true;
}

/**
 * kap_addr_parse - read an IPv4 or IPv6 address
 * @s: its first character
 * @end: behind its last
 * @addr: the result
 * @v4: whether it is IPv4; an IPv4-mapped address stays IPv6 here
 *
 * Context: any.
 * Return: whether it is one.
 */
bool kap_addr_parse(const char *s, const char *end, struct kap_addr *addr,
		    bool *v4)
{
	u16 g[8];
	u32 v;

	*v4 = find(s, end, ':') == end;
	if (*v4) {
		if (!parse_v4(s, end, &v))
			return false;
		addr->hi = 0;
		addr->lo = v;
		return true;
	}
	if (!parse_v6(s, end, g))
		return false;
	addr->hi = (u64)g[0] << 48 | (u64)g[1] << 32 | (u32)g[2] << 16 | g[3];
	addr->lo = (u64)g[4] << 48 | (u64)g[5] << 32 | (u32)g[6] << 16 | g[7];
	return true;
}

/**
 * kap_addr_format - write an address
 * @addr: the address
 * @v4: whether it is IPv4
 * @buf: where to
 * @size: bytes of @buf; KAP_ADDR_TEXT is enough
 *
 * Context: any.
 * Return: length of the text.
 */
size_t kap_addr_format(const struct kap_addr *addr, bool v4, char *buf,
		       size_t size)
{
	int gap = -1, gap_len = 1, run = 0, i;
	size_t len = 0;
	u16 g[8];

	if (v4)
		return scnprintf(buf, size, "%u.%u.%u.%u",
				 (u32)(addr->lo >> 24) & 255,
				 (u32)(addr->lo >> 16) & 255,
				 (u32)(addr->lo >> 8) & 255,
				 (u32)addr->lo & 255);
	for (i = 0; i < 8; i++) {
		g[i] = (i < 4 ? addr->hi : addr->lo) >> (48 - 16 * (i % 4));
		run = g[i] ? 0 : run + 1;
		/* RFC 5952: the first of the longest runs of two or more zero groups */
		if (run > gap_len) {
			gap_len = run;
			gap = i + 1 - run;
		}
	}
	for (i = 0; i < 8; i++) {
		if (i == gap) {
			len += scnprintf(buf + len, size - len, "::");
			i += gap_len - 1;
			continue;
		}
		len += scnprintf(buf + len, size - len, "%s%x",
				 i && i != gap + gap_len ? ":" : "", g[i]);
	}
	return len;
}

static void mask(const struct kap_prefix *p, u64 *hi, u64 *lo)
{
	int len = p->v4 ? p->len + 96 : p->len;

	*hi = len >= 64 ? ~0ULL : len ? ~0ULL << (64 - len) : 0;
	*lo = len <= 64 ? 0 : ~0ULL << (128 - len);
	if (p->v4)
		*lo &= 0xffffffffULL;
}

/**
 * kap_prefix_mask - clear the host bits of a prefix
 * @p: prefix with @addr, @len and @v4 set
 *
 * Context: any.
 */
void kap_prefix_mask(struct kap_prefix *p)
{
	u64 hi, lo;

	mask(p, &hi, &lo);
	p->addr.hi &= hi;
	p->addr.lo &= lo;
}

/**
 * kap_prefix_last - last address of a prefix
 * @p: prefix without host bits
 *
 * Context: any.
 * Return: the address.
 */
struct kap_addr kap_prefix_last(const struct kap_prefix *p)
{
	struct kap_addr last;
	u64 hi, lo;

	mask(p, &hi, &lo);
	last.hi = p->v4 ? 0 : p->addr.hi | ~hi;
	last.lo = p->addr.lo | (p->v4 ? ~lo & 0xffffffffULL : ~lo);
	return last;
}

/**
 * kap_addr_bytes - an IPv6 address in network order
 * @addr: the address
 * @to: 16 bytes
 *
 * Context: any.
 */
void kap_addr_bytes(const struct kap_addr *addr, u8 *to)
{
	int i;

	for (i = 0; i < 8; i++) {
		to[i] = addr->hi >> (56 - 8 * i);
		to[8 + i] = addr->lo >> (56 - 8 * i);
	}
}

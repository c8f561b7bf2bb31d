// SPDX-License-Identifier: GPL-2.0
/* Addresses as other programs write them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "rule/addr.h"
#include "words/names.h"
#include "words/repair.h"

#define RANGE_MAX	32	/* prefixes that a range becomes */

static bool read_addr(const char *s, const char *end, struct kap_addr *addr,
		      bool *v4)
{
	return s < end && kap_addr_parse(s, end, addr, v4);
}

static bool is_addr(const char *s, const char *end)
{
	struct kap_addr addr;
	bool v4;

	return read_addr(s, end, &addr, &v4);
}

static const char *find(struct kap_text t, char c)
{
	return memchr(t.s, c, kap_word_length(t));
}

/* The prefix length of a netmask, or -1. */
static int mask_length(u32 mask)
{
	int len = 0;

	while (len < 32 && (mask & 0x80000000u >> len))
		len++;
	return len == 32 || !(mask << len) ? len : -1;
}

/* "10.0.0.0/255.0.0.0" */
static bool fix_netmask(struct kap_text at, struct kap_repair *r)
{
	const char *slash = find(at, '/');
	struct kap_addr mask;
	bool v4;

	if (!slash || !is_addr(at.s, slash) ||
	    !read_addr(slash + 1, at.end, &mask, &v4) || !v4 ||
	    mask_length(mask.lo) < 0)
		return false;
	kap_repair_hint(r, "a prefix has a length, not a mask");
	kap_repair_replace(r, at, "%.*s/%d", (int)(slash - at.s), at.s,
			   mask_length(mask.lo));
	return true;
}

/* The prefixes that make up a range of IPv4 addresses. */
static bool fix_range(struct kap_text at, struct kap_repair *r)
{
	const char *dash = find(at, '-');
	struct kap_addr a, b;
	char *text, *to;
	bool v4, also;
	u64 lo, hi, n;

	if (!dash || !read_addr(at.s, dash, &a, &v4) ||
	    !read_addr(dash + 1, at.end, &b, &also))
		return false;
	kap_repair_hint(r, "no ranges of addresses, only prefixes");
	if (!v4 || !also || b.lo < a.lo)
		return true;
	text = kap_mem_alloc(RANGE_MAX * 2 * KAP_ADDR_TEXT);
	to = text;
	hi = b.lo;
	for (lo = a.lo; lo <= hi; lo += n) {
		struct kap_addr addr = { 0, lo };
		int len = 32;

		for (n = 1; !(lo & n) && n < 1ULL << 32 &&
		     lo + 2 * n - 1 <= hi; n *= 2)
			len--;
		if (to > text)
			*to++ = ',';
		to += kap_addr_format(&addr, true, to, KAP_ADDR_TEXT);
		if (len < 32)
			to += sprintf(to, "/%d", len);
	}
	kap_repair_replace(r, at, "%s", text);
	free(text);
	return true;
}

/* "fe80::1%eth0", "[2001:db8::1]", "10.0.0.1:443", "[::1]:443" */
static bool fix_extras(const struct kap_problem *p, struct kap_repair *r)
{
	struct kap_text at = p->at, addr = at;
	const char *percent = find(at, '%'), *colon = NULL;
	const char *port = p->key == KAP_KEY_RADDR ? "rport" : "lport";

	if (percent && is_addr(at.s, percent)) {
		kap_repair_hint(r, "an address has no interface here");
		kap_repair_replace(r, (struct kap_text){ percent, at.end },
				   "%s", "");
		return true;
	}
	if (*at.s == '[') {
		addr.s++;
		addr.end = find(at, ']');
		if (!addr.end)
			return false;
		if (addr.end + 1 < at.end && addr.end[1] == ':')
			colon = addr.end + 1;
	} else {
		colon = find(at, ':');
		addr.end = colon ? colon : at.end;
	}
	if (!is_addr(addr.s, addr.end))
		return false;
	if (colon && at.end == p->word.end) {
		kap_repair_hint(r, "the port is a key of its own");
		kap_repair_replace(r, at, "%.*s %s=%.*s",
				   (int)kap_word_length(addr), addr.s, port,
				   (int)(at.end - colon - 1), colon + 1);
	} else {
		kap_repair_hint(r, "no brackets around an address");
		kap_repair_replace(r, at, "%.*s", (int)kap_word_length(addr),
				   addr.s);
	}
	return true;
}

/* "10.1", "10.1.*", "10.1.*.*", "10.1.0.0/8" with zeros in front of a number */
static bool fix_parts(struct kap_text at, struct kap_repair *r)
{
	unsigned int part[4] = { 0 }, n = 0;
	const char *s = at.s;
	bool stars = false;

	for (; n < 4 && s < at.end && *s >= '0' && *s <= '9'; n++) {
		char *end;

		part[n] = strtoul(s, &end, 10);
		if (part[n] > 255)
			return false;
		s = end;
		if (s < at.end && *s == '.')
			s++;
	}
	for (; s < at.end && (*s == '*' || *s == '.' || *s == 'x'); s++)
		stars = true;
	if (!n || (n == 4 && stars) || (s < at.end && (*s != '/' || stars)))
		return false;
	kap_repair_hint(r, n < 4 ? "a network is written with all four numbers and a length" :
				   "no zeros in front: some programs read them as octal");
	if (s < at.end)
		kap_repair_replace(r, at, "%u.%u.%u.%u%.*s", part[0], part[1],
				   part[2], part[3], (int)(at.end - s), s);
	else if (n < 4)
		kap_repair_replace(r, at, "%u.%u.%u.%u/%u", part[0], part[1],
				   part[2], part[3], 8 * n);
	else
		kap_repair_replace(r, at, "%u.%u.%u.%u", part[0], part[1],
				   part[2], part[3]);
	return true;
}

static void fix_host(const struct kap_problem *p, struct kap_repair *r)
{
	static const char * const localhost[] = {
		"localhost", "localhost.localdomain", "loopback", "lo", NULL,
	};
	int len = kap_word_length(p->at);

	if (kap_word_is(p->at, localhost)) {
		kap_repair_hint(r, "names are not looked up");
		kap_repair_replace(r, p->at, "127.0.0.0/8,::1");
	} else if (strspn(p->at.s, "0123456789./") >= kap_word_length(p->at)) {
		kap_repair_hint(r, "an IPv4 address has four numbers of 0 to 255");
	} else {
		kap_repair_hint(r, "names are not looked up, for their addresses may change: getent ahosts %.*s",
				len, p->at.s);
	}
}

/* "10.0.0.1;10.0.0.2": other separators of lists. */
static bool fix_separators(const struct kap_problem *p, struct kap_repair *r)
{
	char *text = strndup(p->value.s, kap_word_length(p->value)), *s;
	bool changed = false;

	if (!text)
		abort();
	for (s = text; *s; s++) {
		if (*s == ';' || *s == '|' || *s == '+' || *s == '&') {
			*s = ',';
			changed = true;
		}
	}
	if (changed) {
		kap_repair_hint(r, "a list has commas");
		kap_repair_replace(r, p->value, "%s", text);
	}
	free(text);
	return changed;
}

/**
 * kap_fix_address - an address that the parser does not read
 * @p: the problem
 * @r: gets what is meant
 *
 * Return: whether that is known.
 */
bool kap_fix_address(const struct kap_problem *p, struct kap_repair *r)
{
	static const char * const any[] = { "any", "all", "*", NULL };
	char *why;

	if (p->error != KAP_E_ADDR && p->error != KAP_E_PREFIX)
		return false;
	if (*p->at.s == '@') {
		why = kap_names_refused(p->at.s, kap_word_length(p->at), p->where);
		if (why)
			kap_repair_hint(r, "%s", why);
		free(why);
	} else if (*p->value.s == '!') {
		kap_repair_not(p, r);
	} else if (kap_word_is(p->value, any)) {
		kap_repair_hint(r, "a key that is left out matches everything");
		kap_repair_drop(r, p->word);
	} else if (p->error == KAP_E_PREFIX) {
		kap_repair_hint(r, "a single address needs no length");
	} else if (!fix_separators(p, r) && !fix_netmask(p->at, r) &&
		   !fix_range(p->at, r) && !fix_extras(p, r) &&
		   !fix_parts(p->at, r)) {
		if (strcspn(p->at.s, ":") < kap_word_length(p->at))
			kap_repair_hint(r, "an IPv6 address has eight groups of four hexadecimal digits, or :: once");
		else
			fix_host(p, r);
	}
	return true;
}

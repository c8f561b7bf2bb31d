// SPDX-License-Identifier: GPL-2.0
/* Addresses as other programs write them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/sys_dir.h"
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

/* "10.0.0.1:443" and "[::1]:443"; @port stays empty where there is none. */
static bool split_endpoint(struct kap_text w, struct kap_text *addr,
			   struct kap_text *port)
{
	const char *colon = memrchr(w.s, ':', kap_word_length(w));

	*addr = w;
	*port = (struct kap_text){ w.end, w.end };
	if (*w.s == '[') {
		addr->s++;
		addr->end = find(w, ']');
		if (!addr->end)
			return false;
		colon = addr->end + 1 < w.end && addr->end[1] == ':' ?
			addr->end + 1 : NULL;
	} else if (colon && !is_addr(w.s, w.end)) {
		addr->end = colon;
	} else {
		colon = NULL;
	}
	if (colon)
		port->s = colon + 1;
	return is_addr(addr->s, addr->end);
}

/* "fe80::1%eth0", "[2001:db8::1]", "10.0.0.1:443", "[::1]:443" */
static bool fix_extras(const struct kap_problem *p, struct kap_repair *r)
{
	const char *percent = find(p->at, '%');
	struct kap_text addr, port;

	if (percent && is_addr(p->at.s, percent)) {
		kap_repair_hint(r, "an address has no interface here");
		kap_repair_replace(r, (struct kap_text){ percent, p->at.end },
				   "%s", "");
		return true;
	}
	if (!split_endpoint(p->at, &addr, &port))
		return false;
	if (port.s < port.end && p->at.end == p->word.end) {
		kap_repair_hint(r, "the port is a key of its own");
		kap_repair_replace(r, p->at, "%.*s %s=%.*s",
				   (int)kap_word_length(addr), addr.s,
				   p->key == KAP_KEY_RADDR ? "rport" : "lport",
				   (int)kap_word_length(port), port.s);
	} else {
		kap_repair_hint(r, "no brackets around an address");
		kap_repair_replace(r, p->at, "%.*s",
				   (int)kap_word_length(addr), addr.s);
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
	if (n == 4 && s + 1 == at.end) {
		kap_repair_hint(r, "behind the slash stands the length of the network, such as /24");
		return true;
	}
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

/* Is this the name of a network interface of this host? */
static bool is_interface(struct kap_text name)
{
	char *path;
	bool there;

	if (memchr(name.s, '/', kap_word_length(name)) ||
	    asprintf(&path, "%s/class/net/%.*s", kap_sys_dir(),
		     (int)kap_word_length(name), name.s) < 0)
		return false;
	there = !access(path, F_OK);
	free(path);
	return there;
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
	} else if (is_interface(p->at)) {
		kap_repair_hint(r, "rules see no interfaces; its addresses: ip -br addr show %.*s",
				len, p->at.s);
	} else if (strspn(p->at.s, "0123456789./") >= kap_word_length(p->at)) {
		kap_repair_hint(r, "an IPv4 address has four numbers of 0 to 255");
	} else {
		kap_repair_hint(r, "names are not looked up, for their addresses may change: getent ahosts %.*s",
				len, p->at.s);
	}
}

/* "https://10.0.0.1/", of which only the middle is an address. */
static bool fix_scheme(const struct kap_problem *p, struct kap_repair *r)
{
	const char *s = memmem(p->at.s, kap_word_length(p->at), "://", 3);
	const char *slash;

	if (!s)
		return false;
	s += 3;
	slash = memchr(s, '/', p->at.end - s);
	kap_repair_hint(r, "an address alone, no URL");
	kap_repair_replace(r, p->at, "%.*s",
			   (int)((slash ? slash : p->at.end) - s), s);
	return true;
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
	} else if (!fix_scheme(p, r) && !fix_separators(p, r) &&
		   !fix_netmask(p->at, r) && !fix_range(p->at, r) &&
		   !fix_extras(p, r) && !fix_parts(p->at, r)) {
		if (strcspn(p->at.s, ":") < kap_word_length(p->at))
			kap_repair_hint(r, "an IPv6 address has eight groups of four hexadecimal digits, or :: once");
		else
			fix_host(p, r);
	}
	return true;
}

/**
 * kap_fix_endpoint - give a port or an address its key
 * @p: the problem; its word has no "="
 * @r: gets "port=443", "raddr=10.0.0.1" or both
 *
 * Return: whether the word is a port, an address, a prefix, or both.
 */
bool kap_fix_endpoint(const struct kap_problem *p, struct kap_repair *r)
{
	struct kap_text w = p->word, addr, port;
	const char *slash = find(w, '/'), *digits = w.s + (*w.s == ':');

	if (digits < w.end && digits + strspn(digits, "0123456789") >= w.end) {
		kap_repair_hint(r, "a port is written with its key");
		kap_repair_replace(r, w, "port=%.*s", (int)(w.end - digits),
				   digits);
	} else if (slash && is_addr(w.s, slash)) {
		kap_repair_hint(r, "an address is written with its key");
		kap_repair_replace(r, w, "raddr=%.*s", (int)kap_word_length(w),
				   w.s);
	} else if (!slash && split_endpoint(w, &addr, &port)) {
		kap_repair_hint(r, "an address is written with its key");
		kap_repair_replace(r, w, "raddr=%.*s%s%.*s",
				   (int)kap_word_length(addr), addr.s,
				   port.s < port.end ? " rport=" : "",
				   (int)kap_word_length(port), port.s);
	} else {
		return false;
	}
	return true;
}

// SPDX-License-Identifier: GPL-2.0
/* Lists of ports and users; and separators behind a value of any key. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "rule/limits.h"
#include "rule/rule.h"
#include "words/repair.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* "80:idle=30s": another word begins where a blank is missing. */
static bool fix_run_on(const struct kap_problem *p, struct kap_repair *r)
{
	const char *is, *s;

	for (is = p->value.s; is < p->value.end && *is != '='; is++)
		;
	if (is == p->value.end || is == p->value.s)
		return false;
	for (s = is; s > p->value.s && (is_letter(s[-1])); s--)
		;
	if (s == p->value.s || !kap_key_meant((struct kap_text){ s, is }))
		return false;
	kap_repair_hint(r, "words are separated by blanks");
	kap_repair_replace(r, (struct kap_text){ s - 1, s }, " ");
	return true;
}

/* "30s," and "30s;" */
static bool fix_tail(const struct kap_problem *p, struct kap_repair *r)
{
	struct kap_text tail = { p->value.end, p->value.end };

	while (tail.s > p->value.s && (tail.s[-1] == ',' || tail.s[-1] == ';'))
		tail.s--;
	if (tail.s == tail.end || tail.s == p->value.s)
		return false;
	kap_repair_hint(r, "words are separated by blanks alone");
	kap_repair_replace(r, tail, "%s", "");
	return true;
}

static bool is_number_list(int key)
{
	return key == KAP_KEY_PORT || key == KAP_KEY_LPORT ||
	       key == KAP_KEY_RPORT || key == KAP_KEY_UID;
}

/* Replace other separators; remove brackets and protocols. */
static bool fix_separators(const struct kap_problem *p, struct kap_repair *r)
{
	char *text = kap_mem_alloc(kap_word_length(p->value) + 1), *to = text;
	const char *s, *end = p->value.end;
	bool changed = false;

	for (s = p->value.s; s < end; s++) {
		char c = *s;

		if (end - s >= 4 && (!memcmp(s, "/tcp", 4) ||
				     !memcmp(s, "tcp/", 4) ||
				     !memcmp(s, "tcp:", 4))) {
			s += 3;
			changed = true;
			continue;
		}
		if (c == ';' || c == '|' || c == '/' || c == '+' || c == '&')
			c = ',';
		else if (c == ':')
			c = '-';
		else if (c == '.' && s + 1 < end && s[1] == '.')
			s++, c = '-';
		else if (strchr("{}[]()", c))
			c = '\0';
		changed |= c != *s;
		if (c)
			*to++ = c;
	}
	if (changed) {
		kap_repair_hint(r, "a list has commas, a range a dash: 80,443,8000-8999");
		kap_repair_replace(r, p->value, "%s", text);
	}
	free(text);
	return changed;
}

/*
 * "1024-", "1024:" and "1024+" go on to the last port, "-1024" begins at the
 * first; ":80" is how ss writes a single one.
 */
static bool fix_open(const struct kap_problem *p, struct kap_repair *r)
{
	const char *s = p->at.s, *end = p->at.end;
	size_t len = kap_word_length(p->at);

	if (len < 2 || p->key == KAP_KEY_UID)
		return false;
	if (is_digit(*s) && strspn(s, "0123456789") == len - 1 &&
	    strchr("-:+", end[-1]))
		kap_repair_replace(r, p->at, "%.*s-65535", (int)len - 1, s);
	else if (*s == '-' && strspn(s + 1, "0123456789") >= len - 1)
		kap_repair_replace(r, p->at, "1%.*s", (int)len, s);
	else if (*s == ':' && strspn(s + 1, "0123456789") >= len - 1)
		kap_repair_replace(r, p->at, "%.*s", (int)len - 1, s + 1);
	else
		return false;
	kap_repair_hint(r, "a port is a number, a range has both ends: 1024-65535");
	return true;
}

/* The range of the element in @p->at, moved into what there is. */
static void fix_range(const struct kap_problem *p, struct kap_repair *r)
{
	unsigned long max = p->key == KAP_KEY_UID ? KAP_UID_MAX : KAP_PORT_MAX;
	unsigned long min = p->key == KAP_KEY_UID ? 0 : 1;
	const char *dash = memchr(p->at.s, '-', kap_word_length(p->at));
	unsigned long lo = strtoul(p->at.s, NULL, 10);
	unsigned long hi = dash ? strtoul(dash + 1, NULL, 10) : lo;

	if (p->error == KAP_E_REVERSED) {
		kap_repair_hint(r, "the smaller number first");
		kap_repair_replace(r, p->at, "%lu-%lu", hi, lo);
	} else if (dash) {
		kap_repair_replace(r, p->at, "%lu-%lu",
				   lo < min ? min : lo > max ? max : lo,
				   hi < min ? min : hi > max ? max : hi);
	} else if (p->key == KAP_KEY_UID) {
		kap_repair_hint(r, "4294967295 is (uid_t)-1, nobody's number");
	} else if (!lo) {
		kap_repair_hint(r, "without %.*s, every port",
				(int)(p->value.s - p->word.s), p->word.s);
	}
}

static void fix_name(const struct kap_problem *p, struct kap_repair *r)
{
	int len = kap_word_length(p->at);

	if (p->key == KAP_KEY_UID) {
		r->message = "no such user on this host";
		kap_repair_hint(r, "where there is one, id -u %.*s tells the number",
				len, p->at.s);
	} else {
		r->message = "no such TCP service in /etc/services";
		kap_repair_hint(r, "write the number of the port");
	}
}

/**
 * kap_fix_list - a list of numbers that the parser does not read
 * @p: the problem
 * @r: gets what is meant
 *
 * Return: whether that is known.
 */
bool kap_fix_list(const struct kap_problem *p, struct kap_repair *r)
{
	static const char * const any[] = { "any", "all", "*", "0-65535", NULL };
	const char *s;

	if (p->value.s && p->key >= 0 &&
	    (fix_run_on(p, r) || fix_tail(p, r)))
		return true;
	if (p->value.s && p->value.s < p->value.end && *p->value.s == '=' &&
	    p->key >= 0) {
		kap_repair_hint(r, "one = is enough");
		kap_repair_replace(r, (struct kap_text){ p->value.s, p->value.s + 1 },
				   "%s", "");
		return true;
	}
	if (!p->value.s || !is_number_list(p->key))
		return false;
	if (p->error == KAP_E_PORT || p->error == KAP_E_UID ||
	    p->error == KAP_E_REVERSED) {
		fix_range(p, r);
		return true;
	}
	if (kap_word_is(p->value, any)) {
		kap_repair_hint(r, "a key that is left out matches everything");
		kap_repair_drop(r, p->word);
		return true;
	}
	if (*p->value.s == '!') {
		kap_repair_not(p, r);
		return true;
	}
	if (memchr(p->value.s, '$', kap_word_length(p->value))) {
		kap_repair_hint(r, "there are no variables here");
		return true;
	}
	if (fix_open(p, r) || fix_separators(p, r))
		return true;
	for (s = p->at.s; s < p->at.end && !is_letter(*s); s++)
		;
	if (s < p->at.end)
		fix_name(p, r);
	else
		kap_repair_hint(r, p->key == KAP_KEY_UID ?
				   "numbers, names of users, and ranges such as 1000-1999" :
				   "numbers, names of services, and ranges such as 8000-8999");
	return true;
}

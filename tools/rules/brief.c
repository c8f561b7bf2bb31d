// SPDX-License-Identifier: GPL-2.0
#include "rules/brief.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "rules/difference.h"

/* A list of more than SHOWN_ALL elements is cut to the first SHOWN. */
#define SHOWN_ALL	24
#define SHOWN		8

/**
 * kap_brief_number - a number in five columns
 * @n: the number
 * @buf: where to
 * @size: bytes of @buf; KAP_BRIEF_NUMBER is enough
 *
 * Return: @buf, such as 9999, 12.3k or 123M.
 */
char *kap_brief_number(u64 n, char *buf, size_t size)
{
	const char *unit = "kMGTPE";
	u64 scale = 1000;

	if (n < 10000) {
		snprintf(buf, size, "%llu", (unsigned long long)n);
		return buf;
	}
	while (n / scale >= 1000) {
		scale *= 1000;
		unit++;
	}
	if (n / scale >= 100)
		snprintf(buf, size, "%llu%c", (unsigned long long)(n / scale),
			 *unit);
	else
		snprintf(buf, size, "%llu.%llu%c",
			 (unsigned long long)(n / scale),
			 (unsigned long long)(n / (scale / 10) % 10), *unit);
	return buf;
}

/**
 * kap_brief_match_all - the match keys of a rule
 * @rule: the rule
 *
 * Return: text to be freed; "all" when it has none.
 */
char *kap_brief_match_all(const struct kap_rule *rule)
{
	static const char skip[] = "action=skip", all[] = "all";
	struct kap_rule r = *rule;
	size_t len;
	char *text;

	/* a rule that does nothing else is written by its match keys alone */
	r.name = NULL;
	r.prio = KAP_PRIO_DEFAULT;
	r.opts = 0;
	r.mode = KAP_DEFAULT;
	text = kap_rule_text(&r);
	len = strlen(text) - strlen(skip);
	if (len)
		text[len - 1] = '\0';
	else
		strcpy(text, all);
	return text;
}

/**
 * kap_brief_sets_all - what a rule sets, as it is written
 * @rule: the rule
 *
 * Return: text to be freed.
 */
char *kap_brief_sets_all(const struct kap_rule *rule)
{
	struct kap_rule r = *rule;

	r.name = NULL;
	r.prio = KAP_PRIO_DEFAULT;
	r.cgroup = NULL;
	r.dir = 0;
	memset(r.n_ranges, 0, sizeof(r.n_ranges));
	memset(r.n_addrs, 0, sizeof(r.n_addrs));
	return kap_rule_text(&r);
}

/* Behind the first @n elements of a list; its end when it has no more. */
static const char *skip_elements(const char *s, const char *end, size_t n)
{
	while (n--) {
		s = memchr(s, ',', end - s);
		if (!s)
			return end;
		s++;
	}
	return s;
}

/**
 * kap_brief_match - the match keys of a rule, without the rest of long lists
 * @rule: the rule
 *
 * Return: text to be freed.
 */
char *kap_brief_match(const struct kap_rule *rule)
{
	char *all = kap_brief_match_all(rule);
	char *text = kap_mem_alloc(2 * strlen(all) + 32), *to = text;
	const char *s = all;

	while (*s) {
		const char *end = s + strcspn(s, " "), *cut, *c;
		size_t n = 1;

		for (c = s; c < end; c++)
			n += *c == ',';
		cut = n > SHOWN_ALL ? skip_elements(s, end, SHOWN) : end;
		to = mempcpy(to, s, cut - s);
		if (cut < end)
			to += sprintf(to, "... %zu in all", n);
		s = end;
		if (*s)
			*to++ = *s++;
	}
	*to = '\0';
	free(all);
	return text;
}

static size_t put_duration(char *buf, size_t size, u64 ms)
{
	char part[] = "000";
	size_t digits = 3;

	if (ms % 1000) {
		snprintf(part, sizeof(part), "%03u", (unsigned int)(ms % 1000));
		while (part[digits - 1] == '0')
			part[--digits] = '\0';
		return snprintf(buf, size, "%llu.%ss",
				(unsigned long long)(ms / 1000), part);
	}
	if (ms && ms % 3600000 == 0)
		return snprintf(buf, size, "%lluh",
				(unsigned long long)(ms / 3600000));
	if (ms && ms % 60000 == 0)
		return snprintf(buf, size, "%llum",
				(unsigned long long)(ms / 60000));
	return snprintf(buf, size, "%llus", (unsigned long long)(ms / 1000));
}

/* "15s/5s/3": idle, intvl, cnt; "-" for an option the rule does not name. */
static size_t put_times(const struct kap_rule *rule, char *buf, size_t size)
{
	const struct kap_values *v = &rule->values;
	size_t len = 0;

	if (rule->opts & KAP_OPT_IDLE)
		len += put_duration(buf, size, v->idle * 1000ULL);
	else
		len += snprintf(buf, size, "-");
	len += snprintf(buf + len, size - len, "/");
	if (rule->opts & KAP_OPT_INTVL)
		len += put_duration(buf + len, size - len, v->intvl * 1000ULL);
	else
		len += snprintf(buf + len, size - len, "-");
	if (rule->opts & KAP_OPT_CNT)
		return len + snprintf(buf + len, size - len, "/%u", v->cnt);
	return len + snprintf(buf + len, size - len, "/-");
}

/* Format the value of user_timeout=: a time, or one of its words. */
static void put_timeout(const struct kap_rule *rule, char *buf, size_t size)
{
	if (rule->auto_timeout)
		snprintf(buf, size, "auto");
	else
		put_duration(buf, size, rule->values.user_timeout);
}

/**
 * kap_brief_sets - what a rule sets, in few columns
 * @rule: the rule
 * @buf: where to
 * @size: bytes of @buf; KAP_BRIEF_SETS is enough
 *
 * Return: @buf, such as "15s/5s/3 ut auto force".
 */
char *kap_brief_sets(const struct kap_rule *rule, char *buf, size_t size)
{
	static const char * const modes[] = {
		[KAP_DEFAULT] = "",
		[KAP_CLAMP] = " clamp",
		[KAP_FORCE] = " force",
	};
	char keepalive[40] = "", timeout[24] = "";
	bool times = rule->opts & (KAP_OPT_IDLE | KAP_OPT_INTVL | KAP_OPT_CNT);

	if (!rule->opts) {
		snprintf(buf, size, "skip");
		return buf;
	}
	if (times && (!(rule->opts & KAP_OPT_KEEPALIVE) ||
		      rule->values.keepalive))
		put_times(rule, keepalive, sizeof(keepalive));
	else if (rule->opts & KAP_OPT_KEEPALIVE)
		strcpy(keepalive, rule->values.keepalive ? "on" : "off");
	if (rule->opts & KAP_OPT_USER_TIMEOUT)
		put_timeout(rule, timeout, sizeof(timeout));
	snprintf(buf, size, "%s%s%s%s%s", keepalive,
		 *keepalive && *timeout ? " " : "", *timeout ? "ut " : "",
		 timeout, modes[rule->mode]);
	return buf;
}

// SPDX-License-Identifier: GPL-2.0
/* Times as people write them. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "rule/limits.h"
#include "rule/rule.h"
#include "words/repair.h"

static const struct {
	const char *name;
	u64 ms;
} units[] = {
	{ "ms", 1 }, { "msec", 1 }, { "msecs", 1 }, { "millis", 1 },
	{ "milliseconds", 1 },
	{ "s", 1000 }, { "sec", 1000 }, { "secs", 1000 }, { "second", 1000 },
	{ "seconds", 1000 },
	{ "m", 60000 }, { "min", 60000 }, { "mins", 60000 },
	{ "minute", 60000 }, { "minutes", 60000 },
	{ "h", 3600000 }, { "hr", 3600000 }, { "hrs", 3600000 },
	{ "hour", 3600000 }, { "hours", 3600000 },
	{ "d", 86400000 }, { "day", 86400000 }, { "days", 86400000 },
};

static const char * const never_words[] = {
	"0", "never", "off", "none", "no", "disable", "disabled", "infinite",
	"infinity", "inf", "forever", "false", NULL,
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* A number, perhaps with a fraction, in thousandths; moves *@s behind it. */
static bool take_number(const char **s, const char *end, u64 *thousandths)
{
	const char *start = *s;
	u64 v = 0, part = 100;

	for (; *s < end && is_digit(**s); (*s)++)
		v = v < 1000000000ULL ? v * 10 + (**s - '0') : v;
	v *= 1000;
	if (end - *s > 1 && **s == '.' && is_digit((*s)[1])) {
		for ((*s)++; *s < end && is_digit(**s); (*s)++, part /= 10)
			v += part * (**s - '0');
	}
	*thousandths = v;
	return *s > start;
}

/* A unit in any spelling; moves *@s behind it. 0 when there is none. */
static u64 take_unit(const char **s, const char *end)
{
	const char *start = *s;
	size_t i;

	while (*s < end && !is_digit(**s))
		(*s)++;
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strlen(units[i].name) == (size_t)(*s - start) &&
		    !strncasecmp(units[i].name, start, *s - start))
			return units[i].ms;
	}
	return 0;
}

/* "1m30s", "0.5h", "2min", "30S"; *@bare when there is no unit at all. */
static bool read_loosely(struct kap_text v, u64 *ms, bool *bare)
{
	const char *s = v.s;
	u64 number, unit;

	*ms = 0;
	*bare = false;
	while (s < v.end) {
		if (!take_number(&s, v.end, &number))
			return false;
		*bare = s == v.end;
		unit = *bare ? 1000 : take_unit(&s, v.end);
		if (!unit || (*bare && *ms))
			return false;
		*ms += number * unit / 1000;
	}
	return v.s < v.end;
}

static void replace_with_ms(const struct kap_problem *p, struct kap_repair *r,
			    u64 ms)
{
	if (ms % 1000)
		kap_repair_replace(r, p->value, "%llums",
				   (unsigned long long)ms);
	else
		kap_repair_replace(r, p->value, "%llus",
				   (unsigned long long)(ms / 1000));
}

static void fix_never(const struct kap_problem *p, struct kap_repair *r)
{
	if (p->key == KAP_KEY_USER_TIMEOUT) {
		kap_repair_hint(r, "no user timeout is called none");
		kap_repair_replace(r, p->value, "none");
	} else if (p->key == KAP_KEY_IDLE) {
		kap_repair_hint(r, "to switch keepalive off, against the application too:");
		kap_repair_replace(r, p->word, "keepalive=off mode=force");
	} else {
		kap_repair_hint(r, "what a rule does not name stays as it is");
		kap_repair_drop(r, p->word);
	}
}

/* Move a value that is too small, too large or too fine into the range. */
static void fix_range(const struct kap_problem *p, struct kap_repair *r, u64 ms)
{
	bool detect = p->key == KAP_KEY_DETECT;
	u64 min = detect ? KAP_DETECT_MIN : 1;
	u64 max = detect ? KAP_DETECT_MAX : KAP_IDLE_MAX;
	u64 s = (ms + 999) / 1000;

	s = s < min ? min : s > max ? max : s;
	if (p->error == KAP_E_WHOLE || ms < 1000)
		kap_repair_hint(r, "the kernel counts this in whole seconds");
	else if (s == max)
		kap_repair_hint(r, "the longest there is: %lluh %llum",
				(unsigned long long)(max / 3600),
				(unsigned long long)(max / 60 % 60));
	kap_repair_replace(r, p->value, "%llus", (unsigned long long)s);
}

static void fix_unit(const struct kap_problem *p, struct kap_repair *r, u64 ms)
{
	/* 1000 and more was meant to be milliseconds */
	if (ms >= 1000 * 1000) {
		kap_repair_hint(r, "seconds or milliseconds? Write which");
		replace_with_ms(p, r, ms / 1000);
	} else {
		kap_repair_hint(r, "seconds or milliseconds? Write which: %.*ss or %.*sms",
				(int)kap_word_length(p->value), p->value.s,
				(int)kap_word_length(p->value), p->value.s);
		kap_repair_replace(r, p->value, "%.*ss",
				   (int)kap_word_length(p->value), p->value.s);
	}
}

/**
 * kap_fix_duration - a time that the parser does not read
 * @p: the problem
 * @r: gets the time as the language has it
 *
 * Return: whether it is a time.
 */
bool kap_fix_duration(const struct kap_problem *p, struct kap_repair *r)
{
	bool bare;
	u64 ms;

	if (p->key != KAP_KEY_IDLE && p->key != KAP_KEY_INTVL &&
	    p->key != KAP_KEY_USER_TIMEOUT && p->key != KAP_KEY_DETECT)
		return false;
	if (kap_word_is(p->value, never_words)) {
		fix_never(p, r);
	} else if (!read_loosely(p->value, &ms, &bare)) {
		kap_repair_hint(r, "a time is a number and ms, s, m or h, such as 90s");
	} else if (p->error == KAP_E_UNIT) {
		fix_unit(p, r, ms);
	} else if (p->key == KAP_KEY_USER_TIMEOUT) {
		if (ms > KAP_USER_TIMEOUT_MAX)
			kap_repair_hint(r, "no user timeout is called none");
		else
			kap_repair_hint(r, "a time is one number and ms, s, m or h");
		if (ms > KAP_USER_TIMEOUT_MAX)
			kap_repair_replace(r, p->value, "none");
		else
			replace_with_ms(p, r, ms ? ms : 1);
	} else {
		if (p->error == KAP_E_BAD_UNIT || p->error == KAP_E_NUMBER)
			kap_repair_hint(r, "a time is one number and ms, s, m or h");
		fix_range(p, r, ms);
	}
	return true;
}

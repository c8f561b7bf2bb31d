// SPDX-License-Identifier: GPL-2.0
/* Single values: numbers, durations, patterns, words. */
#include "rule/parse_value.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "rule/parse_list.h"

/* Read a duration as ms; @bare_ms is the unit of a bare number, 0 if refused. */
static int parse_duration(struct kap_parser *p, struct kap_text v, u32 bare_ms,
			  u64 *ms)
{
	struct kap_text t = v;
	u64 unit;

	if (!kap_parse_digits(&t, ms))
		return kap_parse_fail_at(p, KAP_E_NUMBER, v);
	if (t.s == t.end)
		unit = bare_ms;
	else if (kap_text_is(t, "ms"))
		unit = 1;
	else if (kap_text_is(t, "s"))
		unit = 1000;
	else if (kap_text_is(t, "m"))
		unit = 60 * 1000;
	else if (kap_text_is(t, "h"))
		unit = 60 * 60 * 1000;
	else
		return kap_parse_fail_at(p, KAP_E_BAD_UNIT, v);
	if (!unit)
		return kap_parse_fail_at(p, KAP_E_UNIT, v);
	/* U32_MAX is above every limit, and times an hour fits a u64 */
	*ms = min_t(u64, *ms, U32_MAX) * unit;
	return 0;
}

static int parse_seconds(struct kap_parser *p, struct kap_text v, u32 bare_ms,
			 u32 min, u32 max, enum kap_error error, u32 *out)
{
	u64 ms;
	int err = parse_duration(p, v, bare_ms, &ms);

	if (err)
		return err;
	if (ms < min * 1000ULL || ms > max * 1000ULL)
		return kap_parse_fail_at(p, error, v);
	*out = (u32)ms / 1000;
	if (*out * 1000ULL != ms)
		return kap_parse_fail_at(p, KAP_E_WHOLE, v);
	return 0;
}

/* Where systemd mounts cgroup2: what people paste, and never match by. */
static const char * const cgroup_fs = "/sys/fs/cgroup";

static int parse_cgroup(struct kap_parser *p, struct kap_text v)
{
	const char *slash, *s = v.s + strlen(cgroup_fs);

	if (*v.s != '/')
		return kap_parse_fail_at(p, KAP_E_CGROUP, v);
	if (s <= v.end && !memcmp(v.s, cgroup_fs, s - v.s) &&
	    (s == v.end || *s == '/'))
		return kap_parse_fail(p, KAP_E_CGROUP_FS, v.s, s);
	for (slash = v.s; slash < v.end; slash = s) {
		bool stars = false;

		for (s = slash + 1; s < v.end && *s != '/'; s++)
			stars |= s[0] == '*' && s[-1] == '*';
		if (s == slash + 1 && s < v.end)
			return kap_parse_fail(p, KAP_E_CGROUP_EMPTY, s, s + 1);
		if (stars && s - slash != 3)
			return kap_parse_fail(p, KAP_E_CGROUP_STARS, slash + 1,
					      s);
	}
	if (v.end - v.s > 1 && v.end[-1] == '/')
		v.end--;
	p->cgroup = v;
	p->rule.fields |= BIT(KAP_CGROUP);
	return 0;
}

static int parse_name(struct kap_parser *p, struct kap_text v)
{
	const char *s;

	for (s = v.s; s < v.end; s++) {
		if (!((*s >= 'A' && *s <= 'Z') || (*s >= 'a' && *s <= 'z') ||
		      (*s >= '0' && *s <= '9') || *s == '_' || *s == '.' ||
		      *s == '-'))
			return kap_parse_fail_at(p, KAP_E_NAME, v);
	}
	if (v.end - v.s > KAP_NAME_MAX)
		return kap_parse_fail_at(p, KAP_E_NAME, v);
	p->name = v;
	return 0;
}

/* Return the index of the word in a list of two or three, or -1. */
static int pick(struct kap_text v, const char *a, const char *b, const char *c)
{
	if (kap_text_is(v, a))
		return 0;
	if (kap_text_is(v, b))
		return 1;
	return c && kap_text_is(v, c) ? 2 : -1;
}

static int parse_user_timeout(struct kap_parser *p, struct kap_text v)
{
	u64 ms;
	int err;

	/* like an absent key, except that detect= does not imply auto */
	if (kap_text_is(v, "none"))
		return 0;
	p->rule.opts |= KAP_OPT_USER_TIMEOUT;
	p->rule.auto_timeout = kap_text_is(v, "auto");
	if (p->rule.auto_timeout)
		return 0;
	err = parse_duration(p, v, 0, &ms);
	if (err)
		return err;
	if (ms < 1 || ms > KAP_USER_TIMEOUT_MAX)
		return kap_parse_fail_at(p, KAP_E_USER_TIMEOUT, v);
	p->rule.values.user_timeout = ms;
	return 0;
}

/* detect=T: cnt=3, intvl=max(1 s, T/6 in whole seconds), idle=T-3*intvl */
static int parse_detect(struct kap_parser *p, struct kap_text v)
{
	struct kap_values *to = &p->rule.values;
	u32 seconds;
	int err = parse_seconds(p, v, 0, KAP_DETECT_MIN, KAP_DETECT_MAX,
				KAP_E_DETECT, &seconds);

	if (err)
		return err;
	to->cnt = KAP_DETECT_CNT;
	to->intvl = max(1U, seconds / 6);
	to->idle = seconds - KAP_DETECT_CNT * to->intvl;
	p->detect = true;
	p->rule.opts |= KAP_OPT_IDLE | KAP_OPT_INTVL | KAP_OPT_CNT;
	return 0;
}

/* Read the value of a key that sets an option, or of mode. */
static int parse_action(struct kap_parser *p, enum kap_word key,
			struct kap_text v)
{
	struct kap_values *to = &p->rule.values;
	u64 cnt = 0;
	u32 seconds = 0;
	int choice, err;

	switch (key) {
	case KAP_KEY_KEEPALIVE:
		choice = pick(v, "off", "on", NULL);
		if (choice < 0)
			return kap_parse_fail_at(p, KAP_E_KEEPALIVE, v);
		p->rule.opts |= KAP_OPT_KEEPALIVE;
		to->keepalive = choice;
		return 0;
	case KAP_KEY_IDLE:
		err = parse_seconds(p, v, 1000, 1, KAP_IDLE_MAX, KAP_E_IDLE,
				    &seconds);
		p->rule.opts |= KAP_OPT_IDLE;
		to->idle = seconds;
		return err;
	case KAP_KEY_INTVL:
		err = parse_seconds(p, v, 1000, 1, KAP_INTVL_MAX, KAP_E_INTVL,
				    &seconds);
		p->rule.opts |= KAP_OPT_INTVL;
		to->intvl = seconds;
		return err;
	case KAP_KEY_CNT:
		err = kap_parse_number(p, v, 1, KAP_CNT_MAX, KAP_E_CNT, &cnt);
		p->rule.opts |= KAP_OPT_CNT;
		to->cnt = cnt;
		return err;
	case KAP_KEY_USER_TIMEOUT:
		return parse_user_timeout(p, v);
	case KAP_KEY_DETECT:
		return parse_detect(p, v);
	case KAP_KEY_MODE:
		choice = pick(v, "default", "clamp", "force");
		if (choice < 0)
			return kap_parse_fail_at(p, KAP_E_MODE, v);
		p->rule.mode = choice;
		return 0;
	default:
		p->skip = kap_text_is(v, "skip");
		return p->skip ? 0 : kap_parse_fail_at(p, KAP_E_ACTION, v);
	}
}

/**
 * kap_parse_value - read the value of one key into the rule of the parser
 * @p: parser
 * @key: the key
 * @v: its value, not empty
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno value, reported.
 */
int kap_parse_value(struct kap_parser *p, enum kap_word key,
		    struct kap_text v)
{
	u64 prio = 0;
	int err;

	switch (key) {
	case KAP_KEY_NAME:
		return parse_name(p, v);
	case KAP_KEY_PRIO:
		err = kap_parse_number(p, v, 0, KAP_PRIO_MAX, KAP_E_PRIO,
				       &prio);
		p->rule.prio = prio;
		return err;
	case KAP_KEY_CGROUP:
		return parse_cgroup(p, v);
	case KAP_KEY_DIR:
		err = pick(v, "out", "in", NULL);
		if (err < 0)
			return kap_parse_fail_at(p, KAP_E_DIR, v);
		p->rule.dir = err ? KAP_IN : KAP_OUT;
		p->rule.fields |= BIT(KAP_DIR);
		return 0;
	case KAP_KEY_PORT:
		return kap_parse_list(p, KAP_PORT, v);
	case KAP_KEY_LPORT:
		return kap_parse_list(p, KAP_LPORT, v);
	case KAP_KEY_RPORT:
		return kap_parse_list(p, KAP_RPORT, v);
	case KAP_KEY_LADDR:
		return kap_parse_list(p, KAP_LADDR, v);
	case KAP_KEY_RADDR:
		return kap_parse_list(p, KAP_RADDR, v);
	case KAP_KEY_UID:
		return kap_parse_list(p, KAP_UID, v);
	default:
		return parse_action(p, key, v);
	}
}

// SPDX-License-Identifier: GPL-2.0
/* Values that are a choice of words; names; numbers; keys that need others. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "rule/key.h"
#include "rule/limits.h"
#include "words/repair.h"

static const struct {
	enum kap_word key;
	const char *said;
	const char *meant;
} meanings[] = {
	{ KAP_KEY_KEEPALIVE, "yes", "on" }, { KAP_KEY_KEEPALIVE, "true", "on" },
	{ KAP_KEY_KEEPALIVE, "1", "on" }, { KAP_KEY_KEEPALIVE, "enable", "on" },
	{ KAP_KEY_KEEPALIVE, "enabled", "on" }, { KAP_KEY_KEEPALIVE, "y", "on" },
	{ KAP_KEY_KEEPALIVE, "no", "off" }, { KAP_KEY_KEEPALIVE, "0", "off" },
	{ KAP_KEY_KEEPALIVE, "false", "off" },
	{ KAP_KEY_KEEPALIVE, "disable", "off" },
	{ KAP_KEY_KEEPALIVE, "disabled", "off" },
	{ KAP_KEY_KEEPALIVE, "never", "off" },
	{ KAP_KEY_KEEPALIVE, "on", "on" }, { KAP_KEY_KEEPALIVE, "off", "off" },
	{ KAP_KEY_MODE, "default", "default" }, { KAP_KEY_MODE, "soft", "default" },
	{ KAP_KEY_MODE, "fill", "default" }, { KAP_KEY_MODE, "unset", "default" },
	{ KAP_KEY_MODE, "clamp", "clamp" }, { KAP_KEY_MODE, "max", "clamp" },
	{ KAP_KEY_MODE, "cap", "clamp" }, { KAP_KEY_MODE, "limit", "clamp" },
	{ KAP_KEY_MODE, "lower", "clamp" },
	{ KAP_KEY_MODE, "force", "force" }, { KAP_KEY_MODE, "hard", "force" },
	{ KAP_KEY_MODE, "override", "force" }, { KAP_KEY_MODE, "always", "force" },
	{ KAP_KEY_MODE, "enforce", "force" }, { KAP_KEY_MODE, "forced", "force" },
	{ KAP_KEY_MODE, "strict", "force" },
	{ KAP_KEY_DIR, "out", "out" }, { KAP_KEY_DIR, "output", "out" },
	{ KAP_KEY_DIR, "outgoing", "out" }, { KAP_KEY_DIR, "outbound", "out" },
	{ KAP_KEY_DIR, "egress", "out" }, { KAP_KEY_DIR, "client", "out" },
	{ KAP_KEY_DIR, "connect", "out" },
	{ KAP_KEY_DIR, "in", "in" }, { KAP_KEY_DIR, "input", "in" },
	{ KAP_KEY_DIR, "incoming", "in" }, { KAP_KEY_DIR, "inbound", "in" },
	{ KAP_KEY_DIR, "ingress", "in" }, { KAP_KEY_DIR, "server", "in" },
	{ KAP_KEY_DIR, "listen", "in" }, { KAP_KEY_DIR, "accept", "in" },
	{ KAP_KEY_ACTION, "skip", "skip" }, { KAP_KEY_ACTION, "ignore", "skip" },
	{ KAP_KEY_ACTION, "none", "skip" }, { KAP_KEY_ACTION, "accept", "skip" },
	{ KAP_KEY_ACTION, "allow", "skip" }, { KAP_KEY_ACTION, "pass", "skip" },
	{ KAP_KEY_ACTION, "exempt", "skip" }, { KAP_KEY_ACTION, "return", "skip" },
};

/* "any": to match everything, a key is left out. */
static bool is_any(struct kap_text v)
{
	static const char * const any[] = {
		"any", "all", "*", "both", "everything", "in,out", "out,in",
		NULL,
	};

	return kap_word_is(v, any);
}

/* nginx: so_keepalive=IDLE:INTVL:CNT, of which any may be missing. */
static bool fix_nginx(const struct kap_problem *p, struct kap_repair *r)
{
	static const char * const keys[] = { "idle=", "intvl=", "cnt=" };
	char *text = kap_mem_alloc(kap_word_length(p->value) + 32), *to = text;
	const char *s = p->value.s, *end = p->value.end;
	size_t i;

	for (i = 0; i < 3 && s < end; i++) {
		size_t len = strcspn(s, ":;");

		if (len > (size_t)(end - s))
			len = end - s;
		if (len)
			to += sprintf(to, "%s%s%.*s", to > text ? " " : "",
				      keys[i], (int)len, s);
		s += len + 1;
	}
	if (to > text) {
		kap_repair_hint(r, "nginx writes IDLE:INTVL:CNT; here each has its key");
		kap_repair_replace(r, p->word, "%s", text);
	}
	free(text);
	return true;
}

static bool fix_choice(const struct kap_problem *p, struct kap_repair *r)
{
	size_t i;

	if (p->error != KAP_E_KEEPALIVE && p->error != KAP_E_MODE &&
	    p->error != KAP_E_DIR && p->error != KAP_E_ACTION)
		return false;
	for (i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
		const char * const said[] = { meanings[i].said, NULL };

		if ((int)meanings[i].key != p->key ||
		    !kap_word_is(p->value, said))
			continue;
		kap_repair_replace(r, p->value, "%s", meanings[i].meant);
		return true;
	}
	if (p->error == KAP_E_KEEPALIVE &&
	    memchr(p->value.s, ':', kap_word_length(p->value)))
		return fix_nginx(p, r);
	if (p->error == KAP_E_DIR && is_any(p->value)) {
		kap_repair_hint(r, "without dir=, both directions");
		kap_repair_drop(r, p->word);
	} else if (p->error == KAP_E_DIR) {
		kap_repair_hint(r, "out: this host connects; in: it accepts");
	} else if (p->error == KAP_E_MODE) {
		kap_repair_hint(r, "default: what the application left unset; clamp: lower what it set; force: set all");
	} else if (p->error == KAP_E_ACTION) {
		kap_repair_hint(r, "skip is the only action: without action=, the rule sets what it names");
	}
	return true;
}

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
}

static void fix_name(const struct kap_problem *p, struct kap_repair *r)
{
	char name[KAP_NAME_MAX + 1], *to = name;
	const char *s;

	for (s = p->value.s; s < p->value.end && to < name + KAP_NAME_MAX; s++) {
		if (is_name_char(*s))
			*to++ = *s;
		else if (to > name && to[-1] != '-')
			*to++ = '-';
	}
	*to = '\0';
	if (to > name)
		kap_repair_replace(r, p->value, "%s", name);
}

/* Replace a number out of range by the nearest one in it. */
static void fix_number(const struct kap_problem *p, struct kap_repair *r)
{
	char *end;
	long v = strtol(p->value.s, &end, 10);
	bool prio = p->key == KAP_KEY_PRIO;
	long min = prio ? 0 : 3, max = prio ? KAP_PRIO_MAX : KAP_CNT_MAX;

	kap_repair_hint(r, prio ? "0 is tried first, 65535 last; 1000 without prio=" :
				  "so many lost probes end the connection; 3 is a good number");
	/* no number can be guessed for "high" */
	if (end > p->value.s)
		kap_repair_replace(r, p->value, "%ld",
				   v < 1 ? min : v > max ? max : v);
}

/**
 * kap_fix_rule - keys that cannot be without others, or not together with them
 * @p: the problem
 * @r: gets what is meant
 *
 * Return: whether that is known.
 */
bool kap_fix_rule(const struct kap_problem *p, struct kap_repair *r)
{
	struct kap_text end = { p->end, p->end };

	switch (p->error) {
	case KAP_E_OFF:
		kap_repair_hint(r, "keepalive is off unless the application turns it on: only force stops that");
		kap_repair_replace(r, (struct kap_text){ p->word.end, p->word.end },
				   " mode=force");
		return true;
	case KAP_E_SKIP_WITH:
		kap_repair_hint(r, "a skipped connection is left alone: nothing is set");
		kap_repair_drop(r, p->word);
		return true;
	case KAP_E_DETECT_WITH:
		kap_repair_hint(r, "detect=T stands for idle, intvl and cnt: either it or them");
		kap_repair_drop(r, p->word);
		return true;
	case KAP_E_NOTHING:
		kap_repair_hint(r, "say what is to be set, such as a dead peer to be noticed within a minute: detect=60s");
		/* never suggest a rule for everything to a line without a key */
		if (memchr(p->line, '=', p->end - p->line))
			kap_repair_replace(r, end, " detect=60s");
		return true;
	case KAP_E_AUTO:
		kap_repair_hint(r, "auto is computed from all three; or say detect=T alone");
		return true;
	default:
		return false;
	}
}

/**
 * kap_fix_value - a value that is not one of those there are
 * @p: the problem
 * @r: gets what is meant
 *
 * Return: whether that is known.
 */
bool kap_fix_value(const struct kap_problem *p, struct kap_repair *r)
{
	if (fix_choice(p, r))
		return true;
	if (p->error == KAP_E_NAME) {
		fix_name(p, r);
		return true;
	}
	if (p->key == KAP_KEY_PRIO || p->key == KAP_KEY_CNT) {
		fix_number(p, r);
		return true;
	}
	return false;
}

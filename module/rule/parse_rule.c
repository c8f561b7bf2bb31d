// SPDX-License-Identifier: GPL-2.0
/* Checks of a whole rule, and the values that its keys imply. */
#include "rule/parse_rule.h"

#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "rule/decide.h"
#include "rule/format.h"
#include "rule/key.h"

/* Return the value of a key that the line has. */
static struct kap_span value_span(const struct kap_parser *p, enum kap_word key)
{
	struct kap_span at = p->cmd->key[key];

	at.col += strlen(kap_key_name(key)) + 1;
	return at;
}

static struct kap_span key_span(const struct kap_parser *p, enum kap_word key)
{
	struct kap_span at = p->cmd->key[key];

	at.end = at.col + strlen(kap_key_name(key)) - 1;
	return at;
}

/* Return the last key of the line that is in @mask, or -1. */
static int last_key(const struct kap_parser *p, u32 mask)
{
	int key, last = -1;

	for (key = 0; key < KAP_KEY_NR; key++) {
		if ((mask & BIT(key)) && p->cmd->key[key].col &&
		    (last < 0 || p->cmd->key[key].col > p->cmd->key[last].col))
			last = key;
	}
	return last;
}

#define SETS_TIMES	(BIT(KAP_KEY_IDLE) | BIT(KAP_KEY_INTVL) | \
			 BIT(KAP_KEY_CNT))
#define SETS_ANY	(SETS_TIMES | BIT(KAP_KEY_KEEPALIVE) | \
			 BIT(KAP_KEY_DETECT))

/*
 * detect= sets idle, intvl and cnt, and a user timeout unless the line has one.
 * Of detect= and a key that it excludes, report the one that stands last.
 */
static int check_detect(struct kap_parser *p)
{
	u32 with = SETS_TIMES;

	if (!p->detect)
		return 0;
	if (!p->cmd->key[KAP_KEY_USER_TIMEOUT].col) {
		p->rule.opts |= KAP_OPT_USER_TIMEOUT;
		p->rule.auto_timeout = true;
	}
	if ((p->rule.opts & KAP_OPT_KEEPALIVE) && !p->rule.values.keepalive)
		with |= BIT(KAP_KEY_KEEPALIVE);
	if (last_key(p, with) < 0)
		return 0;
	return kap_parse_fail_span(p, KAP_E_DETECT_WITH,
			 key_span(p, last_key(p, with | BIT(KAP_KEY_DETECT))));
}

static int check_auto(struct kap_parser *p)
{
	unsigned int needs = KAP_OPT_IDLE | KAP_OPT_INTVL | KAP_OPT_CNT;

	if (!p->rule.auto_timeout)
		return 0;
	if ((p->rule.opts & needs) != needs)
		return kap_parse_fail_span(p, KAP_E_AUTO,
				 value_span(p, KAP_KEY_USER_TIMEOUT));
	p->rule.values.user_timeout = kap_auto_timeout(&p->rule.values);
	return 0;
}

/* Check the keys together, and fill in the values that they imply. */
static int check_rule(struct kap_parser *p)
{
	struct kap_rule *r = &p->rule;
	u32 with = SETS_ANY | BIT(KAP_KEY_MODE);
	int err, key;

	if (p->skip) {
		if (r->opts & KAP_OPT_USER_TIMEOUT)
			with |= BIT(KAP_KEY_USER_TIMEOUT);
		key = last_key(p, with);
		if (key >= 0)
			return kap_parse_fail_span(p, KAP_E_SKIP_WITH, key_span(p, key));
		return 0;
	}
	err = check_detect(p);
	if (!err)
		err = check_auto(p);
	if (err)
		return err;
	if (!r->opts)
		return kap_parse_fail_span(p, KAP_E_NOTHING, p->cmd->where);
	if (!(r->opts & KAP_OPT_KEEPALIVE) &&
	    (r->opts & (KAP_OPT_IDLE | KAP_OPT_INTVL | KAP_OPT_CNT))) {
		r->opts |= KAP_OPT_KEEPALIVE;
		r->values.keepalive = 1;
	}
	if ((r->opts & KAP_OPT_KEEPALIVE) && !r->values.keepalive &&
	    r->mode != KAP_FORCE)
		return kap_parse_fail_span(p, KAP_E_OFF,
				 value_span(p, KAP_KEY_KEEPALIVE));
	return 0;
}

static const char *pack_text(char **to, struct kap_text t)
{
	size_t len = t.end - t.s;
	char *s = *to;

	if (!t.s)
		return NULL;
	memcpy(s, t.s, len);
	s[len] = '\0';
	*to = s + len + 1;
	return s;
}

/* Copy the parsed rule to one allocation of exactly the size it needs. */
static struct kap_rule *pack_rule(struct kap_parser *p)
{
	struct kap_prefix *addr;
	struct kap_range *range;
	struct kap_rule *rule;
	size_t size = sizeof(*rule);
	char *text;
	u32 f, i;

	for (f = KAP_PORT; f < KAP_U32_FIELDS; f++)
		size += p->list[f].n * sizeof(*range);
	if (p->rule.dir)
		size += sizeof(*range);
	for (; f < KAP_INDEXED_FIELDS; f++)
		size += p->list[f].n * sizeof(*addr);
	size += p->cgroup.end - p->cgroup.s + !!p->cgroup.s;
	size += p->name.end - p->name.s + !!p->name.s;

	rule = kvmalloc(size, GFP_KERNEL);
	if (!rule)
		return NULL;
	*rule = p->rule;
	refcount_set(&rule->refs, 1);
	addr = (struct kap_prefix *)(rule + 1);
	for (f = KAP_LADDR; f <= KAP_RADDR; f++) {
		rule->addrs[f - KAP_LADDR] = addr;
		rule->n_addrs[f - KAP_LADDR] = p->list[f].n;
		for (i = 0; i < p->list[f].n; i++)
			*addr++ = (&p->list[f].v->prefix)[i];
	}
	range = (struct kap_range *)addr;
	for (f = KAP_PORT; f < KAP_DIR; f++) {
		rule->ranges[f] = range;
		rule->n_ranges[f] = p->list[f].n;
		for (i = 0; i < p->list[f].n; i++)
			*range++ = (&p->list[f].v->range)[i];
	}
	rule->ranges[KAP_DIR] = range;
	rule->n_ranges[KAP_DIR] = !!rule->dir;
	if (rule->dir) {
		range->lo = rule->dir;
		range->hi = rule->dir;
		range++;
	}
	text = (char *)range;
	rule->cgroup = pack_text(&text, p->cgroup);
	rule->name = pack_text(&text, p->name);
	return rule;
}

/**
 * kap_parse_finish - check and allocate the rule that has been read
 * @p: parser; all keys of the line have been read
 *
 * Context: process, may sleep.
 * Return: 0 with the rule in the command, or a negative errno value, reported.
 */
int kap_parse_finish(struct kap_parser *p)
{
	struct kap_rule *rule;
	int err = check_rule(p);

	if (err)
		return err;
	rule = pack_rule(p);
	if (!rule)
		return kap_parse_fail_span(p, KAP_E_MEMORY, p->cmd->where);
	/*
	 * The canonical line must not be too long to be written back. It is
	 * never twice as long as the line written, so short lines need no
	 * check. The id is not known yet, so the longest one is assumed.
	 */
	if (p->cmd->where.end > KAP_LINE_MAX / 2 &&
	    kap_format_line(rule, NULL, 0) + KAP_ID_DIGITS - 1 > KAP_LINE_MAX) {
		kap_rule_put(rule);
		return kap_parse_fail_span(p, KAP_E_LINE, p->cmd->where);
	}
	p->cmd->rule = rule;
	return 0;
}

/**
 * kap_rule_put - drop a reference
 * @rule: the rule, or NULL
 *
 * The last one frees the rule. No probe can be reading it then, because a
 * published rule set keeps its rules until a grace period after its end.
 *
 * Context: process, may sleep: a rule with long lists is memory of vmalloc().
 */
void kap_rule_put(struct kap_rule *rule)
{
	if (!rule || !refcount_dec_and_test(&rule->refs))
		return;
	free_percpu(rule->percpu);
	kvfree(rule);
}

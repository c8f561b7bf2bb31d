// SPDX-License-Identifier: GPL-2.0
#include "see/audit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/mem.h"
#include "rule/limits.h"
#include "rules/rules.h"
#include "see/look.h"
#include "see/rule.h"
#include "see/unnoticed.h"

#define DETECT_USUAL	30	/* seconds */
#define DETECT_MIN	4

/* What could be suggested; only the values are looked at. */
struct candidates {
	struct kap_source text;
	struct kap_rules rules;
	const struct kap_rule *fill_in;
	const struct kap_rule *clamp;
};

static bool make_candidates(struct candidates *c, unsigned int detect)
{
	char *text;

	memset(c, 0, sizeof(*c));
	if (asprintf(&text, "detect=%us\ndetect=%us mode=clamp\n", detect,
		     detect) < 0)
		abort();
	kap_source_words(&c->text, text, 0);
	if (!kap_rules_parse(&c->rules, &c->text))
		return false;
	c->fill_in = c->rules.v[0].rule;
	c->clamp = c->rules.v[1].rule;
	return true;
}

static int cmp_text(const char *a, const char *b)
{
	if (!a || !b)
		return (a ? 1 : 0) - (b ? 1 : 0);
	return strcmp(a, b);
}

static int cmp_service(const struct kap_conn *a, const struct kap_conn *b)
{
	int ret = cmp_text(a->cgroup, b->cgroup);

	if (!ret)
		ret = cmp_text(a->owner ? a->owner->program : NULL,
			       b->owner ? b->owner->program : NULL);
	if (!ret)
		ret = a->dir - b->dir;
	return ret ? ret : kap_conn_service(a) - kap_conn_service(b);
}

static int cmp_pointer(const void *a, const void *b)
{
	return cmp_service(*(struct kap_conn *const *)a,
			   *(struct kap_conn *const *)b);
}

static int cmp_u64(u64 a, u64 b)
{
	return a > b ? -1 : a < b;
}

/* Never noticed first, then by the worst case; unknown last. */
static int cmp_group(const void *a, const void *b)
{
	const struct kap_group *x = a, *y = b;
	int ret = cmp_u64(max(x->idle_ms, x->busy_ms),
			  max(y->idle_ms, y->busy_ms));

	if (!ret)
		ret = cmp_u64(x->busy_ms, y->busy_ms);
	if (!ret)
		ret = cmp_u64(x->n, y->n);
	return ret ? ret : cmp_service(x->first, y->first);
}

/* After a handshake, and before it is over for the program. */
static bool counts(const struct kap_conn *c)
{
	return c->state == KAP_ESTABLISHED || c->state == KAP_CLOSE_WAIT ||
	       (c->owner && (c->state == KAP_FIN_WAIT1 ||
			     c->state == KAP_FIN_WAIT2));
}

static bool within(const struct kap_conn *c, const struct kap_rule *rule,
		   u64 max_ms)
{
	struct kap_values to;

	kap_rule_try(c, rule, &to);
	return kap_unnoticed_idle(&to) <= max_ms &&
	       kap_unnoticed_busy(&to, &c->retries) <= max_ms;
}

static void take(struct kap_group *g, const struct kap_conn *c, u64 max_ms,
		 const struct candidates *try)
{
	g->n++;
	if (c->known != KAP_OPTS_ALL) {
		g->unknown++;
		return;
	}
	g->never += c->idle_ms == KAP_NEVER;
	if (!g->busy_ms || max(c->idle_ms, c->busy_ms) >
			   max(g->idle_ms, g->busy_ms))
		g->rule = c->rule;
	g->idle_ms = max(g->idle_ms, c->idle_ms);
	g->busy_ms = max(g->busy_ms, c->busy_ms);
	if (c->idle_ms <= max_ms && c->busy_ms <= max_ms)
		return;
	g->above++;
	if (c->rule && within(c, c->rule->rule, max_ms)) {
		g->applied++;
		return;
	}
	if (c->rule)
		g->before = min_t(unsigned int, g->before,
				  c->rule->rule->prio);
	g->clamp |= !within(c, try->fill_in, max_ms);
}

static struct kap_group *add_group(struct kap_audit *audit,
				   const struct kap_conn *c)
{
	struct kap_group *g;

	audit->v = kap_mem_grow(audit->v, audit->n, &audit->room, sizeof(*g));
	g = &audit->v[audit->n++];
	memset(g, 0, sizeof(*g));
	g->first = c;
	g->before = KAP_PRIO_DEFAULT + 1;
	return g;
}

static void sum_up(struct kap_audit *audit)
{
	size_t i;

	for (i = 0; i < audit->n; i++) {
		const struct kap_group *g = &audit->v[i];

		audit->conns += g->n;
		audit->never += g->never;
		audit->above += g->above;
		audit->unknown += g->unknown;
	}
}

/**
 * kap_audit_make - sum up what there is
 * @audit: the result; free it whatever comes back
 * @look: the connections; sorted anew
 * @max_ms: after how long a dead peer should be noticed
 *
 * Return: whether it worked; if not, reported.
 */
bool kap_audit_make(struct kap_audit *audit, const struct kap_look *look,
		    u64 max_ms)
{
	const struct kap_conns *all = &look->conns;
	const struct kap_conn **order;
	struct kap_group *g = NULL;
	struct candidates try;
	size_t i, n = 0;

	memset(audit, 0, sizeof(*audit));
	audit->max_ms = max_ms;
	audit->detect = min_t(u64, DETECT_USUAL, max_ms / 1000);
	audit->detect = max_t(unsigned int, audit->detect, DETECT_MIN);
	if (!make_candidates(&try, audit->detect))
		return false;
	order = kap_mem_alloc(all->n * sizeof(*order));
	for (i = 0; i < all->n; i++) {
		if (counts(&all->v[i]))
			order[n++] = &all->v[i];
	}
	qsort(order, n, sizeof(*order), cmp_pointer);
	for (i = 0; i < n; i++) {
		if (!g || cmp_service(g->first, order[i]))
			g = add_group(audit, order[i]);
		take(g, order[i], max_ms, &try);
	}
	free(order);
	kap_rules_free(&try.rules);
	kap_source_free(&try.text);
	if (audit->n)
		qsort(audit->v, audit->n, sizeof(*audit->v), cmp_group);
	sum_up(audit);
	return true;
}

/**
 * kap_audit_free - free what an audit holds
 * @audit: the audit
 */
void kap_audit_free(struct kap_audit *audit)
{
	free(audit->v);
	audit->v = NULL;
}

/* A path that can stand in a rule, and says more than "everything". */
static const char *cgroup_of(const struct kap_group *g)
{
	const char *s, *path = g->first->cgroup;

	if (!path || !path[1])
		return NULL;
	for (s = path; *s; s++) {
		if ((unsigned char)*s <= ' ' || *s == '#' || *s == 0x7f)
			return NULL;
	}
	return path;
}

/**
 * kap_audit_suggest - the rule that would cover a group
 * @audit: the audit
 * @g: the group
 *
 * Return: a line for rules.conf, to be freed; NULL when none is needed, or none
 *	would help.
 */
char *kap_audit_suggest(const struct kap_audit *audit,
			const struct kap_group *g)
{
	const char *cgroup = cgroup_of(g);
	char prio[32] = "", *text;

	if (g->above == g->applied)
		return NULL;
	/* of rules of the same prio the older one wins */
	if (g->before <= KAP_PRIO_DEFAULT)
		snprintf(prio, sizeof(prio), "prio=%u ",
			 g->before ? g->before - 1 : 0);
	if (asprintf(&text, "%s%s%s%sdir=%s port=%u detect=%us%s", prio,
		     cgroup ? "cgroup=" : "", cgroup ? cgroup : "",
		     cgroup ? " " : "", g->first->dir == KAP_OUT ? "out" : "in",
		     kap_conn_service(g->first), audit->detect,
		     g->clamp ? " mode=clamp" : "") < 0)
		abort();
	return text;
}

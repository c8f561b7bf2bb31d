// SPDX-License-Identifier: GPL-2.0
#include "see/rule.h"

#include <stdlib.h>
#include <string.h>

#include "rule/decide.h"
#include "rule/match.h"
#include "rules/rules.h"
#include "see/conn.h"

static const struct kap_entry *winner(struct kap_entry **order, size_t n,
				      const struct kap_key *key)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (kap_rule_matches(order[i]->rule, key))
			return order[i];
	}
	return NULL;
}

static u32 value_of(const struct kap_values *v, unsigned int opt)
{
	switch (opt) {
	case KAP_OPT_KEEPALIVE:
		return v->keepalive;
	case KAP_OPT_IDLE:
		return v->idle;
	case KAP_OPT_INTVL:
		return v->intvl;
	case KAP_OPT_CNT:
		return v->cnt;
	default:
		return v->user_timeout;
	}
}

/* What a rule gives, given the others that are in force. */
static u32 asked_of(const struct kap_rule *rule, const struct kap_conn *c,
		    unsigned int opt)
{
	return opt == KAP_OPT_USER_TIMEOUT ?
	       kap_rule_user_timeout(rule, &c->values) :
	       value_of(&rule->values, opt);
}

/* A value both a rule and the program could have set counts as the rule's. */
static enum kap_origin origin(const struct kap_conn *c,
			      const struct kap_rule *rule, unsigned int opt)
{
	u32 value = value_of(&c->values, opt);

	if (c->known != KAP_OPTS_ALL)
		return KAP_BY_UNKNOWN;
	if (rule && (rule->opts & opt) && value == asked_of(rule, c, opt))
		return KAP_BY_RULE;
	return value == value_of(&c->ns->defaults, opt) ? KAP_BY_SYSTEM :
							  KAP_BY_PROGRAM;
}

static void find_origins(struct kap_conn *c, const struct kap_entry *live)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(c->by); i++)
		c->by[i] = origin(c, live ? live->rule : NULL, BIT(i));
}

/* What the program set, as far as it can be told: 0 is nothing. */
static struct kap_values set_by_program(const struct kap_conn *c)
{
	struct kap_values app = c->values;

	if (c->by[0] != KAP_BY_PROGRAM)
		app.keepalive = 0;
	if (c->by[1] != KAP_BY_PROGRAM)
		app.idle = 0;
	if (c->by[2] != KAP_BY_PROGRAM)
		app.intvl = 0;
	if (c->by[3] != KAP_BY_PROGRAM)
		app.cnt = 0;
	if (c->by[4] != KAP_BY_PROGRAM)
		app.user_timeout = 0;
	return app;
}

/* The values in force after @to: 0 is the namespace's. */
static void fill_in(struct kap_values *to, const struct kap_values *defaults)
{
	if (!to->idle)
		to->idle = defaults->idle;
	if (!to->intvl)
		to->intvl = defaults->intvl;
	if (!to->cnt)
		to->cnt = defaults->cnt;
}

/**
 * kap_rule_try - what a rule would make of a connection that is opened now
 * @c: the connection, with @by
 * @rule: the rule, or NULL
 * @to: the values that would be in force then
 *
 * Return: enum kap_opt bits of those that differ from the present ones.
 */
unsigned int kap_rule_try(const struct kap_conn *c, const struct kap_rule *rule,
			  struct kap_values *to)
{
	struct kap_values app = set_by_program(c);
	unsigned int opt, sets = 0;

	*to = app;
	if (rule)
		kap_rule_decide(rule, &app, to);
	fill_in(to, &c->ns->defaults);
	for (opt = KAP_OPT_KEEPALIVE; opt <= KAP_OPT_USER_TIMEOUT; opt <<= 1) {
		if (value_of(to, opt) != value_of(&c->values, opt))
			sets |= opt;
	}
	return sets;
}

/**
 * kap_rule_find_all - find the rule of each connection
 * @all: the connections, with all else
 * @live: the rules in force: what values can come from
 * @asked: the rules to be looked at; may be the same
 */
void kap_rule_find_all(struct kap_conns *all, const struct kap_rules *live,
		       const struct kap_rules *asked)
{
	struct kap_entry **in_force = kap_rules_order(live);
	struct kap_entry **order = kap_rules_order(asked);
	size_t i;

	for (i = 0; i < all->n; i++) {
		struct kap_conn *c = &all->v[i];
		const struct kap_entry *by;
		struct kap_key key;

		kap_conn_key(c, &key);
		by = winner(in_force, live->n, &key);
		c->rule = live == asked ? by : winner(order, asked->n, &key);
		find_origins(c, by);
		if (c->known == KAP_OPTS_ALL)
			c->sets = kap_rule_try(c, c->rule ? c->rule->rule :
						  NULL, &c->to);
	}
	free(in_force);
	free(order);
}

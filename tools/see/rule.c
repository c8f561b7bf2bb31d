// SPDX-License-Identifier: GPL-2.0
/*
 * Connections of one service, program and user have most in common. So the
 * rules that can win one of them are looked for once, and each is compared with
 * those only.
 */
#include "see/rule.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "rule/decide.h"
#include "rule/match.h"
#include "rules/rules.h"
#include "see/conn.h"

#define GROUP_FIELDS	(BIT(KAP_PORT) | BIT(KAP_DIR) | BIT(KAP_UID))

/**
 * struct candidates - rules that can win one of a group of connections
 * @order: all rules, in matching order
 * @n: how many
 * @left: those that match all that the group has in common, in the same order
 * @n_left: how many
 */
struct candidates {
	struct kap_entry **order;
	size_t n;
	struct kap_entry **left;
	size_t n_left;
};

static void start(struct candidates *c, const struct kap_rules *rules)
{
	c->order = kap_rules_order(rules);
	c->left = kap_mem_alloc(rules->n * sizeof(*c->left));
	c->n = rules->n;
}

static void release(struct candidates *c)
{
	free(c->order);
	free(c->left);
}

/* Compares GROUP_FIELDS and the cgroup. */
static bool can_win(const struct kap_rule *rule, const struct kap_key *key)
{
	unsigned int fields = rule->fields & GROUP_FIELDS;

	for (; fields; fields &= fields - 1) {
		unsigned int f = __ffs(fields);

		if (!kap_ranges_match(rule->ranges[f], rule->n_ranges[f],
				      key->field[f]))
			return false;
	}
	return !rule->cgroup ||
	       (key->cgroup && kap_cgroup_matches(rule->cgroup, key->cgroup));
}

/* @key is of any connection of the group. */
static void choose(struct candidates *c, const struct kap_key *key)
{
	size_t i;

	c->n_left = 0;
	for (i = 0; i < c->n; i++) {
		if (can_win(c->order[i]->rule, key))
			c->left[c->n_left++] = c->order[i];
	}
}

static const struct kap_entry *winner(const struct candidates *c,
				      const struct kap_key *key)
{
	size_t i;

	for (i = 0; i < c->n_left; i++) {
		if (kap_rule_matches_fields(c->left[i]->rule, key))
			return c->left[i];
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

/* Cgroups are compared by address: kap_cgroups_find() keeps each path once. */
static int cmp_group(const void *a, const void *b)
{
	const struct kap_conn *x = *(struct kap_conn *const *)a;
	const struct kap_conn *y = *(struct kap_conn *const *)b;
	int ret = kap_conn_service(x) - kap_conn_service(y);

	if (!ret)
		ret = x->dir - y->dir;
	if (!ret && x->uid != y->uid)
		ret = x->uid < y->uid ? -1 : 1;
	if (!ret && x->cgroup != y->cgroup)
		ret = (uintptr_t)x->cgroup < (uintptr_t)y->cgroup ? -1 : 1;
	return ret;
}

/* Connections of the same group follow each other. To be freed. */
static struct kap_conn **by_group(const struct kap_conns *all)
{
	struct kap_conn **v = kap_mem_alloc(all->n * sizeof(*v));
	size_t i;

	for (i = 0; i < all->n; i++)
		v[i] = &all->v[i];
	qsort(v, all->n, sizeof(*v), cmp_group);
	return v;
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
	struct kap_conn **conns = by_group(all);
	struct candidates in_force, other;
	size_t i;

	start(&in_force, live);
	start(&other, asked);
	for (i = 0; i < all->n; i++) {
		struct kap_conn *c = conns[i];
		const struct kap_entry *by;
		struct kap_key key;

		kap_conn_key(c, &key);
		if (!i || cmp_group(&conns[i - 1], &conns[i])) {
			choose(&in_force, &key);
			choose(&other, &key);
		}
		by = winner(&in_force, &key);
		c->rule = live == asked ? by : winner(&other, &key);
		find_origins(c, by);
		if (c->known == KAP_OPTS_ALL)
			c->sets = kap_rule_try(c, c->rule ? c->rule->rule :
						  NULL, &c->to);
	}
	release(&in_force);
	release(&other);
	free(conns);
}

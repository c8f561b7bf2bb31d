// SPDX-License-Identifier: GPL-2.0
#include "rules/verdict.h"

#include <stdlib.h>
#include <string.h>

#include "rule/decide.h"
#include "rule/key.h"
#include "rule/match.h"

/* Does the rule match if only these fields are compared? */
static bool matches(const struct kap_rule *rule, unsigned int fields,
		    const struct kap_connection *c)
{
	struct kap_rule part = *rule;

	part.fields &= fields;
	if (!(part.fields & BIT(KAP_CGROUP)))
		part.cgroup = NULL;
	return kap_rule_matches(&part, &c->key);
}

/* Return the fields of the rule that are known and differ. */
static unsigned int differing(const struct kap_rule *rule,
			      const struct kap_connection *c)
{
	unsigned int fields = 0;
	enum kap_field f;

	for (f = 0; f < KAP_FIELDS; f++) {
		if ((rule->fields & c->known & BIT(f)) &&
		    !matches(rule, BIT(f), c))
			fields |= BIT(f);
	}
	return fields;
}

static void note_nearly(struct kap_verdict *v, const struct kap_entry *e,
			const struct kap_connection *c)
{
	unsigned int unknown = e->rule->fields & ~c->known;
	unsigned int differs = differing(e->rule, c);
	struct kap_nearly *n = &v->nearly[v->n_nearly];

	if (v->n_nearly == KAP_NEARLY_MAX)
		return;
	/* nearly: one field differs, or fields were not given */
	if ((differs && unknown) || (differs & (differs - 1)))
		return;
	n->entry = e;
	n->differs = differs;
	n->fields = differs ? differs : unknown;
	v->n_nearly++;
}

/**
 * kap_verdict_find - find out what becomes of a connection
 * @v: the result
 * @rules: the rules
 * @c: the connection; what it does not give matches no rule that asks for it
 */
void kap_verdict_find(struct kap_verdict *v, const struct kap_rules *rules,
		      const struct kap_connection *c)
{
	struct kap_entry **order = kap_rules_order(rules);
	size_t i;

	memset(v, 0, sizeof(*v));
	v->to = c->app;
	for (i = 0; i < rules->n && !v->winner; i++) {
		const struct kap_rule *rule = order[i]->rule;

		if (!(rule->fields & ~c->known) && matches(rule, ~0U, c))
			v->winner = order[i];
		else
			note_nearly(v, order[i], c);
	}
	free(order);
	if (v->winner) {
		v->change = kap_rule_decide(v->winner->rule, &c->app, &v->to);
		v->keep = v->winner->rule->opts & ~v->change;
		/* "auto" may be left out where the application set nothing */
		if (!v->to.user_timeout)
			v->keep &= ~KAP_OPT_USER_TIMEOUT;
	}
}

/**
 * kap_verdict_field - the key that asks for a field
 * @field: the field
 *
 * Return: a constant string.
 */
const char *kap_verdict_field(enum kap_field field)
{
	static const enum kap_word keys[KAP_FIELDS] = {
		[KAP_PORT] = KAP_KEY_PORT,
		[KAP_LPORT] = KAP_KEY_LPORT,
		[KAP_RPORT] = KAP_KEY_RPORT,
		[KAP_UID] = KAP_KEY_UID,
		[KAP_DIR] = KAP_KEY_DIR,
		[KAP_LADDR] = KAP_KEY_LADDR,
		[KAP_RADDR] = KAP_KEY_RADDR,
		[KAP_CGROUP] = KAP_KEY_CGROUP,
	};

	return kap_key_name(keys[field]);
}

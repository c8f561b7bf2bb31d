// SPDX-License-Identifier: GPL-2.0
#include "rules/output_rule.h"

#include "base/json.h"
#include "rule/addr.h"
#include "rule/format.h"
#include "rule/key.h"

static json_t *range(const struct kap_range *r)
{
	return json_pack("{s[II]}", "range", (json_int_t)r->lo,
			 (json_int_t)r->hi);
}

static json_t *ranges(const struct kap_range *r, u32 n)
{
	json_t *list = json_array();
	u32 i;

	for (i = 0; i < n; i++) {
		if (r[i].lo == r[i].hi)
			json_array_append_new(list, json_integer(r[i].lo));
		else
			json_array_append_new(list, range(&r[i]));
	}
	return list;
}

static json_t *prefixes(const struct kap_prefix *p, u32 n)
{
	json_t *list = json_array();
	char text[KAP_ADDR_TEXT];
	u32 i;

	for (i = 0; i < n; i++) {
		size_t len = kap_addr_format(&p[i].addr, p[i].v4, text,
					     sizeof(text));

		if (p[i].len != (p[i].v4 ? 32 : 128))
			snprintf(text + len, sizeof(text) - len, "/%u",
				 p[i].len);
		json_array_append_new(list, json_string(text));
	}
	return list;
}

static json_t *match_of(const struct kap_rule *r)
{
	static const struct {
		enum kap_field field;
		enum kap_word key;
	} list[] = {
		{ KAP_PORT, KAP_KEY_PORT },
		{ KAP_LPORT, KAP_KEY_LPORT },
		{ KAP_RPORT, KAP_KEY_RPORT },
		{ KAP_LADDR, KAP_KEY_LADDR },
		{ KAP_RADDR, KAP_KEY_RADDR },
		{ KAP_UID, KAP_KEY_UID },
	};
	json_t *match = json_object();
	size_t i;

	if (r->cgroup)
		json_object_set_new(match, "cgroup",
				    kap_json_string(r->cgroup));
	if (r->dir)
		json_object_set_new(match, "dir",
				    json_string(r->dir == KAP_OUT ? "out" :
								    "in"));
	for (i = 0; i < ARRAY_SIZE(list); i++) {
		enum kap_field f = list[i].field;
		json_t *value;

		if (!(r->fields & BIT(f)))
			continue;
		if (f < KAP_U32_FIELDS)
			value = ranges(r->ranges[f], r->n_ranges[f]);
		else
			value = prefixes(r->addrs[f - KAP_LADDR],
					 r->n_addrs[f - KAP_LADDR]);
		json_object_set_new(match, kap_key_name(list[i].key), value);
	}
	return match;
}

/**
 * kap_output_values - option values as JSON
 * @v: the values
 * @opts: enum kap_opt bits of those to give; idle and intvl are in seconds and
 *	user_timeout is in milliseconds, as setsockopt() takes them
 *
 * Return: an object.
 */
json_t *kap_output_values(const struct kap_values *v, unsigned int opts)
{
	json_t *o = json_object();

	if (opts & KAP_OPT_KEEPALIVE)
		json_object_set_new(o, "keepalive", json_boolean(v->keepalive));
	if (opts & KAP_OPT_IDLE)
		json_object_set_new(o, "idle", json_integer(v->idle));
	if (opts & KAP_OPT_INTVL)
		json_object_set_new(o, "intvl", json_integer(v->intvl));
	if (opts & KAP_OPT_CNT)
		json_object_set_new(o, "cnt", json_integer(v->cnt));
	if (opts & KAP_OPT_USER_TIMEOUT)
		json_object_set_new(o, "user_timeout",
				    json_integer(v->user_timeout));
	return o;
}

/**
 * kap_output_counts - the counters of a rule as JSON
 * @rule: the rule
 *
 * Return: an object.
 */
json_t *kap_output_counts(const struct kap_rule *rule)
{
	static const char * const names[KAP_SHOWN_NR] = {
#define X(id, text) [KAP_SHOWN_##id] = text,
		KAP_COUNTS(X)
#undef X
	};
	json_t *o = json_object();
	u64 counts[KAP_SHOWN_NR];
	int i;

	kap_rule_counts(rule, counts);
	for (i = 0; i < KAP_SHOWN_NR; i++)
		json_object_set_new(o, names[i], json_integer(counts[i]));
	return o;
}

/**
 * kap_output_rule - a rule as JSON
 * @rule: the rule
 *
 * Return: an object.
 */
json_t *kap_output_rule(const struct kap_rule *rule)
{
	static const char * const modes[] = {
		[KAP_DEFAULT] = "default",
		[KAP_CLAMP] = "clamp",
		[KAP_FORCE] = "force",
	};
	json_t *o = json_object();
	char text[KAP_FORMAT_MAX];

	if (rule->id)
		json_object_set_new(o, "id", json_integer(rule->id));
	if (rule->name)
		json_object_set_new(o, "name", json_string(rule->name));
	json_object_set_new(o, "prio", json_integer(rule->prio));
	json_object_set_new(o, "match", match_of(rule));
	if (rule->opts) {
		json_object_set_new(o, "set", kap_output_values(&rule->values,
								rule->opts));
		json_object_set_new(o, "mode", json_string(modes[rule->mode]));
	} else {
		json_object_set_new(o, "action", json_string("skip"));
	}
	kap_format_rule(rule, text, sizeof(text));
	json_object_set_new(o, "rule", kap_json_string(text));
	return o;
}

// SPDX-License-Identifier: GPL-2.0
#include "see/output_conn.h"

#include <stdio.h>

#include "base/json.h"
#include "rule/addr.h"
#include "rules/output_rule.h"
#include "rules/rules.h"

/**
 * kap_output_seconds - a time as JSON
 * @ms: milliseconds
 *
 * Return: seconds, whole where they are; null for KAP_NEVER.
 */
json_t *kap_output_seconds(u64 ms)
{
	if (ms == KAP_NEVER)
		return json_null();
	return ms % 1000 ? json_real(ms / 1000.0) : json_integer(ms / 1000);
}

/**
 * kap_output_end - an end of a connection as JSON
 * @c: the connection
 * @end: 0 local, 1 remote
 *
 * Return: an object.
 */
json_t *kap_output_end(const struct kap_conn *c, int end)
{
	char text[KAP_ADDR_TEXT];
	json_t *o = json_object();

	kap_addr_format(&c->addr[end], c->v4, text, sizeof(text));
	json_object_set_new(o, "addr", json_string(text));
	json_object_set_new(o, "port", json_integer(c->port[end]));
	return o;
}

static json_t *rule_json(const struct kap_entry *e)
{
	json_t *o;

	if (!e)
		return json_null();
	o = json_object();
	json_object_set_new(o, "id", e->rule->id ? json_integer(e->rule->id) :
						   json_null());
	json_object_set_new(o, "name", e->rule->name ?
			    json_string(e->rule->name) : json_null());
	if (!e->source->in_force)
		json_object_set_new(o, "line", json_integer(e->line.number));
	return o;
}

static json_t *origins(const struct kap_conn *c)
{
	static const char * const options[] = {
		"keepalive", "idle", "intvl", "cnt", "user_timeout",
	};
	static const char * const names[] = {
		[KAP_BY_SYSTEM] = "system",
		[KAP_BY_PROGRAM] = "program",
		[KAP_BY_RULE] = "rule",
	};
	json_t *o = json_object();
	size_t i;

	for (i = 0; i < ARRAY_SIZE(options); i++)
		json_object_set_new(o, options[i], names[c->by[i]] ?
				    json_string(names[c->by[i]]) : json_null());
	return o;
}

/* What is not known is null. */
static json_t *number(bool known, u64 value)
{
	return known ? json_integer(value) : json_null();
}

static void add_values(json_t *o, const struct kap_conn *c)
{
	const struct kap_values *v = &c->values;
	bool known = c->known == KAP_OPTS_ALL;

	json_object_set_new(o, "keepalive", c->known & KAP_OPT_KEEPALIVE ?
			    json_boolean(v->keepalive) : json_null());
	json_object_set_new(o, "idle", number(known, v->idle));
	json_object_set_new(o, "intvl", number(known, v->intvl));
	json_object_set_new(o, "cnt", number(known, v->cnt));
	json_object_set_new(o, "user_timeout_ms",
			    number(known, v->user_timeout));
	json_object_set_new(o, "silent_s", kap_output_seconds(c->silent_ms));
	json_object_set_new(o, "unacked", json_integer(c->unacked));
	json_object_set_new(o, "unnoticed_idle_s", known ?
			    kap_output_seconds(c->idle_ms) : json_null());
	json_object_set_new(o, "unnoticed_busy_s", known ?
			    kap_output_seconds(c->busy_ms) : json_null());
}

/**
 * kap_output_conn - a connection as JSON
 * @c: the connection
 * @dry_run: say what its rule would change as well
 *
 * Return: an object.
 */
json_t *kap_output_conn(const struct kap_conn *c, bool dry_run)
{
	json_t *o = json_object();

	json_object_set_new(o, "dir", json_string(c->dir == KAP_OUT ? "out" :
								      "in"));
	json_object_set_new(o, "local", kap_output_end(c, 0));
	json_object_set_new(o, "remote", kap_output_end(c, 1));
	json_object_set_new(o, "state", json_string(kap_conn_state(c->state)));
	json_object_set_new(o, "netns", kap_json_string(c->ns->name));
	json_object_set_new(o, "uid", json_integer(c->uid));
	json_object_set_new(o, "pid", number(c->owner,
					     c->owner ? c->owner->pid : 0));
	json_object_set_new(o, "program", c->owner ?
			    kap_json_string(c->owner->program) : json_null());
	json_object_set_new(o, "cgroup", c->cgroup ?
			    kap_json_string(c->cgroup) : json_null());
	add_values(o, c);
	json_object_set_new(o, "rule", rule_json(c->rule));
	json_object_set_new(o, "by", origins(c));
	if (dry_run)
		json_object_set_new(o, "sets",
				    kap_output_values(&c->to, c->sets));
	return o;
}

/**
 * kap_conn_end - an end of a connection, as ss prints it
 * @c: the connection
 * @end: 0 local, 1 remote
 * @buf: of KAP_CONN_TEXT bytes
 *
 * Return: @buf.
 */
const char *kap_conn_end(const struct kap_conn *c, int end, char *buf)
{
	char text[KAP_ADDR_TEXT];

	kap_addr_format(&c->addr[end], c->v4, text, sizeof(text));
	snprintf(buf, KAP_CONN_TEXT, c->v4 ? "%s:%u" : "[%s]:%u", text,
		 c->port[end]);
	return buf;
}

/**
 * kap_conn_duration - a time for people: two units, rounded down
 * @ms: milliseconds, or KAP_NEVER
 * @buf: of KAP_CONN_TEXT bytes
 *
 * Return: @buf.
 */
const char *kap_conn_duration(u64 ms, char *buf)
{
	static const struct {
		u64 ms;
		const char *name;
	} units[] = {
		{ 86400000, "d" }, { 3600000, "h" }, { 60000, "m" },
		{ 1000, "s" },
	};
	size_t i = 0;
	u64 rest;

	if (ms == KAP_NEVER) {
		snprintf(buf, KAP_CONN_TEXT, "never");
		return buf;
	}
	while (i < ARRAY_SIZE(units) - 1 && ms < units[i].ms)
		i++;
	rest = ms % units[i].ms;
	if (i == ARRAY_SIZE(units) - 1)
		snprintf(buf, KAP_CONN_TEXT, rest >= 100 ? "%llu.%llus" :
							   "%llus",
			 ms / 1000, rest / 100);
	else if (rest / units[i + 1].ms)
		snprintf(buf, KAP_CONN_TEXT, "%llu%s%llu%s", ms / units[i].ms,
			 units[i].name, rest / units[i + 1].ms,
			 units[i + 1].name);
	else
		snprintf(buf, KAP_CONN_TEXT, "%llu%s", ms / units[i].ms,
			 units[i].name);
	return buf;
}

// SPDX-License-Identifier: GPL-2.0
#include "see/output_audit.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/output.h"
#include "rules/rules.h"
#include "see/audit.h"
#include "see/output_conn.h"

static json_t *text_or_null(const char *s)
{
	return s ? kap_json_string(s) : json_null();
}

static json_t *rule_json(const struct kap_entry *e)
{
	if (!e)
		return json_null();
	return json_pack("{sos:s?}", "id", e->rule->id ?
			 json_integer(e->rule->id) : json_null(),
			 "name", e->rule->name);
}

static json_t *group_json(const struct kap_audit *audit,
			  const struct kap_group *g)
{
	const struct kap_conn *c = g->first;
	bool known = g->unknown < g->n;
	json_t *o = json_object();
	char *rule = kap_audit_suggest(audit, g);

	json_object_set_new(o, "cgroup", text_or_null(c->cgroup));
	json_object_set_new(o, "program", text_or_null(c->owner ?
						       c->owner->program :
						       NULL));
	json_object_set_new(o, "dir", json_string(c->dir == KAP_OUT ? "out" :
								      "in"));
	json_object_set_new(o, "port", json_integer(kap_conn_service(c)));
	json_object_set_new(o, "connections", json_integer(g->n));
	json_object_set_new(o, "unknown", json_integer(g->unknown));
	json_object_set_new(o, "never", json_integer(g->never));
	json_object_set_new(o, "above", json_integer(g->above));
	json_object_set_new(o, "unnoticed_idle_s", known ?
			    kap_output_seconds(g->idle_ms) : json_null());
	json_object_set_new(o, "unnoticed_busy_s", known ?
			    kap_output_seconds(g->busy_ms) : json_null());
	json_object_set_new(o, "rule", rule_json(g->rule));
	json_object_set_new(o, "suggestion", text_or_null(rule));
	free(rule);
	return o;
}

/**
 * kap_output_audit - print an audit as JSON
 * @audit: the audit
 */
void kap_output_audit(const struct kap_audit *audit)
{
	json_t *doc = json_object();
	size_t i;

	kap_output_list("services");
	for (i = 0; i < audit->n; i++)
		kap_output_item(group_json(audit, &audit->v[i]));
	json_object_set_new(doc, "connections", json_integer(audit->conns));
	json_object_set_new(doc, "unknown", json_integer(audit->unknown));
	json_object_set_new(doc, "never", json_integer(audit->never));
	json_object_set_new(doc, "above", json_integer(audit->above));
	json_object_set_new(doc, "max_s", kap_output_seconds(audit->max_ms));
	kap_output_json(doc);
}

static void print_label(const char *name, const char *value)
{
	printf("%s=\"", name);
	for (; value && *value; value++) {
		if (*value == '\n')
			printf("\\n");
		else
			printf(*value == '"' || *value == '\\' ? "\\%c" : "%c",
			       *value);
	}
	putchar('"');
}

static void print_labels(const struct kap_group *g)
{
	const struct kap_conn *c = g->first;

	putchar('{');
	print_label("cgroup", c->cgroup);
	putchar(',');
	print_label("program", c->owner ? c->owner->program : NULL);
	printf(",dir=\"%s\",port=\"%u\"} ", c->dir == KAP_OUT ? "out" : "in",
	       kap_conn_service(c));
}

static void print_seconds(u64 ms)
{
	if (ms == KAP_NEVER)
		printf("+Inf\n");
	else
		printf("%.3f\n", ms / 1000.0);
}

enum metric { CONNECTIONS, UNKNOWN, NEVER, IDLE, BUSY };

static void print_metric(const struct kap_audit *audit, enum metric metric,
			 const char *name, const char *help)
{
	size_t i;

	printf("# HELP kapolicy_audit_%s %s\n# TYPE kapolicy_audit_%s gauge\n",
	       name, help, name);
	for (i = 0; i < audit->n; i++) {
		const struct kap_group *g = &audit->v[i];

		if (metric >= IDLE && g->unknown == g->n)
			continue;
		printf("kapolicy_audit_%s", name);
		print_labels(g);
		if (metric >= IDLE)
			print_seconds(metric == IDLE ? g->idle_ms : g->busy_ms);
		else
			printf("%u\n", metric == CONNECTIONS ? g->n :
				       metric == NEVER ? g->never : g->unknown);
	}
}

/**
 * kap_output_audit_metrics - print an audit as Prometheus reads it
 * @audit: the audit
 */
void kap_output_audit_metrics(const struct kap_audit *audit)
{
	print_metric(audit, CONNECTIONS, "connections", "TCP connections.");
	print_metric(audit, UNKNOWN, "connections_unknown",
		     "Of these, connections whose settings are not known.");
	print_metric(audit, NEVER, "connections_never",
		     "Of these, connections that never notice a dead peer when idle.");
	print_metric(audit, IDLE, "unnoticed_idle_seconds",
		     "After how long a dead peer is noticed at worst, idle.");
	print_metric(audit, BUSY, "unnoticed_busy_seconds",
		     "After how long a dead peer is noticed at worst, with data in flight.");
}

// SPDX-License-Identifier: GPL-2.0
#include "rules/lint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rule/key.h"
#include "rules/cover.h"
#include "rules/rules.h"

#define SHORT_TIMEOUT	10000	/* ms */
#define CONNTRACK_IDLE	300	/* s, nf_conntrack_tcp_timeout_unacknowledged */

/* A duration as rules write it. */
struct duration {
	char text[24];
};

static struct duration print_ms(u64 ms)
{
	struct duration d;

	if (ms % 1000)
		snprintf(d.text, sizeof(d.text), "%llums", ms);
	else
		snprintf(d.text, sizeof(d.text), "%llus", ms / 1000);
	return d;
}

/* Where the value stands that became @key; detect= sets several. */
static struct kap_span value_of(const struct kap_entry *e, enum kap_word key)
{
	if (!e->key[key].col)
		key = KAP_KEY_DETECT;
	return kap_source_value(&e->line, e->key[key]);
}

/*
 * With a user timeout, keepalive gives up at the first tick at or after it
 * that finds a probe unanswered, whatever cnt is. An option the rule does not
 * name can have any value, the application's or the sysctl's, so it counts
 * with the one that is least reason to warn.
 */
static void check_timeout(const struct kap_entry *e)
{
	const struct kap_rule *r = e->rule;
	const struct kap_values *v = &r->values;
	struct kap_span at = value_of(e, KAP_KEY_USER_TIMEOUT);
	u64 idle = v->idle * 1000ULL, intvl = v->intvl * 1000ULL;
	u64 idle_max = r->opts & KAP_OPT_IDLE ? idle : KAP_IDLE_MAX * 1000ULL;
	u64 intvl_max = r->opts & KAP_OPT_INTVL ? intvl :
						  KAP_INTVL_MAX * 1000ULL;
	u64 cnt_max = r->opts & KAP_OPT_CNT ? v->cnt : KAP_CNT_MAX;
	u64 first = (idle ? idle : 1000) + (intvl ? intvl : 1000);
	u64 last = idle_max + intvl_max * cnt_max;
	bool all = idle && intvl;

	/* "auto" goes by the values of the connection and cannot be wrong here */
	if (!r->auto_timeout && v->keepalive) {
		if (v->user_timeout <= first)
			kap_source_report(KAP_WARNING, e->source, &e->line, at,
					  "user_timeout is not above idle+intvl (%s%s): one lost probe kills a healthy connection",
					  print_ms(first).text,
					  all ? "" : " at least");
		else if (v->user_timeout > last)
			kap_source_report(KAP_WARNING, e->source, &e->line, at,
					  "user_timeout is above idle+intvl*cnt (%s%s): cnt has no meaning",
					  print_ms(last).text,
					  all && v->cnt ? "" : " at most");
	}
	if (v->user_timeout && v->user_timeout < SHORT_TIMEOUT)
		kap_source_report(KAP_WARNING, e->source, &e->line, at,
				  "user_timeout is below 10s (%s): a short outage kills a busy connection",
				  print_ms(v->user_timeout).text);
}

static void check_values(const struct kap_entry *e)
{
	const struct kap_rule *r = e->rule;

	if (r->opts & KAP_OPT_USER_TIMEOUT)
		check_timeout(e);
	if ((r->opts & KAP_OPT_IDLE) && r->values.idle == CONNTRACK_IDLE)
		kap_source_report(KAP_WARNING, e->source, &e->line,
				  value_of(e, KAP_KEY_IDLE),
				  "idle is exactly 300s, conntrack's timeout for unacknowledged data: a firewall may drop the connection as it is probed");
}

static void report_covered(const struct kap_entry *e,
			   const struct kap_entry *by)
{
	char *name = kap_entry_name(by, e->source);

	kap_source_report(KAP_WARNING, e->source, &e->line, e->where,
			  "can never match: %s comes first and matches all that this rule does",
			  name);
	free(name);
}

/* A new rule may cover many in force: that is one mistake. */
static void report_covering(const struct kap_entry *e, size_t n,
			    const struct kap_entry *by)
{
	char *name = kap_entry_name(e, by->source), more[48] = "";

	if (n > 1)
		snprintf(more, sizeof(more), " and %zu more rules", n - 1);
	kap_source_report(KAP_WARNING, by->source, &by->line, by->where,
			  "comes first and matches all that %s%s can match",
			  name, more);
	free(name);
}

/**
 * kap_lint_rules - warn of all there is to warn of
 * @rules: the rules; nothing is said of those in force among themselves
 *
 * Return: whether there is nothing, or nothing that is an error.
 */
bool kap_lint_rules(const struct kap_rules *rules)
{
	unsigned int before = kap_diag_errors();
	const struct kap_entry **by = kap_cover_find(rules);
	size_t i, first = 0, covered = 0;

	for (i = 0; i < rules->n; i++) {
		const struct kap_entry *e = &rules->v[i];

		if (!e->source->in_force) {
			check_values(e);
			if (by[i])
				report_covered(e, by[i]);
		} else if (by[i] && !by[i]->source->in_force && !covered++) {
			first = i;
		}
	}
	if (covered)
		report_covering(&rules->v[first], covered, by[first]);
	free(by);
	return kap_diag_errors() == before;
}

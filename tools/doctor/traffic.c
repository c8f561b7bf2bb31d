// SPDX-License-Identifier: GPL-2.0
/* The connections there are, beside the rules in force. */
#include "doctor/doctor.h"

#include <stdlib.h>

#include "base/mem.h"
#include "see/look.h"
#include "see/output_conn.h"
#include "see/unnoticed.h"

#define SHOWN	3

/*
 * After how long its rule would have ended this connection, had its peer been
 * dead; the kernel's timers may fire late by an eighth.
 */
static u64 allowed_ms(const struct kap_conn *c)
{
	u64 ms;

	if (!c->rule || !c->rule->rule->opts || c->known != KAP_OPTS_ALL)
		return KAP_NEVER;
	ms = c->unacked ? kap_unnoticed_busy(&c->to, &c->retries) :
			  kap_unnoticed_idle(&c->to);
	return ms == KAP_NEVER ? KAP_NEVER : ms + ms / 8 + 1000;
}

static void show_silent(const struct kap_conn *c)
{
	char local[KAP_CONN_TEXT], remote[KAP_CONN_TEXT];
	char silent[KAP_CONN_TEXT];
	char *rule = kap_entry_name(c->rule, NULL);

	kap_doctor_more("%s %s %s, %s: silent for %s, rule %s",
			c->dir == KAP_OUT ? "out" : "in",
			kap_conn_end(c, 0, local), kap_conn_end(c, 1, remote),
			c->owner ? c->owner->program : "no program",
			kap_conn_duration(c->silent_ms, silent), rule);
	free(rule);
}

static void check_silent(const struct kap_conns *all)
{
	size_t i, n = 0, shown = 0, unset = 0;

	for (i = 0; i < all->n; i++) {
		if (all->v[i].silent_ms <= allowed_ms(&all->v[i]))
			continue;
		n++;
		unset += !!all->v[i].sets;
	}
	if (!n) {
		kap_doctor_say(KAP_OK, "silent",
			       "no connection for longer than its rule allows");
		return;
	}
	kap_doctor_say(KAP_NOTE, "silent",
		       "%zu connection%s for longer than the rule allows: the peer may be dead",
		       n, n == 1 ? "" : "s");
	for (i = 0; i < all->n && shown < SHOWN; i++) {
		if (all->v[i].silent_ms <= allowed_ms(&all->v[i]))
			continue;
		show_silent(&all->v[i]);
		shown++;
	}
	if (n > SHOWN)
		kap_doctor_more("and %zu more", n - SHOWN);
	if (unset)
		kap_doctor_fix("kapctl apply    (they do not have what the rule gives)");
}

/* Has it won a connection since it was added? */
static bool has_matched(const struct kap_rule *rule)
{
	u64 counts[KAP_SHOWN_NR];

	kap_rule_counts(rule, counts);
	return counts[KAP_SHOWN_MATCHED];
}

/* A rule that has matched is of use, even if it covers nothing just now. */
static void check_unused(const struct kap_look *look)
{
	const struct kap_rules *rules = &look->live.rules;
	bool *covers = kap_mem_alloc(rules->n * sizeof(*covers));
	size_t i, n = 0;

	for (i = 0; i < look->conns.n; i++) {
		if (look->conns.v[i].rule)
			covers[look->conns.v[i].rule - rules->v] = true;
	}
	for (i = 0; i < rules->n; i++)
		n += !covers[i] && !has_matched(rules->v[i].rule);
	if (n)
		kap_doctor_say(KAP_NOTE, "unused",
			       "%zu of %zu rules ha%s never covered a connection",
			       n, rules->n, n == 1 ? "s" : "ve");
	else
		kap_doctor_say(KAP_OK, "unused",
			       "each rule covers a connection, or has covered one");
	for (i = 0, n = 0; i < rules->n; i++) {
		char *name;

		if (covers[i] || has_matched(rules->v[i].rule) || n++ >= SHOWN)
			continue;
		name = kap_entry_name(&rules->v[i], NULL);
		kap_doctor_more("%s", name);
		free(name);
	}
	if (n > SHOWN)
		kap_doctor_more("and %zu more: kapctl show --unused", n - SHOWN);
	free(covers);
}

/**
 * kap_doctor_traffic - do the rules fit the connections there are?
 * @p: what is in force
 */
void kap_doctor_traffic(const struct kap_patient *p)
{
	struct kap_look look;

	if (!p->has_live || !p->live.enabled || !p->live.rules.n)
		return;
	if (!kap_look_around(&look, "", NULL)) {
		kap_doctor_say(KAP_NOTE, "silent",
			       "not looked at: this kernel does not list TCP sockets");
		kap_doctor_fix("modprobe tcp_diag");
	} else {
		if (look.too_old)
			kap_doctor_say(KAP_NOTE, "silent",
				       "this kernel does not show the options of other programs' sockets (pidfd_getfd, Linux 5.6)");
		else
			check_silent(&look.conns);
		check_unused(&look);
	}
	kap_look_free(&look);
}

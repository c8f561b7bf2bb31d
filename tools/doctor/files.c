// SPDX-License-Identifier: GPL-2.0
/* The files in /etc: do they exist, are they correct, can every rule match? */
#include "doctor/doctor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "rules/cover.h"
#include "rules/lint.h"

#define SHOWN	3

static void not_readable(const struct kap_held *held)
{
	const char *first = held->first[KAP_ERROR];

	/* without the right to read the file, say nothing about it */
	if (strstr(first, strerror(EACCES))) {
		kap_doctor_say(KAP_NOTE, "files", "not looked at: %s", first);
		kap_doctor_fix("kapctl doctor    (as root)");
	} else {
		kap_doctor_say(KAP_PROBLEM, "files", "%s", first);
		kap_doctor_fix("kapctl check    (until it can read all)");
	}
}

static void no_files(const struct kap_patient *p)
{
	kap_doctor_say(KAP_PROBLEM, "files",
		       "there is no " KAP_CONFIG_FILE ", nor a "
		       KAP_CONFIG_MORE "/*.conf");
	kap_doctor_fix("mkdir -p " KAP_CONFIG_DIR);
	if (p->has_live && p->live.rules.n)
		kap_doctor_fix("kapctl save >" KAP_CONFIG_FILE "    (the rules in force)");
	else
		kap_doctor_fix("touch " KAP_CONFIG_FILE "    (no rules)");
}

/* List the rules that are covered. Returns how many. */
static size_t check_covered(const struct kap_rules *rules)
{
	const struct kap_entry **by = kap_cover_find(rules);
	size_t i, n = 0, shown = 0;

	for (i = 0; i < rules->n; i++)
		n += !!by[i];
	if (n) {
		kap_doctor_say(KAP_PROBLEM, "covered",
			       "%zu rule%s can never match, for one in front of it", n,
			       n == 1 ? "" : "s");
		for (i = 0; i < rules->n && shown < SHOWN; i++) {
			char *wide, *narrow;

			if (!by[i])
				continue;
			narrow = kap_entry_name(&rules->v[i], NULL);
			wide = kap_entry_name(by[i], NULL);
			kap_doctor_more("%s, for %s", narrow, wide);
			free(narrow);
			free(wide);
			shown++;
		}
		if (n > shown)
			kap_doctor_more("and %zu more", n - shown);
		kap_doctor_fix("kapctl check    (shows them; a lower prio= comes first)");
	} else if (rules->n) {
		kap_doctor_say(KAP_OK, "covered", "each rule can match");
	}
	free(by);
	return n;
}

static void check_warnings(const struct kap_rules *rules, size_t covered)
{
	struct kap_held held = { 0 };
	size_t n;

	kap_diag_hold(&held);
	kap_lint_rules(rules);
	kap_diag_hold(NULL);
	n = held.count[KAP_WARNING] - covered;
	if (n) {
		kap_doctor_say(KAP_NOTE, "warnings",
			       "%zu setting%s may do harm", n,
			       n == 1 ? "" : "s");
		kap_doctor_fix("kapctl check    (shows which)");
	}
	free(held.first[KAP_WARNING]);
}

static void check_rules(struct kap_patient *p)
{
	const struct kap_config *c = &p->config;
	const char *more = c->n == 1 ? "" : "s";

	p->has_config = true;
	if (!c->rules.n) {
		kap_doctor_say(KAP_NOTE, "files", "no rules in %zu file%s",
			       c->n, more);
		kap_doctor_fix("$EDITOR " KAP_CONFIG_FILE);
		return;
	}
	if (c->n == 1)
		kap_doctor_say(KAP_OK, "files", "%s: %zu rule%s", c->path[0],
			       c->rules.n, c->rules.n == 1 ? "" : "s");
	else
		kap_doctor_say(KAP_OK, "files", "%zu rule%s in %zu file%s",
			       c->rules.n, c->rules.n == 1 ? "" : "s", c->n,
			       more);
	check_warnings(&c->rules, check_covered(&c->rules));
}

/**
 * kap_doctor_files - are the files in order?
 * @p: gets them
 */
void kap_doctor_files(struct kap_patient *p)
{
	struct kap_held held = { 0 };
	bool read, good;

	kap_diag_hold(&held);
	read = kap_config_read(&p->config, NULL, 0);
	good = read && kap_config_parse(&p->config);
	kap_diag_hold(NULL);
	if (good) {
		check_rules(p);
	} else if (read) {
		kap_doctor_say(KAP_PROBLEM, "files", "%u error%s, the first: %s",
			       held.count[KAP_ERROR],
			       held.count[KAP_ERROR] == 1 ? "" : "s",
			       held.first[KAP_ERROR]);
		kap_doctor_fix("kapctl check    (shows where)");
	} else if (p->config.none) {
		no_files(p);
	} else {
		not_readable(&held);
	}
	free(held.first[KAP_ERROR]);
	free(held.first[KAP_WARNING]);
}

// SPDX-License-Identifier: GPL-2.0
/* Are the rules in force those of the files? */
#include "doctor/doctor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "rule/format.h"

#define SHOWN	3

/* A rule in canonical text, by which rules are compared. */
struct line {
	char *text;
	const struct kap_entry *entry;
};

struct lines {
	struct line *v;
	size_t n;
	size_t only;	/* how many the others have not */
};

/* In matching order. */
static struct lines format(const struct kap_rules *rules)
{
	struct kap_entry **order = kap_rules_order(rules);
	struct lines lines = { .n = rules->n };
	char text[KAP_FORMAT_MAX];
	size_t i;

	lines.v = kap_mem_alloc(rules->n * sizeof(*lines.v));
	for (i = 0; i < rules->n; i++) {
		kap_format_rule(order[i]->rule, text, sizeof(text));
		lines.v[i].entry = order[i];
		lines.v[i].text = strdup(text);
		if (!lines.v[i].text)
			abort();
	}
	free(order);
	return lines;
}

static void release(struct lines *lines)
{
	size_t i;

	for (i = 0; i < lines->n; i++)
		free(lines->v[i].text);
	free(lines->v);
}

static bool same_order(const struct lines *a, const struct lines *b)
{
	size_t i;

	if (a->n != b->n)
		return false;
	for (i = 0; i < a->n; i++) {
		if (strcmp(a->v[i].text, b->v[i].text))
			return false;
	}
	return true;
}

static int cmp_text(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	int cmp = strcmp(x->text, y->text);

	/* keep the order of equal rules */
	return cmp ? cmp : x->entry < y->entry ? -1 : x->entry > y->entry;
}

static int cmp_entry(const void *a, const void *b)
{
	const struct line *x = a, *y = b;

	return x->entry < y->entry ? -1 : x->entry > y->entry;
}

/* Remove the rules that are in both. */
static void subtract(struct lines *a, struct lines *b)
{
	struct line *both;
	size_t i = 0, j = 0, n = 0, room = 0;

	qsort(a->v, a->n, sizeof(*a->v), cmp_text);
	qsort(b->v, b->n, sizeof(*b->v), cmp_text);
	both = kap_mem_alloc((a->n + b->n) * sizeof(*both));
	while (i < a->n || j < b->n) {
		int cmp = i == a->n ? 1 : j == b->n ? -1 :
			  strcmp(a->v[i].text, b->v[j].text);

		if (cmp < 0) {
			a->v[a->only++] = a->v[i++];
		} else if (cmp > 0) {
			b->v[b->only++] = b->v[j++];
		} else {
			both[n++] = a->v[i++];
			both[n++] = b->v[j++];
		}
	}
	for (room = 0; room < n; room++)
		free(both[room].text);
	free(both);
	a->n = a->only;
	b->n = b->only;
	qsort(a->v, a->n, sizeof(*a->v), cmp_entry);
	qsort(b->v, b->n, sizeof(*b->v), cmp_entry);
}

static void show(const struct lines *lines, const char *where)
{
	size_t i;

	for (i = 0; i < lines->n && i < SHOWN; i++)
		kap_doctor_more("only %s: %s", where, lines->v[i].text);
	if (lines->n > SHOWN)
		kap_doctor_more("only %s: %zu more", where, lines->n - SHOWN);
}

static void differ(const struct kap_patient *p, struct lines *files,
		   struct lines *live)
{
	subtract(files, live);
	if (!files->n && !live->n) {
		kap_doctor_say(KAP_PROBLEM, "in force",
			       "the rules of the files, but in another order");
	} else {
		kap_doctor_say(KAP_PROBLEM, "in force",
			       "not the rules of the files");
		show(files, "in the files");
		show(live, "in force");
	}
	kap_doctor_fix("kapctl load    (puts those of the files into force)");
	if (live->n && p->config.n == 1)
		kap_doctor_fix("or, to keep those in force: kapctl save >%s",
			       p->config.path[0]);
}

/**
 * kap_doctor_in_force - are the rules of the files in force?
 * @p: both
 */
void kap_doctor_in_force(const struct kap_patient *p)
{
	struct lines files, live;

	if (!p->has_live || !p->has_config)
		return;
	files = format(&p->config.rules);
	live = format(&p->live.rules);
	if (!same_order(&files, &live))
		differ(p, &files, &live);
	else if (live.n)
		kap_doctor_say(KAP_OK, "in force", "the rules of the files");
	release(&files);
	release(&live);
}

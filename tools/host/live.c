// SPDX-License-Identifier: GPL-2.0
#include "host/live.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/sys.h"
#include "host/sysfs.h"
#include "rules/difference.h"

/* Rules and counters are two files: both must be of one generation. */
#define TRIES	10

static const char * const count_names[KAP_SHOWN_NR] = {
#define X(id, text) [KAP_SHOWN_##id] = text,
	KAP_COUNTS(X)
#undef X
};

/* The number behind "@key=" in a line; 0 when it is not there. */
static u64 number_of(const struct kap_line *line, const char *key)
{
	const char *s = line->s, *end = line->s + line->len;
	size_t len = strlen(key);

	while (s < end) {
		if ((size_t)(end - s) > len && !memcmp(s, key, len) &&
		    s[len] == '=')
			return strtoull(s + len + 1, NULL, 10);
		while (s < end && *s != ' ')
			s++;
		while (s < end && *s == ' ')
			s++;
	}
	return 0;
}

/* Both files have the rules in the same order: look on from *@at. */
static struct kap_rule *find(const struct kap_rules *rules, u64 id, size_t *at)
{
	size_t i;

	for (i = 0; i < rules->n; i++, (*at)++) {
		if (rules->v[*at % rules->n].rule->id == id)
			return rules->v[*at % rules->n].rule;
	}
	return NULL;
}

/* The inverse of kap_rule_counts(): skipped = matched - applied - app_set. */
static void set_counts(struct kap_rule *rule, const struct kap_line *line)
{
	atomic64_t *n = rule->counts;
	u64 shown[KAP_SHOWN_NR];
	int i;

	for (i = 0; i < KAP_SHOWN_NR; i++)
		shown[i] = number_of(line, count_names[i]);
	n[KAP_COUNT_APPLIED].counter = shown[KAP_SHOWN_APPLIED];
	n[KAP_COUNT_APP_SET].counter = shown[KAP_SHOWN_APP_SET];
	n[KAP_COUNT_SKIPPED].counter = shown[KAP_SHOWN_MATCHED] -
		shown[KAP_SHOWN_APPLIED] - shown[KAP_SHOWN_APP_SET];
	n[KAP_COUNT_HELD].counter = shown[KAP_SHOWN_HELD];
	n[KAP_COUNT_TIMED_OUT].counter = shown[KAP_SHOWN_TIMED_OUT];
}

static bool read_counters(struct kap_live *live)
{
	struct kap_line line = { 0 };
	struct kap_source text;
	size_t at = 0;

	if (!kap_sysfs_source(&text, "counters"))
		return false;
	while (kap_source_next(&text, &line)) {
		struct kap_rule *rule = find(&live->rules,
					     number_of(&line, "id"), &at);

		if (rule)
			set_counts(rule, &line);
	}
	kap_source_free(&text);
	return true;
}

static bool read_once(struct kap_live *live, unsigned long long *generation)
{
	memset(live, 0, sizeof(*live));
	return kap_sysfs_number("generation", &live->generation) &&
	       kap_sysfs_number("enabled", &live->enabled) &&
	       kap_sysfs_number("max_rules", &live->max_rules) &&
	       kap_sysfs_source(&live->text, "rules") &&
	       kap_rules_parse(&live->rules, &live->text) &&
	       read_counters(live) &&
	       kap_sysfs_number("generation", generation);
}

/**
 * kap_live_read - read what the module has
 * @live: the result; free it whatever comes back
 *
 * Return: whether it could be read; if not, reported.
 */
bool kap_live_read(struct kap_live *live)
{
	unsigned long long generation;
	int i;

	for (i = 0; i < TRIES; i++) {
		if (!read_once(live, &generation))
			return false;
		if (generation == live->generation)
			break;
		if (i < TRIES - 1)
			kap_live_free(live);
	}
	return true;
}

/**
 * kap_live_read_rules - read the rules of the module, and nothing else
 * @live: the result; free it whatever comes back
 *
 * Return: whether they could be read; if not, reported.
 */
bool kap_live_read_rules(struct kap_live *live)
{
	memset(live, 0, sizeof(*live));
	return kap_sysfs_source(&live->text, "rules") &&
	       kap_rules_parse(&live->rules, &live->text);
}

/**
 * kap_live_peek - the same, for what can be done without
 * @live: the result; free it whatever comes back
 *
 * Return: whether they could be read; if not, nothing is reported.
 */
bool kap_live_peek(struct kap_live *live)
{
	struct kap_held held = { 0 };
	bool ok;

	kap_diag_hold(&held);
	ok = kap_live_read_rules(live);
	kap_diag_hold(NULL);
	free(held.first[KAP_ERROR]);
	free(held.first[KAP_WARNING]);
	return ok;
}

/**
 * kap_live_id - which id did the module give to a rule?
 * @rule: a rule that has just been added
 *
 * Return: the id, or 0 when it cannot be told.
 */
u64 kap_live_id(const struct kap_rule *rule)
{
	char *want = kap_rule_text(rule);
	struct kap_live live;
	u64 id = 0;
	size_t i;

	kap_live_peek(&live);
	for (i = live.rules.n; i-- > 0 && !id;) {
		char *text = kap_rule_text(live.rules.v[i].rule);

		if (!strcmp(text, want))
			id = live.rules.v[i].rule->id;
		free(text);
	}
	free(want);
	kap_live_free(&live);
	return id;
}

/**
 * kap_live_note_disabled - say that the rules have no effect, when that is so
 */
void kap_live_note_disabled(void)
{
	char *path = kap_sysfs_path("enabled"), text[8];

	if (kap_sys_peek(path, text, sizeof(text)) > 0 && *text == '0')
		printf("kapolicy is disabled: \"kapctl enable\" lets the rules take effect\n");
	free(path);
}

/**
 * kap_live_free - free it
 * @live: what kap_live_read() has filled in
 */
void kap_live_free(struct kap_live *live)
{
	kap_rules_free(&live->rules);
	kap_source_free(&live->text);
}

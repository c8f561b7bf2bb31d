// SPDX-License-Identifier: GPL-2.0
#include "host/live.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/sysfs.h"

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

/* The inverse of kap_rule_counts(): skipped is what is left of matched. */
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
 * kap_live_free - free it
 * @live: what kap_live_read() has filled in
 */
void kap_live_free(struct kap_live *live)
{
	kap_rules_free(&live->rules);
	kap_source_free(&live->text);
}

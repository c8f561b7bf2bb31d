// SPDX-License-Identifier: GPL-2.0
/*
 * kap_cover_rule() must never say yes wrongly: of random rules, the one that
 * covers matches every random connection the other one matches.
 * kap_cover_find() finds in a set what comparing all with all finds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rule/match.h"
#include "rules/cover.h"
#include "rules/rules.h"

static unsigned long long state = 88172645463325252ULL;

static unsigned int below(unsigned int n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 11) % n;
}

/* Few values, so that rules have to do with each other. */
static void put_numbers(FILE *f, const char *key)
{
	unsigned int n = 1 + below(3), i, lo;

	fprintf(f, " %s=", key);
	for (i = 0; i < n; i++) {
		lo = 1 + below(8);
		fprintf(f, "%s%u", i ? "," : "", lo);
		if (below(2))
			fprintf(f, "-%u", lo + below(4));
	}
}

static void put_prefixes(FILE *f, const char *key)
{
	unsigned int n = 1 + below(3), i;

	fprintf(f, " %s=", key);
	for (i = 0; i < n; i++) {
		if (below(3))
			fprintf(f, "%s10.0.0.%u/%u", i ? "," : "", below(8),
				below(8) ? 29 + below(4) : 0);
		else
			fprintf(f, "%sfd00::%u/%u", i ? "," : "", below(8),
				below(8) ? 125 + below(4) : 0);
	}
}

static void put_path(FILE *f, bool pattern)
{
	static const char * const part[] = {
		"a", "b", "ab", "aab", "*", "a*", "?", "*b", "?b", "**",
	};
	unsigned int n = below(5);

	if (!n)
		fputc('/', f);
	while (n--)
		fprintf(f, "/%s", part[below(pattern ? 10 : 4)]);
}

static void put_rule(FILE *f)
{
	fprintf(f, "prio=%u", below(3));
	if (!below(3)) {
		fprintf(f, " cgroup=");
		put_path(f, true);
	}
	if (!below(2))
		fprintf(f, " dir=%s", below(2) ? "in" : "out");
	if (!below(3))
		put_numbers(f, "port");
	if (!below(4))
		put_numbers(f, "lport");
	if (!below(4))
		put_numbers(f, "rport");
	if (!below(4))
		put_prefixes(f, "laddr");
	if (!below(4))
		put_prefixes(f, "raddr");
	if (!below(5))
		put_numbers(f, "uid");
	fprintf(f, " idle=60s\n");
}

/* A set of @n rules; source->text is to be freed behind kap_rules_free(). */
static void make_rules(struct kap_rules *rules, struct kap_source *source,
		       unsigned int n)
{
	FILE *f;

	memset(rules, 0, sizeof(*rules));
	memset(source, 0, sizeof(*source));
	source->name = "random";
	f = open_memstream(&source->text, &source->len);
	if (!f)
		abort();
	while (n--)
		put_rule(f);
	fclose(f);
	if (!kap_rules_parse(rules, source))
		abort();
}

static void make_key(struct kap_key *key, char **path)
{
	size_t len;
	FILE *f;
	int i;

	memset(key, 0, sizeof(*key));
	for (i = KAP_PORT; i <= KAP_UID; i++)
		key->field[i] = 1 + below(12);
	key->field[KAP_DIR] = below(2) ? KAP_OUT : KAP_IN;
	key->field[KAP_PORT] = key->field[KAP_DIR] == KAP_OUT ?
			       key->field[KAP_RPORT] : key->field[KAP_LPORT];
	key->v4 = below(3);
	for (i = 0; i < 2; i++) {
		key->addr[i].lo = below(9);
		if (key->v4)
			key->addr[i].lo |= 10 << 24;
		else
			key->addr[i].hi = 0xfd00ULL << 48;
	}
	*path = NULL;
	if (!below(8))
		return;
	f = open_memstream(path, &len);
	if (!f)
		abort();
	put_path(f, false);
	fclose(f);
	key->cgroup = *path;
}

static int fail(const char *what, const struct kap_entry *wide,
		const struct kap_entry *narrow)
{
	printf("%s:\n%.*s\n%.*s\n", what, (int)wide->line.len, wide->line.s,
	       (int)narrow->line.len, narrow->line.s);
	return 1;
}

/* Returns whether one is wrong. */
static int try_keys(const struct kap_rules *rules, unsigned int n,
		    unsigned long *hits)
{
	const struct kap_rule *wide, *narrow;
	struct kap_key key;
	size_t i, j;
	char *path;

	while (n--) {
		make_key(&key, &path);
		for (i = 0; i < rules->n; i++) {
			narrow = rules->v[i].rule;
			if (!kap_rule_matches(narrow, &key))
				continue;
			for (j = 0; j < rules->n; j++) {
				wide = rules->v[j].rule;
				if (i == j || !kap_cover_rule(wide, narrow))
					continue;
				++*hits;
				if (!kap_rule_matches(wide, &key))
					return fail("not covered",
						    &rules->v[j],
						    &rules->v[i]);
			}
		}
		free(path);
	}
	return 0;
}

/* Returns whether kap_cover_find() finds another one than this. */
static int try_find(const struct kap_rules *rules, unsigned long *found)
{
	const struct kap_entry **by = kap_cover_find(rules), *first;
	struct kap_entry **order = kap_rules_order(rules);
	bool *covered = calloc(rules->n, sizeof(*covered));
	size_t i, j;
	int ret = 0;

	if (!covered)
		abort();
	for (i = 0; i < rules->n && !ret; i++) {
		first = NULL;
		for (j = 0; j < i && !first; j++) {
			if (!covered[j] && kap_cover_rule(order[j]->rule,
							  order[i]->rule))
				first = order[j];
		}
		covered[i] = first;
		*found += covered[i];
		if (by[order[i] - rules->v] != first)
			ret = fail("not found", first ? first : order[i],
				   order[i]);
	}
	free(covered);
	free(order);
	free(by);
	return ret;
}

int main(void)
{
	unsigned long hits = 0, found = 0;
	struct kap_source source;
	struct kap_rules rules;
	int i, ret = 0;

	for (i = 0; i < 300 && !ret; i++) {
		make_rules(&rules, &source, 60);
		ret = try_keys(&rules, 60, &hits) || try_find(&rules, &found);
		kap_rules_free(&rules);
		kap_source_free(&source);
	}
	printf("%lu matches of covered rules, %lu rules covered\n", hits,
	       found);
	/* else nothing was tried */
	return ret || hits < 10000 || found < 1000;
}

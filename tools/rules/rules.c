// SPDX-License-Identifier: GPL-2.0
#include "rules/rules.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static int cmp_name(const void *a, const void *b)
{
	const struct kap_rule *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/* The rule that has the name of @rule already, or NULL. */
static const struct kap_rule *name_taken(struct kap_rules *rules,
					 struct kap_rule *rule)
{
	struct kap_rule **node = tsearch(rule, &rules->names, cmp_name);

	return node && *node != rule ? *node : NULL;
}

static const struct kap_entry *find(const struct kap_rules *rules,
				    const struct kap_rule *rule)
{
	size_t i;

	for (i = 0; i < rules->n; i++) {
		if (rules->v[i].rule == rule)
			break;
	}
	return &rules->v[i];
}

static bool check_name(struct kap_rules *rules, const struct kap_source *source,
		       const struct kap_line *line, const struct kap_cmd *cmd)
{
	const struct kap_rule *taken = NULL;
	const struct kap_entry *e;

	if (cmd->rule->name)
		taken = name_taken(rules, cmd->rule);
	if (!taken)
		return true;
	e = find(rules, taken);
	/* only the module knows which rules are in force when this one arrives */
	if (e->source->in_force != source->in_force)
		return true;
	if (e->source == source)
		kap_source_report(KAP_ERROR, source, line, cmd->arg,
				  "%s (line %u)", kap_error_text(KAP_E_EXISTS),
				  e->line.number);
	else
		kap_source_report(KAP_ERROR, source, line, cmd->arg,
				  "%s (%s:%u)", kap_error_text(KAP_E_EXISTS),
				  e->source->name, e->line.number);
	return false;
}

/* The module writes "# id=N" behind each rule. */
static u64 id_of(const struct kap_line *line)
{
	static const char mark[] = "# id=";
	const char *s = memmem(line->s, line->len, mark, strlen(mark));

	return s ? strtoull(s + strlen(mark), NULL, 10) : 0;
}

static void append(struct kap_rules *rules, const struct kap_source *source,
		   const struct kap_line *line, const struct kap_cmd *cmd)
{
	struct kap_entry *e;

	rules->v = kap_mem_grow(rules->v, rules->n, &rules->room,
				sizeof(*rules->v));
	e = &rules->v[rules->n++];
	e->rule = cmd->rule;
	e->rule->id = source->in_force ? id_of(line) : 0;
	e->source = source;
	e->line = *line;
	e->where = cmd->where;
	memcpy(e->key, cmd->key, sizeof(e->key));
}

static bool parse_line(struct kap_rules *rules, struct kap_parser *parser,
		       const struct kap_source *source,
		       const struct kap_line *line)
{
	struct kap_cmd cmd;

	if (kap_source_parse(source, line, parser, &cmd))
		return false;
	if (cmd.op == KAP_OP_NONE)
		return true;
	if (cmd.op != KAP_OP_ADD) {
		kap_source_report(KAP_ERROR, source, line, cmd.where,
				  "only rules may stand here");
		return false;
	}
	if (!check_name(rules, source, line, &cmd)) {
		kap_rule_put(cmd.rule);
		return false;
	}
	append(rules, source, line, &cmd);
	return true;
}

/**
 * kap_rules_parse - read the rules of a text
 * @rules: where to add them
 * @source: the text; kept until kap_rules_free()
 *
 * Return: whether all are in order; if not, each error has been reported.
 */
bool kap_rules_parse(struct kap_rules *rules, const struct kap_source *source)
{
	struct kap_parser *parser = kap_parser_alloc();
	struct kap_line line = { 0 };
	bool ok = true, windows = false;

	if (!parser) {
		kap_diag_error("%s", kap_error_text(KAP_E_MEMORY));
		return false;
	}
	while (kap_source_next(source, &line)) {
		struct kap_line part = line;

		/* report the line ends of Windows once, not for each line */
		if (line.len && line.s[line.len - 1] == '\r') {
			part.len -= windows;
			windows = true;
		}
		ok &= parse_line(rules, parser, source, &part);
		/* report a binary file once */
		if (memchr(line.s, '\0', line.len))
			break;
	}
	kap_parser_free(parser);
	return ok;
}

/**
 * kap_rules_namesake - find a rule by the name of another one
 * @rules: rules that kap_rules_parse() has read
 * @rule: a rule of another set
 *
 * Return: the rule of @rules that has the same name; NULL if there is none, or
 * if @rule has no name.
 */
const struct kap_rule *kap_rules_namesake(const struct kap_rules *rules,
					  const struct kap_rule *rule)
{
	struct kap_rule *const *node = NULL;

	if (rule->name)
		node = tfind(rule, &rules->names, cmp_name);
	return node ? *node : NULL;
}

/**
 * kap_rules_append - add a rule of another set
 * @rules: where to add it; its name is not compared with those there
 * @entry: the rule; @rules holds it as well from now on
 */
void kap_rules_append(struct kap_rules *rules, const struct kap_entry *entry)
{
	rules->v = kap_mem_grow(rules->v, rules->n, &rules->room,
				sizeof(*rules->v));
	rules->v[rules->n] = *entry;
	kap_rule_get(rules->v[rules->n++].rule);
}

static void keep(void *rule)
{
	(void)rule;
}

/**
 * kap_rules_free - free rules
 * @rules: the rules; all zero again afterwards
 */
void kap_rules_free(struct kap_rules *rules)
{
	size_t i;

	tdestroy(rules->names, keep);
	for (i = 0; i < rules->n; i++)
		kap_rule_put(rules->v[i].rule);
	free(rules->v);
	memset(rules, 0, sizeof(*rules));
}

static int cmp_order(const void *a, const void *b)
{
	const struct kap_entry *x = *(struct kap_entry *const *)a;
	const struct kap_entry *y = *(struct kap_entry *const *)b;

	if (x->rule->prio != y->rule->prio)
		return x->rule->prio - y->rule->prio;
	/* rules in force come first in the array, in the order of their ids */
	return x < y ? -1 : x > y;
}

/**
 * kap_rules_order - the rules in the order they are matched
 * @rules: the rules
 *
 * Return: an array of @rules->n entries, to be freed.
 */
struct kap_entry **kap_rules_order(const struct kap_rules *rules)
{
	struct kap_entry **order = kap_mem_alloc(rules->n * sizeof(*order));
	size_t i;

	for (i = 0; i < rules->n; i++)
		order[i] = &rules->v[i];
	qsort(order, rules->n, sizeof(*order), cmp_order);
	return order;
}

/**
 * kap_entry_name - how to speak of a rule in a message
 * @e: the rule
 * @from: the text the message is about: of others, the name is given as well
 *
 * Return: text to be freed.
 */
char *kap_entry_name(const struct kap_entry *e, const struct kap_source *from)
{
	const char *name = e->rule->name;
	char where[32], *text;

	if (e->rule->id)
		snprintf(where, sizeof(where), "id=%llu",
			 (unsigned long long)e->rule->id);
	else if (e->source->skip)
		strcpy(where, "the new rule");
	else if (e->source == from)
		snprintf(where, sizeof(where), "line %u", e->line.number);
	else
		snprintf(where, sizeof(where), ":%u", e->line.number);
	if (asprintf(&text, "%s%s%s%s%s", *where == ':' ? e->source->name : "",
		     where, name ? " (name=" : "", name ? name : "",
		     name ? ")" : "") < 0)
		abort();
	return text;
}

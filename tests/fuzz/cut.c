// SPDX-License-Identifier: GPL-2.0
/*
 * A transaction, cut into writes anywhere, and one write of the same lines do
 * what the lines do one by one to a list that is searched from end to end: the
 * same rules, or the same error at the same place.
 *
 * The input is the lines between "begin" and "commit"; bytes from f8 on cut.
 */
#include "fuzz.h"
#include "policy/policy.h"
#include "rule/format.h"
#include "rule/parse.h"
#include "rules_file.h"

/* Rules there are before: some that can be deleted or are in the way. */
#define BEFORE \
	"add name=a port=80 idle=60s\nadd prio=5 name=b.c detect=30s\n" \
	"add name=x action=skip\n"

#define BEGIN	"begin\n"
#define COMMIT	"commit\n"

/* What the transaction should come to; a rule has no id before its end. */
struct model {
	struct kap_ruleset *old;
	struct kap_rule *rule[2 * RULES_MOST];
	u32 n;
	struct kap_diag diag;
	struct kap_parser *parser;
};

static void model_init(struct model *m)
{
	u32 i;

	memset(m, 0, sizeof(*m));
	m->old = kap_policy_get();
	for (i = 0; i < m->old->n; i++)
		m->rule[m->n++] = kap_rule_get(m->old->order[i]);
	m->parser = kap_parser_alloc();
	if (!m->parser)
		abort();
	m->diag.line = 1;	/* begin */
}

static void model_del(struct model *m, u32 i)
{
	kap_rule_put(m->rule[i]);
	memmove(&m->rule[i], &m->rule[i + 1],
		(--m->n - i) * sizeof(m->rule[0]));
}

static u32 model_find(const struct model *m, u64 id, const char *name)
{
	u32 i;

	for (i = 0; i < m->n; i++) {
		if (name ? m->rule[i]->name && !strcmp(m->rule[i]->name, name) :
			   m->rule[i]->id == id)
			break;
	}
	return i;
}

static enum kap_error model_add(struct model *m, struct kap_rule *rule)
{
	if (rule->name && model_find(m, 0, rule->name) < m->n)
		return KAP_E_EXISTS;
	if (m->n >= RULES_MOST)
		return KAP_E_FULL;
	m->rule[m->n++] = kap_rule_get(rule);
	return KAP_E_NONE;
}

static enum kap_error model_run(struct model *m, const struct kap_cmd *cmd)
{
	u32 i;

	switch (cmd->op) {
	case KAP_OP_ADD:
		return model_add(m, cmd->rule);
	case KAP_OP_DEL_ID:
	case KAP_OP_DEL_NAME:
	case KAP_OP_DESTROY:
		i = model_find(m, cmd->id, cmd->op == KAP_OP_DEL_ID ?
					   NULL : cmd->name);
		if (i == m->n && cmd->op == KAP_OP_DESTROY)
			return KAP_E_NONE;
		if (i == m->n)
			return cmd->op == KAP_OP_DEL_ID ? KAP_E_NO_ID :
							  KAP_E_NO_NAME;
		model_del(m, i);
		return KAP_E_NONE;
	case KAP_OP_FLUSH:
		while (m->n)
			model_del(m, m->n - 1);
		return KAP_E_NONE;
	default:
		return KAP_E_NONE;
	}
}

/* Returns whether the line belongs into the transaction. */
static bool model_line(struct model *m, const char *line, size_t len)
{
	struct kap_diag diag = { 0 };
	struct kap_span at;
	struct kap_cmd cmd;
	enum kap_error error;

	if (kap_parse_line(m->parser, line, len, &cmd, &diag)) {
		m->diag = (struct kap_diag){
			.error = diag.error, .line = m->diag.line + 1,
			.col = diag.col, .end = diag.end,
		};
		return true;
	}
	if (cmd.op == KAP_OP_BEGIN || cmd.op == KAP_OP_COMMIT ||
	    cmd.op == KAP_OP_ABORT)
		return false;
	m->diag.line++;
	error = model_run(m, &cmd);
	if (error) {
		at = error == KAP_E_FULL ? cmd.where : cmd.arg;
		m->diag = (struct kap_diag){
			.error = error, .line = m->diag.line,
			.col = at.col, .end = at.end,
		};
	}
	kap_rule_put(cmd.rule);
	return true;
}

static bool same_text(const struct kap_rule *a, const struct kap_rule *b)
{
	char text[2][KAP_FORMAT_MAX];

	kap_format_rule(a, text[0], sizeof(text[0]));
	kap_format_rule(b, text[1], sizeof(text[1]));
	return !strcmp(text[0], text[1]);
}

/* A rule that was there before with the same text has its id, once. */
static void model_ids(struct model *m)
{
	u64 next_id = m->old->next_id;
	u32 i, j, k;

	for (i = 0; i < m->n; i++) {
		if (m->rule[i]->id)
			continue;
		for (j = 0; j < m->old->n && !m->rule[i]->id; j++) {
			struct kap_rule *old = m->old->order[j];

			for (k = 0; k < m->n && m->rule[k]->id != old->id; k++)
				;
			if (k == m->n && same_text(old, m->rule[i]))
				m->rule[i]->id = old->id;
		}
		if (!m->rule[i]->id)
			m->rule[i]->id = next_id++;
	}
}

static void model_sort(struct model *m)
{
	struct kap_rule *rule;
	u32 i, j;

	for (i = 1; i < m->n; i++) {
		rule = m->rule[i];
		for (j = i; j && m->rule[j - 1]->prio > rule->prio; j--)
			m->rule[j] = m->rule[j - 1];
		m->rule[j] = rule;
	}
}

static char *model_text(struct model *m)
{
	char line[KAP_FORMAT_MAX], *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);
	u32 i;

	if (!f)
		abort();
	model_ids(m);
	model_sort(m);
	for (i = 0; i < m->n; i++) {
		kap_format_line(m->rule[i], line, sizeof(line));
		fputs(line, f);
	}
	fclose(f);
	return text;
}

static void model_exit(struct model *m)
{
	while (m->n)
		model_del(m, m->n - 1);
	kap_ruleset_put(m->old);
	kap_parser_free(m->parser);
}

/* The input apart: text without cuts, and before which bytes they are. */
struct script {
	char *text;
	bool *cut;
	size_t len;
};

static void put(struct script *s, const char *bytes, size_t len, bool cut)
{
	s->cut[s->len] |= cut;
	memcpy(s->text + s->len, bytes, len);
	s->len += len;
}

/*
 * "commit" and "abort" do not wait for a newline: cut behind one, a line has
 * ended the transaction before the rest of it can be an error, or a longer one.
 */
static bool ends(struct model *m, const char *line, size_t len)
{
	struct kap_diag diag;
	struct kap_cmd cmd;

	if (kap_parse_line(m->parser, line, len, &cmd, &diag))
		return false;
	kap_rule_put(cmd.rule);
	return cmd.op == KAP_OP_COMMIT || cmd.op == KAP_OP_ABORT;
}

/* Lines up to the first error, less those that do not belong here. */
static void make_script(struct script *s, struct model *m, const u8 *data,
			size_t size)
{
	char *line = malloc(size + 1);
	bool *cut = calloc(size + 1, 1);
	size_t n = 0, i, j;

	s->text = malloc(size + 32);
	s->cut = calloc(size + 32, 1);
	if (!line || !cut || !s->text || !s->cut)
		abort();
	s->len = 0;
	put(s, BEGIN, strlen(BEGIN), false);
	for (i = 0; i <= size && !m->diag.error; i++) {
		if (i < size && data[i] >= 0xf8) {
			cut[n] = true;
		} else if (i < size && data[i] != '\n') {
			line[n++] = data[i];
		} else if (model_line(m, line, n)) {
			line[n] = '\n';
			for (j = 0; j <= n; j++)
				put(s, &line[j], 1,
				    cut[j] && !ends(m, line, j));
		}
		if (i < size && data[i] == '\n') {
			memset(cut, 0, n + 1);
			n = 0;
		}
	}
	put(s, COMMIT, strlen(COMMIT), size % 2);
	free(line);
	free(cut);
}

/* In one transaction, until a write fails. */
static void run_cut(const struct script *s)
{
	struct file *file = rules_open();
	size_t start = 0, i;
	int err = 0;

	for (i = 1; i <= s->len && !err; i++) {
		if (i < s->len && !s->cut[i])
			continue;
		err = rules_write(file, s->text + start, start, i - start, 0);
		start = i;
	}
	fput(file);
}

/* The same lines in one write, outside of a transaction. */
static void run_plain(const struct script *s)
{
	struct file *file = rules_open();

	rules_write(file, s->text + strlen(BEGIN), 0,
		    s->len - strlen(BEGIN COMMIT), 0);
	fput(file);
}

static void start(void)
{
	struct file *file = rules_open();

	rules_init(RULES_MOST);
	if (rules_write(file, BEFORE, 0, strlen(BEFORE), 0))
		fail("the rules before");
	fput(file);
}

static void check(const char *how, const struct kap_diag *want,
		  const char *rules)
{
	struct kap_diag got;
	char *text;

	rules_error(&got);
	if (got.error != want->error ||
	    (got.error && (got.line != want->line || got.col != want->col ||
			   got.end != want->end)))
		fail("%s: %s at %u:%u-%u, should be %s at %u:%u-%u", how,
		     kap_error_name(got.error), got.line, got.col, got.end,
		     kap_error_name(want->error), want->line, want->col,
		     want->end);
	text = rules_text();
	if (strcmp(text, rules))
		fail("%s:\n%s---\nshould be:\n%s", how, text, rules);
	free(text);
	rules_exit();
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct kap_diag want;
	char *before, *after;
	struct script s;
	struct model m;

	start();
	before = rules_text();
	model_init(&m);
	make_script(&s, &m, data, size);
	want = m.diag;
	after = want.error ? strdup(before) : model_text(&m);
	run_cut(&s);
	check("cut", &want, after);

	if (s.len > strlen(BEGIN COMMIT)) {
		start();
		run_plain(&s);
		want.line--;	/* no "begin" */
		if (s.len - strlen(BEGIN COMMIT) >= KAP_WRITE_MAX) {
			want = (struct kap_diag){
				.error = KAP_E_TOO_BIG,
				.line = 1, .col = 1, .end = 1,
			};
			free(after);
			after = strdup(before);
		}
		check("in one write", &want, after);
	}
	free(before);
	free(after);
	free(s.text);
	free(s.cut);
	model_exit(&m);
	return 0;
}

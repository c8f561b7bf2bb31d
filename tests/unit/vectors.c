// SPDX-License-Identifier: GPL-2.0
/* The tables of ../vectors/, one test for each vector. */
#include <arpa/inet.h>

#include "rule/decide.h"
#include "rule/format.h"
#include "rule/key.h"
#include "rule/match.h"
#include "rules.h"
#include "ruleset/index.h"
#include "tap.h"
#include "vec.h"

#define SET_MAX 64

static void test_accept(const struct vec_file *f, const struct vec *v)
{
	static char got[TEXT_MAX];
	char *want = vec_split(v->text);
	const char *wrong = NULL;
	struct parsed p;
	size_t len;

	if (!want)
		tap_bail("%s:%u: no =>", f->name, v->line);
	len = vec_unescape(v->text);
	vec_unescape(want);
	parse_bytes(&p, v->text, len);
	if (p.err || p.cmd.op != KAP_OP_ADD) {
		tap_ok(false, "%s:%u: %s", f->name, v->line, v->text);
		tap_note("%s at %u-%u", kap_error_name(p.diag.error),
			 p.diag.col, p.diag.end);
		return;
	}
	kap_format_rule(p.cmd.rule, got, sizeof(got));
	if (strcmp(got, want))
		wrong = "reads back as";
	else
		wrong = check_reads_back(p.cmd.rule);
	if (!tap_ok(!wrong, "%s:%u: %s", f->name, v->line, v->text))
		tap_note("%s: %s", wrong, got);
	kap_rule_put(p.cmd.rule);
}

static void test_refuse(const struct vec_file *f, const struct vec *v)
{
	char *s = v->text, *name = vec_word(&s), *at = vec_word(&s);
	unsigned int col, end;
	const char *wrong;
	struct parsed p;
	char tail;
	size_t len;

	if (sscanf(at, "%u-%u%c", &col, &end, &tail) != 2)
		tap_bail("%s:%u: no COL-END", f->name, v->line);
	len = vec_unescape(s);
	parse_bytes(&p, s, len);
	if (!p.err) {
		tap_ok(false, "%s:%u: %s %s", f->name, v->line, name, s);
		tap_note("accepted");
		kap_rule_put(p.cmd.rule);
		return;
	}
	wrong = check_refusal(&p, len);
	if (!wrong && (strcmp(kap_error_name(p.diag.error), name) ||
		       p.diag.col != col || p.diag.end != end))
		wrong = "got";
	if (!tap_ok(!wrong, "%s:%u: %s %u-%u %s", f->name, v->line, name, col,
		    end, s))
		tap_note("%s %s at %u-%u", wrong, kap_error_name(p.diag.error),
			 p.diag.col, p.diag.end);
}

static const char * const ops[] = {
	[KAP_OP_NONE] = "none",
	[KAP_OP_ADD] = "add",
	[KAP_OP_DEL_ID] = "del-id",
	[KAP_OP_DEL_NAME] = "del-name",
	[KAP_OP_DESTROY] = "destroy",
	[KAP_OP_FLUSH] = "flush",
	[KAP_OP_BEGIN] = "begin",
	[KAP_OP_COMMIT] = "commit",
	[KAP_OP_ABORT] = "abort",
};

static void test_command(const struct vec_file *f, const struct vec *v)
{
	char *s = v->text, *op = vec_word(&s), *arg = vec_split(s);
	char got[KAP_NAME_MAX + 24] = "";
	struct parsed p;
	size_t len = vec_unescape(s);

	parse_bytes(&p, s, len);
	if (p.err) {
		tap_ok(false, "%s:%u: %s %s", f->name, v->line, op, s);
		tap_note("%s at %u-%u", kap_error_name(p.diag.error),
			 p.diag.col, p.diag.end);
		return;
	}
	if (p.cmd.op == KAP_OP_DEL_ID)
		snprintf(got, sizeof(got), "%llu", p.cmd.id);
	else if (p.cmd.op == KAP_OP_DEL_NAME || p.cmd.op == KAP_OP_DESTROY)
		snprintf(got, sizeof(got), "%s", p.cmd.name);
	if (!tap_ok(!strcmp(ops[p.cmd.op], op) && !strcmp(got, arg ? arg : "") &&
		    !p.cmd.rule, "%s:%u: %s %s", f->name, v->line, op, s))
		tap_note("got %s %s", ops[p.cmd.op], got);
	kap_rule_put(p.cmd.rule);
}

static void test_cgroup(const struct vec_file *f, const struct vec *v)
{
	char *path = v->text, *want = vec_word(&path);
	char *pattern = vec_word(&path), line[512];
	struct kap_rule *rule;
	bool got;

	if (strcmp(want, "yes") && strcmp(want, "no"))
		tap_bail("%s:%u: yes or no", f->name, v->line);
	vec_unescape(pattern);
	vec_unescape(path);
	snprintf(line, sizeof(line), "cgroup=%s action=skip", pattern);
	rule = parse_rule_text(line);
	got = kap_cgroup_matches(rule->cgroup, path);
	tap_ok(got == !strcmp(want, "yes"), "%s:%u: %s %s %s", f->name, v->line,
	       want, pattern, path);
	kap_rule_put(rule);
}

struct set {
	const struct vec_file *f;
	u32 n;
	struct kap_rule *rule[SET_MAX];
	struct kap_index *index;
};

static void set_clear(struct set *set)
{
	kap_index_free(set->index);
	set->index = NULL;
	while (set->n)
		kap_rule_put(set->rule[--set->n]);
}

/* The rules stay in matching order. */
static void set_add(struct set *set, const char *text)
{
	struct kap_rule *rule = parse_rule_text(text);
	u32 i;

	if (set->n == SET_MAX)
		tap_bail("%s: more than %u rules in a set", set->f->name,
			 SET_MAX);
	rule->id = set->n + 1;
	for (i = set->n++; i && kap_rule_before(rule, set->rule[i - 1]); i--)
		set->rule[i] = set->rule[i - 1];
	set->rule[i] = rule;
	kap_index_free(set->index);
	set->index = NULL;
}

/* Returns whether it is IPv4, or IPv4-mapped. */
static bool conn_addr(const char *text, struct kap_addr *addr)
{
	unsigned char b[16] = { [10] = 0xff, [11] = 0xff };
	static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };
	int i;

	if (inet_pton(AF_INET, text, b + 12) != 1 &&
	    inet_pton(AF_INET6, text, b) != 1)
		tap_bail("bad address: %s", text);
	memset(addr, 0, sizeof(*addr));
	for (i = 0; i < 16; i++) {
		u64 *half = i < 8 ? &addr->hi : &addr->lo;

		*half = *half << 8 | b[i];
	}
	if (memcmp(b, mapped, sizeof(mapped)))
		return false;
	addr->lo &= 0xffffffffULL;
	return true;
}

static void conn_parse(char *text, struct kap_key *key)
{
	bool local_v4 = conn_addr("192.0.2.1", &key->addr[0]);
	bool remote_v4 = conn_addr("192.0.2.2", &key->addr[1]);

	key->field[KAP_DIR] = KAP_OUT;
	key->field[KAP_LPORT] = 40000;
	key->field[KAP_RPORT] = 80;
	key->field[KAP_UID] = 0;
	key->cgroup = NULL;
	while (*text) {
		char *word = vec_word(&text), *value = strchr(word, '=');
		int k;

		if (!value)
			tap_bail("bad word: %s", word);
		k = kap_key_find(word, value - word);
		value++;
		switch (k) {
		case KAP_KEY_DIR:
			key->field[KAP_DIR] = strcmp(value, "in") ? KAP_OUT :
								    KAP_IN;
			break;
		case KAP_KEY_LPORT:
			key->field[KAP_LPORT] = strtoul(value, NULL, 10);
			break;
		case KAP_KEY_RPORT:
			key->field[KAP_RPORT] = strtoul(value, NULL, 10);
			break;
		case KAP_KEY_UID:
			key->field[KAP_UID] = strtoul(value, NULL, 10);
			break;
		case KAP_KEY_LADDR:
			local_v4 = conn_addr(value, &key->addr[0]);
			break;
		case KAP_KEY_RADDR:
			remote_v4 = conn_addr(value, &key->addr[1]);
			break;
		case KAP_KEY_CGROUP:
			key->cgroup = value;
			break;
		default:
			tap_bail("bad key: %s", word);
		}
	}
	if (local_v4 != remote_v4)
		tap_bail("addresses of two families");
	key->v4 = local_v4;
	key->field[KAP_PORT] = key->field[KAP_DIR] == KAP_OUT ?
		key->field[KAP_RPORT] : key->field[KAP_LPORT];
}

static u64 rule_id(const struct kap_rule *rule)
{
	return rule ? rule->id : 0;
}

static void test_conn(struct set *set, const struct vec *v, char *text)
{
	char *want = vec_split(text), name[256];
	struct kap_overlap why;
	struct kap_key key;
	u64 id, walk, found;

	if (!want)
		tap_bail("%s:%u: no =>", set->f->name, v->line);
	id = strcmp(want, "none") ? strtoull(want, NULL, 10) : 0;
	if (id > set->n || (!id && strcmp(want, "none")))
		tap_bail("%s:%u: no such rule", set->f->name, v->line);
	snprintf(name, sizeof(name), "%s => %s", text, want);
	conn_parse(text, &key);
	if (!set->index)
		set->index = kap_index_build(set->rule, set->n, &why);
	if (!set->index)
		tap_bail("out of memory");
	walk = rule_id(kap_match_walk(set->rule, set->n, &key));
	found = rule_id(kap_index_match(set->index, &key, NULL, NULL));
	if (!tap_ok(walk == id && found == id, "%s:%u: %s", set->f->name,
		    v->line, name))
		tap_note("kap_match_walk %llu, kap_index_match %llu", walk,
			 found);
}

static size_t count_tests(const struct vec_file *f, const char *word)
{
	size_t i, n = 0;

	for (i = 0; i < f->n; i++)
		n += !strncmp(f->v[i].text, word, strlen(word));
	return n;
}

static void test_match(const struct vec_file *f)
{
	struct set set = { .f = f };
	size_t i;

	for (i = 0; i < f->n; i++) {
		char *s = f->v[i].text, *word = vec_word(&s);

		if (!strcmp(word, "set"))
			set_clear(&set);
		else if (!strcmp(word, "rule"))
			set_add(&set, s);
		else if (!strcmp(word, "conn"))
			test_conn(&set, &f->v[i], s);
		else
			tap_bail("%s:%u: set, rule or conn", f->name,
				 f->v[i].line);
	}
	set_clear(&set);
}

static void values_parse(char *text, struct kap_values *v)
{
	memset(v, 0, sizeof(*v));
	if (!strcmp(text, "-"))
		return;
	while (*text) {
		char *word = vec_word(&text);
		unsigned int n;

		if (!strcmp(word, "keepalive=on"))
			v->keepalive = 1;
		else if (sscanf(word, "idle=%u", &n) == 1)
			v->idle = n;
		else if (sscanf(word, "intvl=%u", &n) == 1)
			v->intvl = n;
		else if (sscanf(word, "cnt=%u", &n) == 1)
			v->cnt = n;
		else if (sscanf(word, "user_timeout=%u", &n) == 1)
			v->user_timeout = n;
		else
			tap_bail("bad option: %s", word);
	}
}

static unsigned int values_differ(const struct kap_values *a,
				  const struct kap_values *b)
{
	return (a->keepalive != b->keepalive ? KAP_OPT_KEEPALIVE : 0) |
	       (a->idle != b->idle ? KAP_OPT_IDLE : 0) |
	       (a->intvl != b->intvl ? KAP_OPT_INTVL : 0) |
	       (a->cnt != b->cnt ? KAP_OPT_CNT : 0) |
	       (a->user_timeout != b->user_timeout ? KAP_OPT_USER_TIMEOUT : 0);
}

/* With @again, @text is what was before and what is now. */
static void test_app(const struct vec_file *f, const struct vec *v,
		     const struct kap_rule *rule, const char *rule_text,
		     char *text, bool again)
{
	char *want_text = vec_split(text), *now_text = text, name[512];
	struct kap_values before, app, want, got;
	unsigned int change;

	if (!want_text || !rule)
		tap_bail("%s:%u: no => or no rule", f->name, v->line);
	snprintf(name, sizeof(name), "%s: %s => %s", rule_text, text,
		 want_text);
	if (again) {
		now_text = strstr(text, " / ");
		if (!now_text)
			tap_bail("%s:%u: no /", f->name, v->line);
		*now_text = '\0';
		now_text += strlen(" / ");
		values_parse(text, &before);
	}
	values_parse(now_text, &app);
	values_parse(want_text, &want);
	memset(&got, 0xa5, sizeof(got));
	change = again ? kap_rule_decide_again(rule, &before, &app, &got) :
			 kap_rule_decide(rule, &app, &got);
	if (!tap_ok(!values_differ(&got, &want) &&
		    change == values_differ(&app, &want),
		    "%s:%u: %s", f->name, v->line, name))
		tap_note("keepalive=%u idle=%u intvl=%u cnt=%u user_timeout=%u changed=0x%x",
			 got.keepalive, got.idle, got.intvl, got.cnt,
			 got.user_timeout, change);
}

static void test_decide(const struct vec_file *f)
{
	struct kap_rule *rule = NULL;
	const char *text = "";
	size_t i;

	for (i = 0; i < f->n; i++) {
		char *s = f->v[i].text, *word = vec_word(&s);

		if (!strcmp(word, "rule")) {
			kap_rule_put(rule);
			rule = parse_rule_text(s);
			text = s;
		} else if (rule && !strcmp(word, "auto-off")) {
			kap_rule_auto_off(rule);
		} else if (!strcmp(word, "app") || !strcmp(word, "again")) {
			test_app(f, &f->v[i], rule, text, s, word[1] == 'g');
		} else {
			tap_bail("%s:%u: rule, auto-off, app or again", f->name,
				 f->v[i].line);
		}
	}
	kap_rule_put(rule);
}

static const struct {
	const char *name;
	void (*test)(const struct vec_file *f, const struct vec *v);
} tables[] = {
	{ "accept.txt", test_accept },
	{ "refuse.txt", test_refuse },
	{ "commands.txt", test_command },
	{ "cgroup.txt", test_cgroup },
};

int main(void)
{
	struct vec_file table[ARRAY_SIZE(tables)], match, decide;
	size_t i, k, n = 0;

	for (i = 0; i < ARRAY_SIZE(tables); i++) {
		vec_read(&table[i], tables[i].name);
		n += table[i].n;
	}
	vec_read(&match, "match.txt");
	vec_read(&decide, "decide.txt");
	n += count_tests(&match, "conn ");
	n += count_tests(&decide, "app ") + count_tests(&decide, "again ");
	tap_plan(n);
	for (i = 0; i < ARRAY_SIZE(tables); i++) {
		for (k = 0; k < table[i].n; k++)
			tables[i].test(&table[i], &table[i].v[k]);
		tap_note("%s: %zu vectors", tables[i].name, table[i].n);
		vec_free(&table[i]);
	}
	test_match(&match);
	test_decide(&decide);
	vec_free(&match);
	vec_free(&decide);
	return tap_done();
}

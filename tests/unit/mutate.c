// SPDX-License-Identifier: GPL-2.0
/*
 * A million changed vectors: no crash, every error in its place, and whatever
 * is accepted reads back as itself.
 */
#include "rnd.h"
#include "rule/format.h"
#include "rules.h"
#include "vec.h"

#define ROUNDS	1000000
#define ROOM	1024

struct line {
	const char *s;
	size_t len;
};

static struct line corpus[2048];
static u32 n_corpus;

static void add_line(char *text)
{
	if (n_corpus == ARRAY_SIZE(corpus))
		tap_bail("too many vectors");
	corpus[n_corpus].len = vec_unescape(text);
	if (corpus[n_corpus].len >= ROOM / 4)
		return;
	corpus[n_corpus++].s = text;
}

/* The tables are kept for as long as the program runs. */
static void read_corpus(void)
{
	static struct vec_file accept, refuse, commands;
	size_t i;

	vec_read(&accept, "accept.txt");
	for (i = 0; i < accept.n; i++) {
		vec_split(accept.v[i].text);
		/* valid lines are what it is about: they count thrice */
		add_line(accept.v[i].text);
		corpus[n_corpus] = corpus[n_corpus - 1];
		corpus[n_corpus + 1] = corpus[n_corpus - 1];
		n_corpus += 2;
	}
	vec_read(&refuse, "refuse.txt");
	for (i = 0; i < refuse.n; i++) {
		char *s = refuse.v[i].text;

		vec_word(&s);
		vec_word(&s);
		add_line(s);
	}
	vec_read(&commands, "commands.txt");
	for (i = 0; i < commands.n; i++) {
		char *s = commands.v[i].text;

		vec_word(&s);
		vec_split(s);
		add_line(s);
	}
}

static const char * const words[] = {
	"add", "del", "destroy", "flush", "begin", "commit", "abort", "name=",
	"prio=",
	"cgroup=", "dir=", "port=", "lport=", "rport=", "laddr=", "raddr=",
	"uid=", "action=", "keepalive=", "idle=", "intvl=", "cnt=",
	"user_timeout=", "detect=", "mode=", "id=", "auto", "skip", "on", "off",
	"in", "out", "default", "clamp", "force", "ms", "s", "m", "h", "#", ",",
	"-", "=", "/", "**", "*", "?", " ", "\t", "::", "::ffff:", "/128", "/0",
	"/32", "10.0.0.0", "0", "1", "127", "128", "32767", "32768", "65535",
	"65536", "65530s", "4s", "4294967294", "4294967295", "2147483647ms",
	"18446744073709551615", "18446744073709551616", "1000", "a/b", "//",
};

static size_t replace(char *s, size_t len, u32 at, u32 cut, const char *with,
		      size_t n)
{
	if (len - cut + n > ROOM)
		return len;
	memmove(s + at + n, s + at + cut, len - at - cut);
	memcpy(s + at, with, n);
	return len - cut + n;
}

static size_t mutate(struct rnd *r, char *s, size_t len)
{
	u32 at = rnd_below(r, len + 1), span = rnd_below(r, 12), from;
	const struct line *other;
	const char *word;
	char c, copy[16];

	span = min(span, (u32)(len - at));
	switch (rnd_below(r, 8)) {
	case 0:
		c = rnd_u32(r);
		return replace(s, len, at, at < len, &c, 1);
	case 1:
		c = rnd_range(r, ' ', '~');
		return replace(s, len, at, at < len, &c, 1);
	case 2:
		c = "0123456789,-=/.: \t#*"[rnd_below(r, 20)];
		return replace(s, len, at, 0, &c, 1);
	case 3:
		return replace(s, len, at, at < len, "", 0);
	case 4:
		return replace(s, len, at, span, "", 0);
	case 5:
		memcpy(copy, s + at, span);
		from = rnd_below(r, len + 1);
		return replace(s, len, from, 0, copy, span);
	case 6:
		word = words[rnd_below(r, ARRAY_SIZE(words))];
		return replace(s, len, at, rnd_one_in(r, 2) ? span : 0, word,
			       strlen(word));
	default:
		other = &corpus[rnd_below(r, n_corpus)];
		from = rnd_below(r, other->len + 1);
		return replace(s, len, at, len - at, other->s + from,
			       other->len - from);
	}
}

static const char *check_line(const char *s, size_t len, u32 *accepted)
{
	const char *wrong = NULL;
	struct parsed p;

	parse_bytes(&p, s, len);
	if (p.err)
		return check_refusal(&p, len);
	if (p.diag.error != KAP_E_NONE)
		return "accepted, but with an error";
	if (p.cmd.op == KAP_OP_ADD) {
		(*accepted)++;
		wrong = check_reads_back(p.cmd.rule);
	} else if (p.cmd.rule) {
		return "a rule without add";
	}
	if (p.cmd.op != KAP_OP_NONE &&
	    (!p.cmd.where.col || p.cmd.where.col > p.cmd.where.end ||
	     p.cmd.where.end > len))
		wrong = "command outside of the line";
	if (p.cmd.arg.col &&
	    (p.cmd.arg.col < p.cmd.where.col || p.cmd.arg.col > p.cmd.arg.end ||
	     p.cmd.arg.end > p.cmd.where.end))
		wrong = "argument outside of the command";
	kap_rule_put(p.cmd.rule);
	return wrong;
}

static void test_mutants(struct rnd *r)
{
	u32 i, n, bad = 0, accepted = 0;
	char s[ROOM];

	for (i = 0; i < ROUNDS; i++) {
		const struct line *from = &corpus[rnd_below(r, n_corpus)];
		size_t len = from->len;
		const char *wrong;

		memcpy(s, from->s, len);
		for (n = 1 + rnd_below(r, 4) / 2 * rnd_below(r, 4); n; n--)
			len = mutate(r, s, len);
		wrong = check_line(s, len, &accepted);
		if (wrong && !bad++)
			tap_note("%s: %.*s", wrong, (int)len, s);
	}
	tap_ok(!bad, "%u changed lines (%u still rules)", i, accepted);
	tap_ok(accepted > i / 20 && accepted < i - i / 20,
	       "enough of both kinds");
}

/* Where kap_cmd says the value of name= or id= and the keys are. */
static void test_spans(void)
{
	static const char line[] = " add  port=80\tname=web idle=1m # x";
	struct parsed p;

	parse_bytes(&p, line, strlen(line));
	if (p.err)
		tap_bail("refused");
	tap_ok(p.cmd.where.col == 2 && p.cmd.where.end == 30 &&
	       p.cmd.arg.col == 20 && p.cmd.arg.end == 22,
	       "columns of a rule and its name");
	tap_ok(p.cmd.key[KAP_KEY_PORT].col == 7 &&
	       p.cmd.key[KAP_KEY_PORT].end == 13 &&
	       p.cmd.key[KAP_KEY_NAME].col == 15 &&
	       p.cmd.key[KAP_KEY_IDLE].col == 24 &&
	       p.cmd.key[KAP_KEY_IDLE].end == 30 &&
	       !p.cmd.key[KAP_KEY_CNT].col, "columns of keys");
	kap_rule_put(p.cmd.rule);
	parse_bytes(&p, "del\tid=55 ", 10);
	tap_ok(!p.err && p.cmd.arg.col == 8 && p.cmd.arg.end == 9 &&
	       p.cmd.where.col == 1 && p.cmd.where.end == 9,
	       "columns of the id of del");
	parse_bytes(&p, "  del name=ab", 13);
	tap_ok(!p.err && p.cmd.arg.col == 12 && p.cmd.arg.end == 13,
	       "columns of the name of del");
}

int main(void)
{
	struct rnd r;

	tap_plan(6);
	r = rnd_from(rnd_seed());
	read_corpus();
	test_mutants(&r);
	test_spans();
	return tap_done();
}

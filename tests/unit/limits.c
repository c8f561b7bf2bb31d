// SPDX-License-Identifier: GPL-2.0
/* Lines and lists as long as they may be, and one longer: LINE among others. */
#include "rule/format.h"
#include "rules.h"
#include "tap.h"

#define LINE_MAX_CONTRACT 262144	/* not KAP_LINE_MAX: that is what is tested */

#define STEP 3001

static char line[2 * LINE_MAX_CONTRACT + 1];

/* @head, filled up with @fill to @len bytes. */
static size_t fill_line(const char *head, char fill, size_t len)
{
	memset(line, fill, len);
	memcpy(line, head, strlen(head));
	return len;
}

static bool refused(size_t len, enum kap_error error, u32 col, u32 end)
{
	struct parsed p;

	parse_bytes(&p, line, len);
	if (!p.err) {
		kap_rule_put(p.cmd.rule);
		return false;
	}
	if (!check_refusal(&p, len) && p.diag.error == error &&
	    p.diag.col == col && p.diag.end == end)
		return true;
	tap_note("%s at %u-%u", kap_error_name(p.diag.error), p.diag.col,
		 p.diag.end);
	return false;
}

static bool accepted(size_t len, enum kap_op op)
{
	struct parsed p;
	bool ok;

	parse_bytes(&p, line, len);
	if (p.err) {
		tap_note("%s at %u-%u", kap_error_name(p.diag.error),
			 p.diag.col, p.diag.end);
		return false;
	}
	ok = p.cmd.op == op && (op != KAP_OP_ADD ||
				!check_reads_back(p.cmd.rule));
	kap_rule_put(p.cmd.rule);
	return ok;
}

static void test_lengths(void)
{
	const u32 most = LINE_MAX_CONTRACT;

	tap_ok(accepted(fill_line("idle=60s", ' ', most), KAP_OP_ADD),
	       "a rule and blanks of 262144 bytes");
	tap_ok(accepted(fill_line("idle=60s #", 'x', most), KAP_OP_ADD),
	       "a rule and a comment of 262144 bytes");
	tap_ok(accepted(fill_line("#", 'x', most), KAP_OP_NONE),
	       "a comment of 262144 bytes");
	tap_ok(accepted(fill_line("", '\t', most), KAP_OP_NONE),
	       "262144 blanks");
	tap_ok(accepted(fill_line("flush", ' ', most), KAP_OP_FLUSH),
	       "flush and blanks of 262144 bytes");
	tap_ok(refused(fill_line("idle=60s", ' ', most + 1), KAP_E_LINE, 1,
		       most + 1), "a rule and blanks of 262145 bytes: LINE");
	tap_ok(refused(fill_line("#", 'x', most + 1), KAP_E_LINE, 1, most + 1),
	       "a comment of 262145 bytes: LINE");
	tap_ok(refused(fill_line("idle=60s foo=1 \x01", 'x', 2 * most),
		       KAP_E_LINE, 1, most + 1),
	       "whatever else is wrong with 524288 bytes: LINE, at 262145 of them");
}

/* Something wrong at the far end of a line of 262144 bytes. */
static bool refused_at_end(const char *tail, enum kap_error error, u32 col,
			   u32 end)
{
	size_t len = fill_line("idle=60s", ' ', LINE_MAX_CONTRACT);

	memcpy(line + len - strlen(tail), tail, strlen(tail));
	return refused(len, error, col, end);
}

static void test_last_columns(void)
{
	tap_ok(refused_at_end(" port=0", KAP_E_PORT, 262144, 262144),
	       "PORT in column 262144");
	tap_ok(refused_at_end(" port=", KAP_E_EMPTY, 262145, 262145),
	       "EMPTY behind column 262144");
	tap_ok(refused_at_end(" foo", KAP_E_WORD, 262142, 262144),
	       "WORD in columns 262142 to 262144");
	tap_ok(refused_at_end("\x7f", KAP_E_CHAR, 262144, 262144),
	       "CHAR in column 262144");
}

/* "key=" and as many of @items, in turn, as leave room for @tail. */
static size_t list_line(const char *key, const char *const *items, u32 n,
			const char *tail, size_t max)
{
	size_t at = sprintf(line, "%s=", key);
	u32 i;

	for (i = 0; ; i++) {
		const char *item = items[i % n];

		if (at + !!i + strlen(item) + strlen(tail) > max)
			break;
		at += sprintf(line + at, "%s%s", i ? "," : "", item);
	}
	return at + sprintf(line + at, "%s", tail);
}

/* Lists far longer than what is sorted in one go, with the last first. */
static void test_sorted(u32 step, const char *what)
{
	const u32 n = 30011;	/* a prime: each number is met once */
	size_t at = sprintf(line, "cnt=1 uid=");
	struct kap_rule *rule;
	u32 i, bad = 0;

	for (i = 0; i < n; i++)
		at += sprintf(line + at, "%s%u", i ? "," : "",
			      n - (u32)((u64)i * step % n));
	for (i = 0; i < 9; i++)
		at += sprintf(line + at, ",%u", i + 1);
	rule = parse_rule_text(line);
	for (i = 0; i < rule->n_ranges[KAP_UID]; i++)
		bad += rule->ranges[KAP_UID][i].lo != i + 1;
	tap_ok(rule->n_ranges[KAP_UID] == n && !bad, "%s are sorted", what);
	kap_rule_put(rule);
}

/* As many different elements as a line can hold: a u16 counts them. */
static void test_most_addresses(void)
{
	size_t at = sprintf(line, "cnt=1 raddr=::,");
	struct kap_rule *rule;
	u32 i, n = 1;

	for (i = 1; at < LINE_MAX_CONTRACT - 100; i++) {
		at += sprintf(line + at, "%s%x::,::%x", n > 1 ? "," : "", i, i);
		n += 2;
	}
	rule = parse_rule_text(line);
	tap_ok(rule->n_addrs[1] == n && !check_reads_back(rule),
	       "%u different addresses", n);
	kap_rule_put(rule);
}

static void test_lists(void)
{
	static const char * const ports[] = { "1", "2", "3" };
	static const char * const addrs[] = { "::" };
	static const char * const uids[] = { "9", "7", "5" };
	const size_t most = LINE_MAX_CONTRACT;
	size_t len;

	len = list_line("port", ports, 3, " cnt=1", most);
	tap_ok(accepted(len, KAP_OP_ADD), "as many ports as a line holds");
	len = list_line("uid", uids, 3, " cnt=1", most);
	tap_ok(accepted(len, KAP_OP_ADD), "as many uids as a line holds");
	len = list_line("raddr", addrs, 1, " cnt=1", most);
	tap_ok(accepted(len, KAP_OP_ADD), "as many addresses as a line holds");
	len = list_line("port", ports, 3,
			" lport=1,2 rport=3,4 laddr=::,:: raddr=::,:: uid=1,2 cnt=1",
			most);
	tap_ok(accepted(len, KAP_OP_ADD), "all lists in one line");
	test_sorted(1, "numbers in the wrong order");
	test_sorted(7919, "numbers in no order");
	test_most_addresses();
}

static u32 next_addr;

/* No two alike, none in another: nothing to merge. */
static size_t add_items(size_t at, size_t max, int kind)
{
	size_t start = at;

	for (;; next_addr++) {
		char item[64];
		int n;

		switch (kind) {
		case 0:
			n = sprintf(item, "1%02u.1%02u.1%02u.100",
				    next_addr / 10000 % 100,
				    next_addr / 100 % 100, next_addr % 100);
			break;
		case 1:
			/* grows by a byte: "::" for one group is not canonical */
			n = sprintf(item, "1::2:3:4:5:6:%x", 4096 + next_addr);
			break;
		default:
			n = sprintf(item, "%u", 10000 + 2 * next_addr);
		}
		if (at + n + (at > start) > max)
			return at;
		at += sprintf(line + at, "%s%s", at > start ? "," : "", item);
	}
}

/*
 * Whatever is accepted must read back, behind "add " and with an id of 20
 * digits, in lines that are not too long; what is well below must be accepted.
 */
static bool long_rule(size_t max, int kind, const char *tail)
{
	static const char * const key[] = { "raddr=", "raddr=", "uid=" };
	const char *wrong = NULL;
	struct parsed p;
	size_t at;

	next_addr = 0;
	at = sprintf(line, "%s", key[kind]);
	at = add_items(at, max - strlen(tail), kind);
	at += sprintf(line + at, "%s", tail);
	parse_bytes(&p, line, at);
	if (p.err) {
		if (p.diag.error != KAP_E_LINE)
			wrong = kap_error_name(p.diag.error);
		else if (max <= LINE_MAX_CONTRACT / 10 * 9)
			wrong = "LINE too early";
		else
			wrong = check_refusal(&p, at);
	} else {
		wrong = check_reads_back(p.cmd.rule);
		kap_rule_put(p.cmd.rule);
	}
	if (wrong)
		tap_note("%zu bytes: %s", at, wrong);
	return !wrong;
}

static void test_long_rules(void)
{
	static const char * const what[] = {
		"IPv4 addresses", "IPv6 addresses", "uids",
	};
	static const char * const tail[] = { " idle=60s", " cnt=1", " detect=4s" };
	size_t max;
	int kind;
	u32 bad;

	for (kind = 0; kind < 3; kind++) {
		bad = 0;
		for (max = LINE_MAX_CONTRACT / 10 * 8;
		     max <= LINE_MAX_CONTRACT && bad < 5; max += STEP)
			bad += !long_rule(max, kind, tail[kind]);
		for (max = LINE_MAX_CONTRACT - 40; max <= LINE_MAX_CONTRACT;
		     max++)
			bad += !long_rule(max, kind, tail[kind]);
		tap_ok(!bad, "long rules of %s read back", what[kind]);
	}
}

static void test_long_cgroup(void)
{
	size_t max;
	u32 bad = 0;

	for (max = LINE_MAX_CONTRACT - 200; max <= LINE_MAX_CONTRACT; max++) {
		static const char tail[] = " idle=60s";
		size_t len = fill_line("cgroup=/a/", 'b', max - strlen(tail));
		struct parsed p;

		strcpy(line + len, tail);
		parse_bytes(&p, line, max);
		if (p.err)
			bad += p.diag.error != KAP_E_LINE ||
			       max <= LINE_MAX_CONTRACT - 100;
		else
			bad += !!check_reads_back(p.cmd.rule);
		kap_rule_put(p.cmd.rule);
	}
	tap_ok(!bad, "long cgroup patterns read back");
}

/* Counts like snprintf(), ends what it cuts off, and writes not a byte more. */
static void test_short_buffers(void)
{
	struct kap_rule *rule = parse_rule_text("name=x prio=7 cgroup=/a/** dir=out port=80,90-99 laddr=10.0.0.0/8 raddr=::/1 uid=0-9 idle=1m intvl=5 cnt=3 user_timeout=auto mode=force");
	char full[512];
	size_t (*const format[])(const struct kap_rule *, char *, size_t) = {
		kap_format_rule, kap_format_line, kap_format_counters,
	};
	static const char * const name[] = {
		"kap_format_rule", "kap_format_line", "kap_format_counters",
	};
	u32 i;

	memset(rule->counts, 0, sizeof(rule->counts));
	for (i = 0; i < ARRAY_SIZE(format); i++) {
		size_t len = format[i](rule, full, sizeof(full)), size;
		bool ok = len == strlen(full) && format[i](rule, NULL, 0) == len;

		for (size = 1; size <= len + 1; size++) {
			char *cut = malloc(size);

			if (!cut)
				tap_bail("out of memory");
			ok &= format[i](rule, cut, size) == len &&
			      strlen(cut) == size - 1 &&
			      !memcmp(cut, full, size - 1);
			free(cut);
		}
		tap_ok(ok, "%s() with a short buffer", name[i]);
	}
	kap_rule_put(rule);
}

/* What kapctl and the counters file show. */
static void test_other_texts(void)
{
	static const struct kap_values v = {
		.user_timeout = 28125, .idle = 15, .intvl = 5, .cnt = 3,
		.keepalive = 1,
	};
	struct kap_rule *rule = parse_rule_text("name=pg port=5432 detect=30s");
	char text[256];

	kap_format_values(&v, rule->opts, text, sizeof(text));
	tap_ok(!strcmp(text, "keepalive=on idle=15s intvl=5s cnt=3 user_timeout=28125ms"),
	       "kap_format_values(), all");
	kap_format_values(&v, KAP_OPT_IDLE | KAP_OPT_CNT, text, sizeof(text));
	tap_ok(!strcmp(text, "idle=15s cnt=3"), "kap_format_values(), some");
	tap_ok(!kap_format_values(&v, 0, text, sizeof(text)) && !*text,
	       "kap_format_values(), none");
	rule->id = 7;
	rule->counts[KAP_COUNT_SKIPPED].counter = 4;
	rule->counts[KAP_COUNT_APPLIED].counter = 3;
	rule->counts[KAP_COUNT_APP_SET].counter = 2;
	rule->counts[KAP_COUNT_HELD].counter = 6;
	rule->counts[KAP_COUNT_TIMED_OUT].counter = 1;
	kap_format_counters(rule, text, sizeof(text));
	tap_ok(!strcmp(text, "id=7 name=pg matched=9 applied=3 app_set=2 held=6 timed_out=1\n"),
	       "kap_format_counters()");
	kap_rule_put(rule);
}

int main(void)
{
	tap_plan(8 + 4 + 7 + 3 + 1 + 3 + 4);
	test_lengths();
	test_last_columns();
	test_lists();
	test_long_rules();
	test_long_cgroup();
	test_short_buffers();
	test_other_texts();
	return tap_done();
}

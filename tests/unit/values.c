// SPDX-License-Identifier: GPL-2.0
/* Single values: all of them, or random ones of all sizes, by plain arithmetic. */
#include "rnd.h"
#include "rules.h"

#define ROUNDS 100000

enum verdict { REFUSED, ACCEPTED, EITHER };

/* What a test expects of one line. */
struct expect {
	enum verdict verdict;
	enum kap_error error;
	unsigned int opts;
	struct kap_values values;
	u32 prio;
};

static const struct expect refused_all = { .verdict = REFUSED };

static bool values_same(const struct kap_values *a, const struct kap_values *b)
{
	return a->keepalive == b->keepalive && a->idle == b->idle &&
	       a->intvl == b->intvl && a->cnt == b->cnt &&
	       a->user_timeout == b->user_timeout;
}

static bool as_expected(const char *line, const struct expect *want)
{
	struct parsed p;
	bool ok;

	parse_bytes(&p, line, strlen(line));
	if (p.err)
		return !check_refusal(&p, strlen(line)) &&
		       want->verdict != ACCEPTED &&
		       p.diag.error == want->error;
	ok = want->verdict != REFUSED && p.cmd.rule->opts == want->opts &&
	     p.cmd.rule->prio == want->prio &&
	     values_same(&p.cmd.rule->values, &want->values) &&
	     !check_reads_back(p.cmd.rule);
	kap_rule_put(p.cmd.rule);
	return ok;
}

static void check(const char *line, const struct expect *want, u32 *bad)
{
	if (!as_expected(line, want) && !(*bad)++)
		tap_note("%s", line);
}

/* A bare number and seconds, of every size there is and beyond. */
static void test_seconds(const char *key, bool intvl)
{
	enum kap_error error = intvl ? KAP_E_INTVL : KAP_E_IDLE;
	static const char * const form[] = { "%s=%u", "%s=%us", "%s=%u000ms" };
	u32 n, i, bad = 0;
	char line[64];

	for (n = 0; n <= 70000; n++) {
		struct expect want = refused_all;

		want.error = error;
		want.prio = KAP_PRIO_DEFAULT;
		if (n >= 1 && n <= 32767) {
			want.verdict = ACCEPTED;
			want.values.keepalive = 1;
			want.opts = KAP_OPT_KEEPALIVE |
				    (intvl ? KAP_OPT_INTVL : KAP_OPT_IDLE);
			*(intvl ? &want.values.intvl : &want.values.idle) = n;
		}
		i = n % ARRAY_SIZE(form);
		snprintf(line, sizeof(line), form[i], key, n);
		check(line, &want, &bad);
	}
	tap_ok(!bad, "%s, 0 to 70000 seconds", key);
}

static void test_cnt(void)
{
	u32 n, bad = 0;
	char line[64];

	for (n = 0; n <= 70000; n++) {
		struct expect want = refused_all;

		want.error = KAP_E_CNT;
		want.prio = KAP_PRIO_DEFAULT;
		if (n >= 1 && n <= 127) {
			want.verdict = ACCEPTED;
			want.opts = KAP_OPT_KEEPALIVE | KAP_OPT_CNT;
			want.values.keepalive = 1;
			want.values.cnt = n;
		}
		snprintf(line, sizeof(line), "cnt=%u", n);
		check(line, &want, &bad);
	}
	tap_ok(!bad, "cnt, 0 to 70000");
}

static void test_prio(void)
{
	u32 n, bad = 0;
	char line[64];

	for (n = 0; n <= 70000; n++) {
		struct expect want = refused_all;

		want.error = KAP_E_PRIO;
		want.prio = n;
		if (n <= 65535) {
			want.verdict = ACCEPTED;
			want.opts = KAP_OPT_KEEPALIVE;
			want.values.keepalive = 1;
		}
		snprintf(line, sizeof(line), "prio=%u keepalive=on", n);
		check(line, &want, &bad);
	}
	tap_ok(!bad, "prio, 0 to 70000");
}

/* In eighths of a millisecond, so that both terms are whole. */
static u32 auto_ms(u64 idle, u64 intvl, u64 cnt)
{
	u64 tick = 8000 * (idle + intvl * cnt) - 4000 * intvl;
	u64 late = 9000 * (idle + intvl * (cnt - 1));
	u64 ms = (tick > late ? tick : late) / 8;

	return ms > 900 * 1000 ? 0 : ms;
}

static void test_detect(void)
{
	u32 t, bad = 0;
	char line[64];

	for (t = 0; t <= 140000; t++) {
		struct expect want = refused_all;
		u32 intvl = t / 6 > 1 ? t / 6 : 1, idle = t - 3 * intvl;

		want.error = KAP_E_DETECT;
		want.prio = KAP_PRIO_DEFAULT;
		if (t >= 4 && idle <= 32767) {
			/* 65531 s is too long: where to stop is a choice */
			want.verdict = t < 65531 ? ACCEPTED : EITHER;
			want.opts = KAP_OPT_KEEPALIVE | KAP_OPT_IDLE |
				    KAP_OPT_INTVL | KAP_OPT_CNT |
				    KAP_OPT_USER_TIMEOUT;
			want.values.keepalive = 1;
			want.values.idle = idle;
			want.values.intvl = intvl;
			want.values.cnt = 3;
			want.values.user_timeout = auto_ms(idle, intvl, 3);
		}
		snprintf(line, sizeof(line), "detect=%us", t);
		check(line, &want, &bad);
	}
	tap_ok(!bad, "detect, 0 to 140000 seconds");
}

static void test_auto(struct rnd *r)
{
	u32 i, bad = 0;
	char line[96];

	for (i = 0; i < ROUNDS; i++) {
		u32 most = rnd_one_in(r, 2) ? 200 : 32767;
		u32 idle = rnd_range(r, 1, most), cnt = rnd_range(r, 1, 127);
		u32 intvl = rnd_range(r, 1, rnd_one_in(r, 2) ? 20 : most);
		struct expect want = {
			.verdict = ACCEPTED,
			.opts = KAP_OPT_KEEPALIVE | KAP_OPT_IDLE |
				KAP_OPT_INTVL | KAP_OPT_CNT |
				KAP_OPT_USER_TIMEOUT,
			.values = {
				.keepalive = 1, .idle = idle, .intvl = intvl,
				.cnt = cnt,
				.user_timeout = auto_ms(idle, intvl, cnt),
			},
			.prio = KAP_PRIO_DEFAULT,
		};

		snprintf(line, sizeof(line),
			 "idle=%u user_timeout=auto intvl=%u cnt=%u", idle,
			 intvl, cnt);
		check(line, &want, &bad);
	}
	tap_ok(!bad, "user_timeout=auto, %u random ones", i);
}

/* Any digits with any unit; 38 digits fit. */
static void test_user_timeout(struct rnd *r)
{
	static const struct {
		const char *text;
		u32 ms;
	} unit[] = {
		{ "ms", 1 }, { "s", 1000 }, { "m", 60000 }, { "h", 3600000 },
	};
	u32 i, bad = 0;
	char line[96];

	for (i = 0; i < ROUNDS; i++) {
		u32 u = rnd_below(r, ARRAY_SIZE(unit)), len, k;
		double ms = 0;	/* up to 2^53 exact, beyond it is too much anyway */
		struct expect want = refused_all;
		char digits[32];

		if (rnd_one_in(r, 2)) {
			/* near the bound */
			len = snprintf(digits, sizeof(digits), "%u",
				       2147483647 / unit[u].ms - 2 +
				       rnd_below(r, 5));
		} else {
			len = rnd_range(r, 1, 25);
			for (k = 0; k < len; k++)
				digits[k] = '0' + rnd_below(r, 10);
			digits[len] = '\0';
		}
		for (k = 0; k < len; k++)
			ms = ms * 10 + (digits[k] - '0');
		ms *= unit[u].ms;
		want.error = KAP_E_USER_TIMEOUT;
		want.prio = KAP_PRIO_DEFAULT;
		if (ms >= 1 && ms <= 2147483647) {
			want.verdict = ACCEPTED;
			want.opts = KAP_OPT_USER_TIMEOUT;
			want.values.user_timeout = ms;
		}
		snprintf(line, sizeof(line), "user_timeout=%s%s", digits,
			 unit[u].text);
		check(line, &want, &bad);
	}
	tap_ok(!bad, "user_timeout, %u random ones", i);
}

/* All port numbers: alone, as a bound, and what is no port. */
static void test_ports(void)
{
	static const char * const key[] = { "port", "lport", "rport" };
	u32 n, bad = 0;
	char line[64];

	for (n = 0; n <= 70000; n++) {
		static const char * const form[] = {
			"%s=%u action=skip", "%s=%u-65535 action=skip",
			"%s=1-%u action=skip", "%s=9,%u,7 action=skip",
		};
		struct expect want = refused_all;

		want.error = KAP_E_PORT;
		want.prio = KAP_PRIO_DEFAULT;
		if (n >= 1 && n <= 65535)
			want.verdict = ACCEPTED;
		snprintf(line, sizeof(line), form[n % ARRAY_SIZE(form)],
			 key[n % ARRAY_SIZE(key)], n);
		check(line, &want, &bad);
	}
	tap_ok(!bad, "ports, 0 to 70000");
}

static void test_long_numbers(struct rnd *r)
{
	static const struct {
		const char *key;
		enum kap_error error;
	} keys[] = {
		{ "add port", KAP_E_PORT }, { "add uid", KAP_E_UID },
		{ "add idle", KAP_E_IDLE }, { "add intvl", KAP_E_INTVL },
		{ "add cnt", KAP_E_CNT }, { "add prio", KAP_E_PRIO },
		{ "add raddr=::1,1.2.3.4/", KAP_E_PREFIX },
		{ "del id", KAP_E_ID },
	};
	u32 i, k, bad = 0;
	char line[96];

	for (i = 0; i < ROUNDS; i++) {
		u32 which = rnd_below(r, ARRAY_SIZE(keys));
		struct expect want = refused_all;
		size_t at;

		at = snprintf(line, sizeof(line), "%s%s%u", keys[which].key,
			      strchr(keys[which].key, '=') ? "" : "=",
			      rnd_range(r, 1, 9));
		for (k = rnd_range(r, 20, 40); k; k--)
			line[at++] = '0' + rnd_below(r, 10);
		line[at] = '\0';
		want.error = keys[which].error;
		check(line, &want, &bad);
	}
	tap_ok(!bad, "numbers of 21 to 41 digits are out of range");
}

int main(void)
{
	struct rnd r;

	tap_plan(9);
	r = rnd_from(rnd_seed());
	test_seconds("idle", false);
	test_seconds("intvl", true);
	test_cnt();
	test_prio();
	test_detect();
	test_ports();
	test_auto(&r);
	test_user_timeout(&r);
	test_long_numbers(&r);
	return tap_done();
}

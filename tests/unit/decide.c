// SPDX-License-Identifier: GPL-2.0
/*
 * kap_rule_decide() against the sentences of the mode= keys, for every mix of
 * options: not set by the application, set below, at and above the rule's.
 */
#include "rule/decide.h"
#include "rules.h"
#include "tap.h"

#define OPTS 5	/* bits of enum kap_opt */

static const char * const modes[] = { "default", "clamp", "force" };

/* SO_KEEPALIVE is on or off: not set is 0, any other choice is on. */
static const u32 rule_value[OPTS] = { 1, 60, 10, 5, 30000 };

static u32 app_value(int opt, int choice)
{
	static const int from[] = { 0, -1, 0, 1 };

	if (!choice)
		return 0;
	return opt ? rule_value[opt] + from[choice] : 1;
}

static void set_value(struct kap_values *v, int opt, u32 x)
{
	switch (1 << opt) {
	case KAP_OPT_KEEPALIVE:
		v->keepalive = x;
		break;
	case KAP_OPT_IDLE:
		v->idle = x;
		break;
	case KAP_OPT_INTVL:
		v->intvl = x;
		break;
	case KAP_OPT_CNT:
		v->cnt = x;
		break;
	default:
		v->user_timeout = x;
	}
}

static u32 get_value(const struct kap_values *v, int opt)
{
	switch (1 << opt) {
	case KAP_OPT_KEEPALIVE:
		return v->keepalive;
	case KAP_OPT_IDLE:
		return v->idle;
	case KAP_OPT_INTVL:
		return v->intvl;
	case KAP_OPT_CNT:
		return v->cnt;
	default:
		return v->user_timeout;
	}
}

/* The sentences of the manual about mode=, said again. */
static u32 decide(int mode, u32 app, u32 rule)
{
	if (!app)
		return rule;		/* all modes fill in what is unset */
	if (mode == KAP_FORCE)
		return rule;
	if (mode == KAP_CLAMP && app > rule)
		return rule;
	return app;
}

static bool check_mix(const struct kap_rule *rule, unsigned int mix)
{
	struct kap_values app = { 0 }, to;
	unsigned int change, want_change = 0;
	int opt;

	for (opt = 0; opt < OPTS; opt++)
		set_value(&app, opt, app_value(opt, mix >> 2 * opt & 3));
	change = kap_rule_decide(rule, &app, &to);
	for (opt = 0; opt < OPTS; opt++) {
		u32 had = get_value(&app, opt), want = had;

		if (rule->opts & 1 << opt) {
			u32 value = get_value(&rule->values, opt);

			/* on for "not set" would be wrong for keepalive=off */
			want = value ? decide(rule->mode, had, value) : 0;
		}
		if (get_value(&to, opt) != want)
			return false;
		if (want != had)
			want_change |= 1 << opt;
	}
	return change == want_change;
}

static void test_rule(unsigned int opts, int mode, bool off)
{
	static const char * const words[OPTS] = {
		"keepalive=on", "idle=60s", "intvl=10s", "cnt=5",
		"user_timeout=30s",
	};
	unsigned int mix, bad = 0;
	struct kap_rule *rule;
	char line[128] = "add";
	int opt;

	for (opt = 0; opt < OPTS; opt++) {
		if (opts & 1 << opt) {
			strcat(line, " ");
			strcat(line, off && !opt ? "keepalive=off" : words[opt]);
		}
	}
	strcat(line, " mode=");
	strcat(line, modes[mode]);
	rule = parse_rule_text(line);
	for (mix = 0; mix < 1 << 2 * OPTS; mix++)
		bad += !check_mix(rule, mix);
	tap_ok(!bad, "%s", line + strlen("add "));
	kap_rule_put(rule);
}

/* When the kernel looks for the n-th time, if its timers are so late. In ms. */
static u64 tick(const struct kap_values *v, u32 n, u32 late_eighths)
{
	return (v->idle + (u64)v->intvl * (n - 1)) * 125 * (8 + late_eighths);
}

/*
 * At its n-th look the kernel has lost n - 1 probes, and ends the connection if
 * the user timeout is over. At the look number cnt fewer than cnt are lost, so it
 * must not be over; at the next it should, unless that one is too early to tell.
 */
static bool check_auto(const struct kap_values *v)
{
	u64 least = tick(v, v->cnt, 1), next = tick(v, v->cnt + 1, 0);
	u32 timeout = kap_auto_timeout(v);

	if (!timeout)
		return least > 900000 || next > 900000;
	return timeout <= 900000 && timeout >= least &&
	       timeout > tick(v, v->cnt, 0) &&
	       timeout <= (least > next ? least : next);
}

static void test_auto(void)
{
	struct kap_values v = { .keepalive = true };
	unsigned int bad = 0;

	for (v.idle = 1; v.idle <= 900; v.idle += 7) {
		for (v.intvl = 1; v.intvl <= 300; v.intvl += 1 + v.intvl / 8) {
			for (v.cnt = 1; v.cnt <= 127; v.cnt += 1 + v.cnt / 6)
				bad += !check_auto(&v);
		}
	}
	tap_ok(!bad, "auto: no number of lost probes below cnt is too many");
}

int main(void)
{
	unsigned int opts;
	int mode;

	tap_plan(3 * 31 + 16 + 1);
	test_auto();
	for (mode = KAP_DEFAULT; mode <= KAP_FORCE; mode++) {
		for (opts = 1; opts < 1 << OPTS; opts++)
			test_rule(opts, mode, false);
	}
	for (opts = 1; opts < 1 << OPTS; opts += 2)
		test_rule(opts, KAP_FORCE, true);
	return tap_done();
}

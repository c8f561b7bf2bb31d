// SPDX-License-Identifier: GPL-2.0
#include "rules/lint_values.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/rules.h"
#include "words/unit.h"

#define SHORT_TIMEOUT	10000	/* ms */
#define LONG_TIMEOUT	900000	/* ms; tcp_retries2 gives up a little later */
#define LONG_BARE	3600	/* s; as milliseconds it would be a usual time */
#define CONNTRACK_IDLE	300	/* s, nf_conntrack_tcp_timeout_unacknowledged */
#define DEFAULT_INTVL	75	/* s, tcp_keepalive_intvl */
#define DEFAULT_CNT	9	/* tcp_keepalive_probes */
#define ALONE_RATIO	10
#define ID_MIN		12	/* hexadecimal digits of a container's short id */
#define ID_WHOLE	64

/* A duration as rules write it. */
struct duration {
	char text[24];
};

static struct duration print_ms(u64 ms)
{
	struct duration d;

	if (ms % 1000)
		snprintf(d.text, sizeof(d.text), "%llums", ms);
	else
		snprintf(d.text, sizeof(d.text), "%llus", ms / 1000);
	return d;
}

static __attribute__((format(printf, 3, 4)))
void warn(const struct kap_entry *e, struct kap_span at, const char *fmt, ...)
{
	char *message;
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&message, fmt, args) < 0)
		abort();
	va_end(args);
	kap_source_report(KAP_WARNING, e->source, &e->line, at, "%s", message);
	free(message);
}

/* Where the value stands that became @key; detect= sets several. */
static struct kap_span value_of(const struct kap_entry *e, enum kap_word key)
{
	if (!e->key[key].col)
		key = KAP_KEY_DETECT;
	return kap_source_value(&e->line, e->key[key]);
}

/*
 * With a user timeout, keepalive gives up at the first tick at or after it
 * that finds a probe unanswered, whatever cnt is. An option the rule does not
 * name can have any value, the application's or the sysctl's, so it counts
 * with the one that is least reason to warn.
 */
static void check_timeout(const struct kap_entry *e)
{
	const struct kap_rule *r = e->rule;
	const struct kap_values *v = &r->values;
	struct kap_span at = value_of(e, KAP_KEY_USER_TIMEOUT);
	u64 idle = v->idle * 1000ULL, intvl = v->intvl * 1000ULL;
	u64 idle_max = r->opts & KAP_OPT_IDLE ? idle : KAP_IDLE_MAX * 1000ULL;
	u64 intvl_max = r->opts & KAP_OPT_INTVL ? intvl :
						  KAP_INTVL_MAX * 1000ULL;
	u64 cnt_max = r->opts & KAP_OPT_CNT ? v->cnt : KAP_CNT_MAX;
	u64 first = (idle ? idle : 1000) + (intvl ? intvl : 1000);
	u64 last = idle_max + intvl_max * cnt_max;
	bool all = idle && intvl;

	/* auto is computed from the values of each connection, so it is never wrong */
	if (!r->auto_timeout && v->keepalive) {
		if (v->user_timeout <= first)
			warn(e, at,
			     "user_timeout is not above idle+intvl (%s%s): one lost probe kills a healthy connection",
			     print_ms(first).text,
			     all ? "" : " at least");
		else if (v->user_timeout > last)
			warn(e, at,
			     "user_timeout is above idle+intvl*cnt (%s%s): cnt has no meaning",
			     print_ms(last).text,
			     all && v->cnt ? "" : " at most");
	}
	if (!r->auto_timeout && v->user_timeout > LONG_TIMEOUT)
		warn(e, at, "user_timeout is longer than 900s: without a rule, the kernel gives up data in flight earlier");
	if (v->user_timeout && v->user_timeout < SHORT_TIMEOUT)
		warn(e, at,
		     "user_timeout is below 10s (%s): a short outage kills a busy connection",
		     print_ms(v->user_timeout).text);
}

static bool is_bare(const struct kap_entry *e, enum kap_word key)
{
	char last = e->line.s[e->key[key].end - 1];

	return e->key[key].col && last >= '0' && last <= '9';
}

/* Assume the kernel's defaults for options that the rule does not name. */
static void check_alone(const struct kap_entry *e)
{
	const struct kap_rule *r = e->rule;
	unsigned int both = KAP_OPT_INTVL | KAP_OPT_CNT;
	u32 intvl = r->opts & KAP_OPT_INTVL ? r->values.intvl : DEFAULT_INTVL;
	u32 cnt = r->opts & KAP_OPT_CNT ? r->values.cnt : DEFAULT_CNT;

	if ((r->opts & both) == both || (r->opts & KAP_OPT_USER_TIMEOUT) ||
	    !r->values.keepalive ||
	    intvl * cnt <= ALONE_RATIO * r->values.idle)
		return;
	warn(e, value_of(e, KAP_KEY_IDLE),
	     "idle is not all: with the kernel's intvl and cnt, a dead peer is noticed %us later; say intvl= and cnt=, or detect=",
	     intvl * cnt);
}

static void check_times(const struct kap_entry *e)
{
	const struct kap_rule *r = e->rule;
	const struct kap_values *v = &r->values;

	if (r->opts & KAP_OPT_IDLE) {
		if (v->idle == CONNTRACK_IDLE)
			warn(e, value_of(e, KAP_KEY_IDLE),
			     "idle is exactly 300s, conntrack's timeout for unacknowledged data: a firewall may drop the connection as it is probed");
		if (v->idle >= LONG_BARE && is_bare(e, KAP_KEY_IDLE))
			warn(e, value_of(e, KAP_KEY_IDLE),
			     "idle without a unit is in seconds: an hour or more; write the unit if that is meant");
		check_alone(e);
	}
	if ((r->opts & KAP_OPT_INTVL) && v->intvl >= LONG_BARE &&
	    is_bare(e, KAP_KEY_INTVL))
		warn(e, value_of(e, KAP_KEY_INTVL),
		     "intvl without a unit is in seconds: an hour or more; write the unit if that is meant");
	if ((r->opts & KAP_OPT_CNT) && v->cnt == 1)
		warn(e, value_of(e, KAP_KEY_CNT),
		     "cnt is 1: one lost probe kills a healthy connection");
	if (e->key[KAP_KEY_DETECT].col &&
	    v->idle + v->intvl * v->cnt > LONG_TIMEOUT / 1000)
		warn(e, value_of(e, KAP_KEY_DETECT),
		     "detect is longer than 900s: without a rule, the kernel gives up data in flight earlier");
}

/* An established connection never has the address 0.0.0.0 or "::". */
static void check_addresses(const struct kap_entry *e)
{
	static const enum kap_word keys[] = { KAP_KEY_LADDR, KAP_KEY_RADDR };
	u32 i, j;

	for (i = 0; i < 2; i++) {
		for (j = 0; j < e->rule->n_addrs[i]; j++) {
			const struct kap_prefix *p = &e->rule->addrs[i][j];

			if (p->addr.hi || p->addr.lo ||
			    p->len != (p->v4 ? 32 : 128))
				continue;
			warn(e, value_of(e, keys[i]),
			     "no connection has this address: leave the key out for all of them, or write %s for one family",
			     p->v4 ? "0.0.0.0/0" : "::/0");
		}
	}
}

/* "docker/3f4e8a9c1b2d": container runtimes print ids short, paths have them whole. */
static bool has_short_id(const char *cgroup)
{
	const char *id = strrchr(cgroup, '/') + 1;
	size_t len = strspn(id, "0123456789abcdef");

	return len >= ID_MIN && len < ID_WHOLE && !id[len];
}

/* "/system.slice/nginx": every cgroup below a slice is named after a unit. */
static bool is_without_type(const char *cgroup)
{
	static const char slice[] = "/system.slice/";
	const char *name = cgroup + strlen(slice);

	return !strncmp(cgroup, slice, strlen(slice)) && *name &&
	       !strpbrk(name, "/*?.");
}

static void check_cgroup(const struct kap_entry *e)
{
	const char *cgroup = e->rule->cgroup, *name = cgroup + 1;
	struct kap_span at = value_of(e, KAP_KEY_CGROUP);
	size_t len = strlen(name);

	if (strchr(cgroup, ','))
		warn(e, at, "a comma is part of the path, cgroup= takes no list: write a rule for each");
	else if (!strchr(name, '/') && kap_unit_is(name, len) &&
		 strcmp(name, "init.scope") &&
		 strcmp(name + len - strlen(".slice"), ".slice"))
		warn(e, at, "units are not at the root, but below a slice: unit= finds the path");
	else if (is_without_type(cgroup))
		warn(e, at, "systemd gives every name here a type, such as .service: unit= finds the path");
	else if (has_short_id(cgroup))
		warn(e, at, "a container's cgroup has its whole id, of 64 digits: write * behind the short one");
}

/**
 * kap_lint_values - warn of what a rule says by itself
 * @e: the rule
 */
void kap_lint_values(const struct kap_entry *e)
{
	const struct kap_rule *r = e->rule;

	if (r->opts & KAP_OPT_USER_TIMEOUT)
		check_timeout(e);
	check_times(e);
	check_addresses(e);
	if (r->cgroup)
		check_cgroup(e);
}

// SPDX-License-Identifier: GPL-2.0
#include "rule/format.h"

#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "rule/addr.h"

/* As with snprintf(), @len may pass @size: then the text was cut. */
struct out {
	char *buf;
	size_t size;
	size_t len;
};

static __printf(2, 3) void append(struct out *o, const char *fmt, ...)
{
	size_t room = o->len < o->size ? o->size - o->len : 0;
	va_list args;

	va_start(args, fmt);
	o->len += vsnprintf(room ? o->buf + o->len : NULL, room, fmt, args);
	va_end(args);
}

/* A blank between words. */
static void append_gap(struct out *o)
{
	if (o->len)
		append(o, " ");
}

static void append_seconds(struct out *o, const char *key, u32 seconds)
{
	append_gap(o);
	append(o, "%s=%us", key, seconds);
}

static void append_ms(struct out *o, const char *key, u32 ms)
{
	append_gap(o);
	if (ms % 1000)
		append(o, "%s=%ums", key, ms);
	else
		append(o, "%s=%us", key, ms / 1000);
}

/* Yield the processor: a list can have tens of thousands of elements. */
static void pause(u32 i)
{
	if (i % 1024 == 1023)
		cond_resched();
}

static void append_ranges(struct out *o, const char *key,
			  const struct kap_range *r, u32 n)
{
	u32 i;

	for (i = 0; i < n; i++) {
		if (!i) {
			append_gap(o);
			append(o, "%s=", key);
		}
		append(o, i ? ",%u" : "%u", r[i].lo);
		if (r[i].hi != r[i].lo)
			append(o, "-%u", r[i].hi);
		pause(i);
	}
}

static void append_prefixes(struct out *o, const char *key,
			    const struct kap_prefix *p, u32 n)
{
	char text[KAP_ADDR_TEXT];
	u32 i;

	for (i = 0; i < n; i++) {
		if (!i) {
			append_gap(o);
			append(o, "%s=", key);
		}
		kap_addr_format(&p[i].addr, p[i].v4, text, sizeof(text));
		append(o, i ? ",%s" : "%s", text);
		if (p[i].len != (p[i].v4 ? 32 : 128))
			append(o, "/%u", p[i].len);
		pause(i);
	}
}

static void append_values(struct out *o, const struct kap_values *v,
			  unsigned int opts)
{
	if (opts & KAP_OPT_KEEPALIVE) {
		append_gap(o);
		append(o, "keepalive=%s", v->keepalive ? "on" : "off");
	}
	if (opts & KAP_OPT_IDLE)
		append_seconds(o, "idle", v->idle);
	if (opts & KAP_OPT_INTVL)
		append_seconds(o, "intvl", v->intvl);
	if (opts & KAP_OPT_CNT) {
		append_gap(o);
		append(o, "cnt=%u", v->cnt);
	}
	if (opts & KAP_OPT_USER_TIMEOUT)
		append_ms(o, "user_timeout", v->user_timeout);
}

static void append_rule(struct out *o, const struct kap_rule *r)
{
	static const char * const modes[] = {
		[KAP_CLAMP] = " mode=clamp",
		[KAP_FORCE] = " mode=force",
	};
	unsigned int by_auto = 0;

	if (r->name) {
		append_gap(o);
		append(o, "name=%s", r->name);
	}
	if (r->prio != KAP_PRIO_DEFAULT) {
		append_gap(o);
		append(o, "prio=%u", r->prio);
	}
	if (r->cgroup) {
		append_gap(o);
		append(o, "cgroup=%s", r->cgroup);
	}
	if (r->dir) {
		append_gap(o);
		append(o, "dir=%s", r->dir == KAP_OUT ? "out" : "in");
	}
	append_ranges(o, "port", r->ranges[KAP_PORT], r->n_ranges[KAP_PORT]);
	append_ranges(o, "lport", r->ranges[KAP_LPORT], r->n_ranges[KAP_LPORT]);
	append_ranges(o, "rport", r->ranges[KAP_RPORT], r->n_ranges[KAP_RPORT]);
	append_prefixes(o, "laddr", r->addrs[0], r->n_addrs[0]);
	append_prefixes(o, "raddr", r->addrs[1], r->n_addrs[1]);
	append_ranges(o, "uid", r->ranges[KAP_UID], r->n_ranges[KAP_UID]);
	if (!r->opts) {
		append_gap(o);
		append(o, "action=skip");
	}
	if (r->auto_timeout)
		by_auto = r->opts & KAP_OPT_USER_TIMEOUT;
	append_values(o, &r->values, r->opts & ~by_auto);
	if (by_auto)
		append(o, " user_timeout=auto");
	if (r->mode != KAP_DEFAULT)
		append(o, "%s", modes[r->mode]);
}

/**
 * kap_format_rule - canonical text of a rule
 * @rule: the rule
 * @buf: where to; terminated when @size is not 0
 * @size: bytes of @buf; KAP_FORMAT_MAX is enough
 *
 * Context: process, may sleep.
 * Return: length of the whole text, also when it did not fit.
 */
size_t kap_format_rule(const struct kap_rule *rule, char *buf, size_t size)
{
	struct out o = { buf, size, 0 };

	append_rule(&o, rule);
	return o.len;
}

/**
 * kap_format_line - a rule as the rules file shows it, with its newline
 * @rule: the rule
 * @buf: where to; terminated when @size is not 0
 * @size: bytes of @buf; KAP_FORMAT_MAX is enough
 *
 * Context: process, may sleep.
 * Return: length of the whole line, also when it did not fit.
 */
size_t kap_format_line(const struct kap_rule *rule, char *buf, size_t size)
{
	struct out o = { buf, size, 0 };

	append(&o, "add");
	append_rule(&o, rule);
	append(&o, "  # id=%llu\n", (unsigned long long)rule->id);
	return o.len;
}

/**
 * kap_format_counters - a rule as the counters file shows it, with its newline
 * @rule: the rule
 * @buf: where to; terminated when @size is not 0
 * @size: bytes of @buf; KAP_FORMAT_MAX is enough
 *
 * Context: any.
 * Return: length of the whole line, also when it did not fit.
 */
size_t kap_format_counters(const struct kap_rule *rule, char *buf, size_t size)
{
	static const char * const names[KAP_SHOWN_NR] = {
#define X(id, text) [KAP_SHOWN_##id] = text,
		KAP_COUNTS(X)
#undef X
	};
	struct out o = { buf, size, 0 };
	u64 shown[KAP_SHOWN_NR];
	int i;

	kap_rule_counts(rule, shown);
	append(&o, "id=%llu", (unsigned long long)rule->id);
	if (rule->name)
		append(&o, " name=%s", rule->name);
	for (i = 0; i < KAP_SHOWN_NR; i++)
		append(&o, " %s=%llu", names[i], (unsigned long long)shown[i]);
	append(&o, "\n");
	return o.len;
}

/**
 * kap_format_values - option values as the words of a rule
 * @v: the values
 * @opts: enum kap_opt bits of those to write
 * @buf: where to; terminated when @size is not 0
 * @size: bytes of @buf
 *
 * Context: any.
 * Return: length of the whole text, also when it did not fit.
 */
size_t kap_format_values(const struct kap_values *v, unsigned int opts,
			 char *buf, size_t size)
{
	struct out o = { buf, size, 0 };

	if (size)
		buf[0] = '\0';
	append_values(&o, v, opts);
	return o.len;
}

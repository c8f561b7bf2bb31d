// SPDX-License-Identifier: GPL-2.0
/*
 * A connection is described by the match keys of a rule, with one value each,
 * and by the options its application has set. So the parser of rules reads it.
 */
#include "rules/connection.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "rule/key.h"

#define APP_KEYS	(BIT(KAP_KEY_KEEPALIVE) | BIT(KAP_KEY_IDLE) | \
			 BIT(KAP_KEY_INTVL) | BIT(KAP_KEY_CNT) | \
			 BIT(KAP_KEY_USER_TIMEOUT))
#define MATCH_KEYS	(BIT(KAP_KEY_CGROUP) | BIT(KAP_KEY_DIR) | \
			 BIT(KAP_KEY_PORT) | BIT(KAP_KEY_LPORT) | \
			 BIT(KAP_KEY_RPORT) | BIT(KAP_KEY_LADDR) | \
			 BIT(KAP_KEY_RADDR) | BIT(KAP_KEY_UID))

/* The description that is being read, as a rule. */
struct words {
	struct kap_source source;
	struct kap_line line;
	struct kap_cmd cmd;
};

static bool fail(const struct words *w, struct kap_span at, const char *message)
{
	kap_source_report(KAP_ERROR, &w->source, &w->line, at, "%s", message);
	return false;
}

/* Collect the keys; refuse those that describe no connection. */
static bool scan_keys(const struct words *w, unsigned int *keys)
{
	const char *s = w->line.s + w->source.skip;
	const char *end = w->line.s + w->line.len;

	while (s < end) {
		size_t word = strcspn(s, " \t"), len;
		struct kap_span at = { s - w->line.s + 1, 0 };
		int key;

		len = strcspn(s, "= \t");
		at.end = at.col + len - 1;
		/* the parser reports words that are no key */
		key = len < word ? kap_key_find(s, len) : -1;
		if (key >= 0 && !((MATCH_KEYS | APP_KEYS) & BIT(key)))
			return fail(w, at, "no property of a connection");
		if (key >= 0)
			*keys |= BIT(key);
		s += word + strspn(s + word, " \t");
	}
	return true;
}

/* Put words in front that make the description a rule. */
static void set_front(struct words *w, const char *front,
		      const struct kap_source *words)
{
	char *text = kap_mem_alloc(strlen(front) + words->len + 1);

	kap_source_free(&w->source);
	memcpy(stpcpy(text, front), words->text, words->len);
	kap_source_words(&w->source, text, strlen(front));
	w->source.name = words->name;
	w->line = (struct kap_line){ text, w->source.len, 1 };
}

static bool parse(struct words *w)
{
	struct kap_parser *parser = kap_parser_alloc();
	int err;

	if (!parser) {
		kap_diag_error("%s", kap_error_text(KAP_E_MEMORY));
		return false;
	}
	err = kap_source_parse(&w->source, &w->line, parser, &w->cmd);
	kap_parser_free(parser);
	return !err;
}

/* The columns of the value of a key. */
static struct kap_span value_of(const struct words *w, enum kap_word key)
{
	return kap_source_value(&w->line, w->cmd.key[key]);
}

static bool take_numbers(struct kap_connection *c, const struct words *w)
{
	static const enum kap_word keys[KAP_U32_FIELDS] = {
		[KAP_PORT] = KAP_KEY_PORT,
		[KAP_LPORT] = KAP_KEY_LPORT,
		[KAP_RPORT] = KAP_KEY_RPORT,
		[KAP_UID] = KAP_KEY_UID,
		[KAP_DIR] = KAP_KEY_DIR,
	};
	enum kap_field f;

	for (f = KAP_PORT; f < KAP_U32_FIELDS; f++) {
		const struct kap_range *r = c->words->ranges[f];

		if (!(c->known & BIT(f)))
			continue;
		if (c->words->n_ranges[f] != 1 || r->lo != r->hi)
			return fail(w, value_of(w, keys[f]),
				    "a connection has one value here");
		c->key.field[f] = r->lo;
	}
	return true;
}

static bool take_addrs(struct kap_connection *c, const struct words *w)
{
	static const enum kap_word keys[] = { KAP_KEY_LADDR, KAP_KEY_RADDR };
	int i;

	for (i = 0; i < 2; i++) {
		const struct kap_prefix *p = c->words->addrs[i];

		if (!(c->known & BIT(KAP_LADDR + i)))
			continue;
		if (c->words->n_addrs[i] != 1 || p->len != (p->v4 ? 32 : 128))
			return fail(w, value_of(w, keys[i]),
				    "a connection has one address here");
		if (i && (c->known & BIT(KAP_LADDR)) && p->v4 != c->key.v4)
			return fail(w, value_of(w, keys[i]),
				    "laddr and raddr are IPv4 and IPv6");
		c->key.addr[i] = p->addr;
		c->key.v4 = p->v4;
	}
	return true;
}

static bool take_cgroup(struct kap_connection *c, const struct words *w)
{
	c->key.cgroup = c->words->cgroup;
	if (c->key.cgroup && strpbrk(c->key.cgroup, "*?"))
		return fail(w, value_of(w, KAP_KEY_CGROUP),
			    "a connection has one cgroup: no * and no ? here");
	return true;
}

/* The service port is rport of an outgoing, lport of an incoming connection. */
static bool join_ports(struct kap_connection *c, const struct words *w)
{
	enum kap_field service = c->words->dir == KAP_OUT ? KAP_RPORT :
							    KAP_LPORT;
	u32 *port = c->key.field;

	if (!c->words->dir)
		return true;
	if ((c->known & BIT(KAP_PORT)) && (c->known & BIT(service)) &&
	    port[KAP_PORT] != port[service])
		return fail(w, value_of(w, KAP_KEY_PORT),
			    service == KAP_RPORT ?
			    "port is rport in a connection out" :
			    "port is lport in a connection in");
	if (c->known & BIT(KAP_PORT)) {
		port[service] = port[KAP_PORT];
		c->known |= BIT(service);
	} else if (c->known & BIT(service)) {
		port[KAP_PORT] = port[service];
		c->known |= BIT(KAP_PORT);
	}
	return true;
}

static bool read_words(struct kap_connection *c, struct words *w,
		       const struct kap_source *source)
{
	unsigned int keys = 0;

	set_front(w, "", source);
	if (!scan_keys(w, &keys))
		return false;
	/* the parser takes keepalive=off only with mode=force */
	set_front(w, keys & APP_KEYS ? "mode=force " : "action=skip ", source);
	if (!parse(w))
		return false;
	c->words = w->cmd.rule;
	c->known = c->words->fields;
	c->app = c->words->values;
	/* TCP_KEEPIDLE and the others do not turn keepalive on by themselves */
	if (!(keys & BIT(KAP_KEY_KEEPALIVE)))
		c->app.keepalive = 0;
	return take_numbers(c, w) && take_addrs(c, w) && take_cgroup(c, w) &&
	       join_ports(c, w);
}

/**
 * kap_connection_parse - read the description of a connection
 * @c: the result; free it whatever comes back
 * @source: the words, one line
 *
 * Return: whether it is one; if not, reported.
 */
bool kap_connection_parse(struct kap_connection *c,
			  const struct kap_source *source)
{
	struct words w = { 0 };
	bool ok;

	memset(c, 0, sizeof(*c));
	ok = read_words(c, &w, source);
	kap_source_free(&w.source);
	return ok;
}

/**
 * kap_connection_free - free what a description holds
 * @c: the description
 */
void kap_connection_free(struct kap_connection *c)
{
	kap_rule_put(c->words);
	c->words = NULL;
}

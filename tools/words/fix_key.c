// SPDX-License-Identifier: GPL-2.0
/* Keys by the names other programs give them, and misspelt keys. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "rule/key.h"
#include "words/near.h"
#include "words/repair.h"

#define KEY_MAX_LEN	KAP_NEAR_MAX

/* What nft, iptables, ss, sysctl and socket(7) call it. */
static const struct {
	const char *name;
	const char *key;
} synonyms[] = {
	{ "interval", "intvl" }, { "keepintvl", "intvl" },
	{ "tcp_keepintvl", "intvl" }, { "tcp_keepalive_intvl", "intvl" },
	{ "keepalive_intvl", "intvl" }, { "keepalive_interval", "intvl" },
	{ "time", "idle" }, { "keepidle", "idle" }, { "tcp_keepidle", "idle" },
	{ "tcp_keepalive_time", "idle" }, { "keepalive_time", "idle" },
	{ "keepalive_idle", "idle" }, { "idle_timeout", "idle" },
	{ "count", "cnt" }, { "probes", "cnt" }, { "retries", "cnt" },
	{ "keepcnt", "cnt" }, { "tcp_keepcnt", "cnt" },
	{ "tcp_keepalive_probes", "cnt" }, { "keepalive_probes", "cnt" },
	{ "keepalive_count", "cnt" },
	/* libpq, PostgreSQL, redis, systemd, HAProxy */
	{ "keepalives_idle", "idle" }, { "tcp_keepalives_idle", "idle" },
	{ "keepalives_interval", "intvl" },
	{ "tcp_keepalives_interval", "intvl" },
	{ "keepalives_count", "cnt" }, { "tcp_keepalives_count", "cnt" },
	{ "keepalives", "keepalive" }, { "tcp_keepalive", "idle" },
	{ "keepalivetimesec", "idle" }, { "keepaliveintervalsec", "intvl" },
	{ "keepaliveprobes", "cnt" }, { "tcpusertimeout", "user_timeout" },
	{ "tcpkeepalive", "keepalive" },
	{ "clitcpka_idle", "idle" }, { "srvtcpka_idle", "idle" },
	{ "clitcpka_intvl", "intvl" }, { "srvtcpka_intvl", "intvl" },
	{ "clitcpka_cnt", "cnt" }, { "srvtcpka_cnt", "cnt" },
	{ "tcp_user_timeout", "user_timeout" }, { "uto", "user_timeout" },
	{ "usertimeout", "user_timeout" }, { "ut", "user_timeout" },
	{ "timeout", "detect" }, { "dead", "detect" }, { "notice", "detect" },
	{ "so_keepalive", "keepalive" }, { "keep_alive", "keepalive" },
	{ "ka", "keepalive" }, { "enable", "keepalive" },
	{ "enabled", "keepalive" },
	{ "ports", "port" }, { "tcp_port", "port" },
	{ "dport", "rport" }, { "dports", "rport" }, { "rports", "rport" },
	{ "remote_port", "rport" }, { "remoteport", "rport" },
	{ "dst_port", "rport" }, { "dest_port", "rport" },
	{ "destination_port", "rport" }, { "peer_port", "rport" },
	{ "sport", "lport" }, { "sports", "lport" }, { "lports", "lport" },
	{ "local_port", "lport" }, { "localport", "lport" },
	{ "src_port", "lport" }, { "source_port", "lport" },
	{ "listen", "lport" }, { "listen_port", "lport" },
	{ "cidr", "raddr" }, { "ip", "raddr" }, { "addr", "raddr" },
	{ "address", "raddr" }, { "net", "raddr" }, { "network", "raddr" },
	{ "subnet", "raddr" }, { "dst", "raddr" }, { "daddr", "raddr" },
	{ "dest", "raddr" }, { "destination", "raddr" }, { "host", "raddr" },
	{ "remote", "raddr" }, { "peer", "raddr" }, { "to", "raddr" },
	{ "d", "raddr" }, { "s", "laddr" },
	{ "rip", "raddr" }, { "remote_addr", "raddr" }, { "raddress", "raddr" },
	{ "src", "laddr" }, { "saddr", "laddr" }, { "source", "laddr" },
	{ "local", "laddr" }, { "from", "laddr" }, { "bind", "laddr" },
	{ "lip", "laddr" }, { "local_addr", "laddr" },
	{ "user", "uid" }, { "owner", "uid" }, { "skuid", "uid" },
	{ "euid", "uid" }, { "username", "uid" }, { "uids", "uid" },
	{ "direction", "dir" },
	{ "cgroup2", "cgroup" }, { "cgrp", "cgroup" },
	{ "cgroup_path", "cgroup" }, { "cgroupv2", "cgroup" },
	{ "path", "cgroup" },
	{ "service", "unit" }, { "systemd", "unit" }, { "slice", "unit" },
	{ "systemd_unit", "unit" }, { "scope", "unit" },
	{ "priority", "prio" }, { "order", "prio" }, { "weight", "prio" },
	{ "label", "name" }, { "title", "name" },
	{ "policy", "mode" }, { "verdict", "action" }, { "target", "action" },
	{ "jump", "action" },
};

/* Keys of the tool, beside those of the parser. */
static const char unit_key[] = "unit";

/*
 * In small letters, with "_" for "-", without dashes and without the folder of
 * a sysctl in front.
 */
static void normalize(struct kap_text name, char *to, size_t size)
{
	static const char sysctl[] = "net.ipv4.";
	size_t n = 0;

	while (name.s < name.end && *name.s == '-')
		name.s++;
	if (kap_word_length(name) > strlen(sysctl) &&
	    !memcmp(name.s, sysctl, strlen(sysctl)))
		name.s += strlen(sysctl);
	for (; name.s < name.end && n < size - 1; name.s++) {
		char c = *name.s;

		if (c >= 'A' && c <= 'Z')
			c += 'a' - 'A';
		to[n++] = c == '-' ? '_' : c;
	}
	to[n] = '\0';
}

static const char *nearest(const char *name)
{
	const char *names[KAP_KEY_NR + 2] = { NULL };
	int key;

	for (key = 0; key < KAP_KEY_NR; key++)
		names[key] = kap_key_name(key);
	names[key] = unit_key;
	return strlen(name) < 3 ? NULL : kap_near_find(name, names);
}

/**
 * kap_key_meant - which key is meant by a word?
 * @name: the word
 *
 * Return: the name of a key, or NULL.
 */
const char *kap_key_meant(struct kap_text name)
{
	char word[KEY_MAX_LEN + 1] = "";
	size_t i;
	int key;

	normalize(name, word, sizeof(word));
	key = kap_key_find(word, strlen(word));
	if (key >= 0)
		return kap_key_name(key);
	if (!strcmp(word, unit_key))
		return unit_key;
	for (i = 0; i < sizeof(synonyms) / sizeof(synonyms[0]); i++) {
		if (!strcmp(word, synonyms[i].name))
			return synonyms[i].key;
	}
	return NULL;
}

/* Keys that a rule does not need, or cannot have. */
static bool fix_needless(const struct kap_problem *p, struct kap_text name,
			 struct kap_repair *r)
{
	static const char * const tcp[] = {
		"proto", "protocol", "family", "p", "l4proto", NULL,
	};
	static const char * const nic[] = {
		"dev", "iface", "interface", "oif", "iif", "oifname", "iifname",
		"nic", "netdev", NULL,
	};
	static const char * const text[] = {
		"comment", "desc", "description", "note", NULL,
	};
	static const char * const ids[] = { "id", "rule", NULL };
	static const char * const programs[] = {
		"gid", "group", "pid", "program", "comm", "cmd", "command",
		"exe", "process", "binary", "app", "execstart", NULL,
	};

	if (kap_word_is(name, tcp)) {
		kap_repair_hint(r, "every rule is for TCP, IPv4 and IPv6");
		kap_repair_drop(r, p->word);
	} else if (p->value.s && kap_word_is(name, text)) {
		kap_repair_hint(r, "a comment begins with # and ends the line");
		if (memchr(p->value.s, '=', p->end - p->value.s))
			kap_repair_drop(r, p->word);
		else
			kap_repair_replace(r, (struct kap_text){ name.s, p->value.s },
					   "# ");
	} else if (kap_word_is(name, ids)) {
		kap_repair_hint(r, "the module gives the ids; name= is yours");
		kap_repair_drop(r, p->word);
	} else if (kap_word_is(name, programs)) {
		kap_repair_hint(r, "rules see no programs: use unit=, cgroup= or uid=");
	} else if (memchr(name.s, '$', kap_word_length(name))) {
		kap_repair_hint(r, "there are no variables here");
	} else if (kap_word_is(name, nic)) {
		kap_repair_hint(r, "rules do not see interfaces: use laddr= or raddr=");
	} else {
		return false;
	}
	return true;
}

/* A value of unit= that kap_names_expand() did not replace. */
static void fix_unit(const struct kap_problem *p, struct kap_repair *r)
{
	r->message = "name of a systemd unit expected";
	if (*p->value.s == '/') {
		kap_repair_hint(r, "a path is for cgroup=");
		kap_repair_replace(r, (struct kap_text){ p->word.s, p->value.s },
				   "cgroup=");
	} else if (memchr(p->value.s, ',', kap_word_length(p->value))) {
		kap_repair_hint(r, "unit= takes no list: write a rule for each");
	} else {
		kap_repair_hint(r, "a unit with processes is called NAME.service, .socket, .slice, .scope or .mount");
	}
}

/**
 * kap_fix_key - a key that there is not
 * @p: the problem
 * @r: gets what is meant
 *
 * Return: whether that is known.
 */
bool kap_fix_key(const struct kap_problem *p, struct kap_repair *r)
{
	struct kap_text name = { p->word.s, p->value.s ? p->value.s - 1 :
							 p->word.end };
	char word[KEY_MAX_LEN + 1] = "";
	const char *key;

	if (p->error != KAP_E_KEY)
		return false;
	if (name.s == name.end) {
		kap_repair_hint(r, "a key is missing in front of the =");
		return true;
	}
	if (name.end[-1] == '!' || name.end[-1] == '>' || name.end[-1] == '<') {
		kap_repair_hint(r, "rules know no %c=: put an exception in front, with action=skip",
				name.end[-1]);
		return true;
	}
	if (fix_needless(p, name, r))
		return true;
	key = kap_key_meant(name);
	normalize(name, word, sizeof(word));
	if (!key)
		key = nearest(word);
	if (!key) {
		kap_repair_hint(r, "the keys are listed by: kapctl help add");
		return true;
	}
	if (!strcmp(key, unit_key) && p->value.s &&
	    !strncmp(name.s, "unit=", 5)) {
		fix_unit(p, r);
		return true;
	}
	if (!strcmp(key, word))
		kap_repair_hint(r, "keys are written in small letters, without dashes");
	else
		kap_repair_hint(r, "the key is called %s", key);
	kap_repair_replace(r, name, "%s", key);
	return true;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Does the module notice new connections? Those of others are proof enough.
 * Where there have been none, one is opened over loopback that no rule matches:
 * so no rule counts it.
 */
#include "doctor/doctor.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "host/cgroup.h"
#include "host/sysfs.h"
#include "rule/match.h"

#define TRIES		16	/* pairs of ports */

/**
 * struct ends - two sockets that can be connected
 * @in: listens
 * @out: does not connect yet
 * @addr: where @in listens
 * @len: bytes of @addr
 * @key: what rules compare of the connection out
 */
struct ends {
	int in;
	int out;
	struct sockaddr_storage addr;
	socklen_t len;
	struct kap_key key;
};

/* A socket on a port of loopback that the kernel chooses; *@port is told. */
static int loopback(int family, struct sockaddr_storage *addr, socklen_t *len,
		    u32 *port)
{
	struct sockaddr_in in = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	struct sockaddr_in6 in6 = {
		.sin6_family = AF_INET6,
		.sin6_addr = in6addr_loopback,
	};
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memset(addr, 0, sizeof(*addr));
	if (family == AF_INET)
		memcpy(addr, &in, *len = sizeof(in));
	else
		memcpy(addr, &in6, *len = sizeof(in6));
	if (fd < 0 || bind(fd, (struct sockaddr *)addr, *len) ||
	    getsockname(fd, (struct sockaddr *)addr, len)) {
		if (fd >= 0)
			close(fd);
		return -1;
	}
	/* where it is, both kinds of address agree */
	*port = ntohs(((struct sockaddr_in *)addr)->sin_port);
	return fd;
}

static void close_ends(struct ends *e)
{
	if (e->in >= 0)
		close(e->in);
	if (e->out >= 0)
		close(e->out);
}

/* Returns 0 or an errno value. */
static int open_ends(struct ends *e, int family)
{
	u32 *port = e->key.field;
	struct sockaddr_storage local;
	socklen_t len;
	int err;

	memset(e, 0, sizeof(*e));
	e->in = loopback(family, &e->addr, &e->len, &port[KAP_RPORT]);
	e->out = e->in < 0 ? -1 : loopback(family, &local, &len,
					   &port[KAP_LPORT]);
	if (e->out < 0 || listen(e->in, 1)) {
		err = errno;
		close_ends(e);
		return err;
	}
	port[KAP_PORT] = port[KAP_RPORT];
	port[KAP_DIR] = KAP_OUT;
	port[KAP_UID] = geteuid();
	e->key.v4 = family == AF_INET;
	e->key.addr[0].lo = e->key.v4 ? INADDR_LOOPBACK : 1;
	e->key.addr[1] = e->key.addr[0];
	return 0;
}

/* Where our cgroup is not known, every cgroup= may be it. */
static bool is_matched(const struct kap_rules *rules, const struct kap_key *key)
{
	size_t i;

	for (i = 0; i < rules->n; i++) {
		const struct kap_rule *rule = rules->v[i].rule;

		if (key->cgroup ? kap_rule_matches(rule, key) :
				  kap_rule_matches_fields(rule, key))
			return true;
	}
	return false;
}

/* Does a rule match either end? */
static bool is_counted(const struct kap_rules *rules, const struct ends *e)
{
	struct kap_key in = e->key;

	in.field[KAP_DIR] = KAP_IN;
	in.field[KAP_LPORT] = e->key.field[KAP_RPORT];
	in.field[KAP_RPORT] = e->key.field[KAP_LPORT];
	return is_matched(rules, &e->key) || is_matched(rules, &in);
}

/* Returns 0, or an errno value when there can be no connection. */
static int connect_ends(struct ends *e)
{
	const struct timeval patience = { .tv_sec = 2 };
	int end;

	setsockopt(e->out, SOL_SOCKET, SO_SNDTIMEO, &patience,
		   sizeof(patience));
	setsockopt(e->in, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (connect(e->out, (struct sockaddr *)&e->addr, e->len))
		return errno;
	end = accept(e->in, NULL, NULL);
	if (end < 0)
		return errno;
	close(end);
	return 0;
}

/*
 * Opens a connection that no rule matches. Returns 0, an errno value, or -1
 * when the rules leave none.
 */
static int connect_uncounted(const struct kap_rules *rules, int family)
{
	char *cgroup = kap_cgroup_own();
	int i, ret = -1;

	for (i = 0; i < TRIES && ret == -1; i++) {
		struct ends e;

		ret = open_ends(&e, family);
		if (ret)
			break;
		e.key.cgroup = cgroup;
		ret = is_counted(rules, &e) ? -1 : connect_ends(&e);
		close_ends(&e);
	}
	free(cgroup);
	return ret;
}

static void try_one(const struct kap_patient *p)
{
	unsigned long long seen;
	int err = connect_uncounted(&p->live.rules, AF_INET);

	if (err)
		err = connect_uncounted(&p->live.rules, AF_INET6);
	if (err > 0) {
		kap_doctor_say(KAP_NOTE, "hook",
			       "not tried: no connection over loopback: %s",
			       strerror(err));
		return;
	}
	if (err) {
		kap_doctor_say(KAP_NOTE, "hook",
			       "not tried: no connection yet, and a rule would count one over loopback");
		kap_doctor_fix("kapctl doctor    (after the first connection)");
		return;
	}
	if (!kap_sysfs_number("stats/connections", &seen))
		return;
	if (seen) {
		kap_doctor_say(KAP_OK, "hook",
			       "a connection over loopback was noticed");
		return;
	}
	kap_doctor_say(KAP_PROBLEM, "hook",
		       "a connection over loopback was not noticed: no rule has any effect");
	kap_doctor_fix("rmmod kapolicy && modprobe kapolicy && kapctl load");
	kap_doctor_fix("if that is no help, please report it with: kapctl doctor -j; uname -a; dmesg");
}

/**
 * kap_doctor_hook - does the module see connections?
 * @p: what is in force
 */
void kap_doctor_hook(const struct kap_patient *p)
{
	unsigned long long seen;

	/* without rules, or disabled, it is not meant to look */
	if (!p->has_live || !p->live.enabled || !p->live.rules.n)
		return;
	if (!kap_sysfs_number("stats/connections", &seen))
		return;
	if (seen)
		kap_doctor_say(KAP_OK, "hook", "%llu connection%s noticed",
			       seen, seen == 1 ? "" : "s");
	else
		try_one(p);
}

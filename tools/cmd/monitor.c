// SPDX-License-Identifier: GPL-2.0
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/json.h"
#include "base/output.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "host/live.h"
#include "host/sys.h"
#include "host/sysfs.h"
#include "rule/format.h"
#include "rules/output_rule.h"
#include "see/cgroup.h"
#include "see/events.h"
#include "see/journal.h"
#include "see/output_conn.h"

#define PAUSE	200	/* ms between two looks */

static const char * const kinds[] = {
	[KAP_EVENT_TIMED_OUT] = "timed_out",
	[KAP_EVENT_HELD] = "held",
	[KAP_EVENT_APPLY] = "apply",
};

static const char * const words[] = {
	[KAP_EVENT_TIMED_OUT] = "dead peer",
	[KAP_EVENT_HELD] = "put right",
	[KAP_EVENT_APPLY] = "applied",
};

/**
 * struct monitor - how events are told
 * @json: as JSON, one object a line
 * @journal: to the journal, with fields
 * @live: the rules, as they were when one was last looked up
 * @cgroups: paths of cgroups
 */
struct monitor {
	bool json;
	bool journal;
	struct kap_live live;
	struct kap_cgroups cgroups;
};

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

static const char *find_name(const struct kap_live *live, u64 id, bool *found)
{
	size_t i;

	for (i = 0; i < live->rules.n; i++) {
		*found = live->rules.v[i].rule->id == id;
		if (*found)
			return live->rules.v[i].rule->name;
	}
	return NULL;
}

/* The name of a rule; NULL when it has none, or is gone. */
static const char *name_of(struct monitor *m, u64 id)
{
	bool found = false;
	const char *name = find_name(&m->live, id, &found);

	if (found)
		return name;
	kap_live_free(&m->live);
	memset(&m->live, 0, sizeof(m->live));
	return kap_live_read(&m->live) ? find_name(&m->live, id, &found) : NULL;
}

static bool read_comm(int pid, char *name, size_t size)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	if (kap_sys_peek(path, name, size) <= 0)
		return false;
	name[strcspn(name, "\n")] = '\0';
	return true;
}

/*
 * A peer is found dead by a timer, not by a program: it can be told where all
 * that runs in the socket's cgroup is the same program.
 */
static bool program_of_cgroup(const struct monitor *m, const char *cgroup,
			      char *name, size_t size)
{
	char *path, pids[4096], other[32], *s;
	bool found = false;
	int n;

	if (asprintf(&path, "%s%s/cgroup.procs", m->cgroups.mount, cgroup) < 0)
		abort();
	n = kap_sys_peek(path, pids, sizeof(pids));
	free(path);
	for (s = n > 0 ? pids : NULL; s && *s; s = strchr(s, '\n') + 1) {
		if (!strchr(s, '\n'))
			return false;
		if (!read_comm(atoi(s), other, sizeof(other)))
			continue;
		if (found && strcmp(name, other))
			return false;
		snprintf(name, size, "%s", other);
		found = true;
	}
	return found;
}

/* NULL when it cannot be told. */
static const char *program_of(const struct monitor *m,
			      const struct kap_event *e, char *name, size_t size)
{
	bool found = false;

	if (e->kind == KAP_EVENT_HELD)
		found = read_comm(e->pid, name, size);
	else if (e->conn.cgroup)
		found = program_of_cgroup(m, e->conn.cgroup, name, size);
	return found ? name : NULL;
}

static unsigned int changed(const struct kap_event *e)
{
	const struct kap_values *a = &e->before, *b = &e->after;

	return (a->keepalive != b->keepalive ? KAP_OPT_KEEPALIVE : 0) |
	       (a->idle != b->idle ? KAP_OPT_IDLE : 0) |
	       (a->intvl != b->intvl ? KAP_OPT_INTVL : 0) |
	       (a->cnt != b->cnt ? KAP_OPT_CNT : 0) |
	       (a->user_timeout != b->user_timeout ? KAP_OPT_USER_TIMEOUT : 0);
}

/* "dead peer: out 10.0.0.1:4711 10.0.0.2:5432 rule=pg program=app ..." */
static char *sentence(const struct kap_event *e, const char *rule,
		      const char *program)
{
	char local[KAP_CONN_TEXT], remote[KAP_CONN_TEXT], id[32];
	char from[256] = "", to[256] = "", *text;
	unsigned int opts = changed(e);

	snprintf(id, sizeof(id), "id=%llu", (unsigned long long)e->rule);
	if (opts && e->kind != KAP_EVENT_TIMED_OUT) {
		kap_format_values(&e->before, opts, from, sizeof(from));
		kap_format_values(&e->after, opts, to, sizeof(to));
	}
	if (asprintf(&text, "%s: %s %s %s rule %s%s%s%s%s%s%s%s%s",
		     words[e->kind], e->conn.dir == KAP_OUT ? "out" : "in",
		     kap_conn_end(&e->conn, 0, local),
		     kap_conn_end(&e->conn, 1, remote), rule ? rule : id,
		     program ? " program " : "", program ? program : "",
		     e->conn.cgroup ? " cgroup " : "",
		     e->conn.cgroup ? e->conn.cgroup : "", *to ? ": " : "",
		     from, *to ? " -> " : "", to) < 0)
		abort();
	return text;
}

static void send_journal(const struct kap_event *e, const char *rule,
			 const char *program, const char *text)
{
	char local[KAP_CONN_TEXT], remote[KAP_CONN_TEXT], id[32];
	struct kap_journal j = { .len = 0 };

	snprintf(id, sizeof(id), "%llu", (unsigned long long)e->rule);
	kap_journal_add(&j, "MESSAGE", text);
	kap_journal_add(&j, "PRIORITY", e->kind == KAP_EVENT_TIMED_OUT ? "5" :
									 "6");
	kap_journal_add(&j, "SYSLOG_IDENTIFIER", "kapctl");
	kap_journal_add(&j, "EVENT", kinds[e->kind]);
	kap_journal_add(&j, "RULE", rule);
	kap_journal_add(&j, "RULE_ID", id);
	kap_journal_add(&j, "PROGRAM", program);
	kap_journal_add(&j, "CGROUP", e->conn.cgroup);
	kap_journal_add(&j, "DIR", e->conn.dir == KAP_OUT ? "out" : "in");
	kap_journal_add(&j, "LOCAL", kap_conn_end(&e->conn, 0, local));
	kap_journal_add(&j, "REMOTE", kap_conn_end(&e->conn, 1, remote));
	if (!kap_journal_send(&j))
		printf("%s\n", text);
}

static void timestamp(char *buf, size_t size)
{
	time_t now = time(NULL);
	struct tm tm;

	strftime(buf, size, "%Y-%m-%dT%H:%M:%S%z", localtime_r(&now, &tm));
}

static json_t *text_or_null(const char *s)
{
	return s ? kap_json_string(s) : json_null();
}

static void print_json(const struct kap_event *e, const char *rule,
		       const char *program)
{
	json_t *o = json_object();
	char now[40];

	timestamp(now, sizeof(now));
	json_object_set_new(o, "event", json_string(kinds[e->kind]));
	json_object_set_new(o, "time", json_string(now));
	json_object_set_new(o, "dir", json_string(e->conn.dir == KAP_OUT ?
						  "out" : "in"));
	json_object_set_new(o, "local", kap_output_end(&e->conn, 0));
	json_object_set_new(o, "remote", kap_output_end(&e->conn, 1));
	json_object_set_new(o, "rule", json_pack("{sIso}", "id",
						 (json_int_t)e->rule, "name",
						 text_or_null(rule)));
	json_object_set_new(o, "program", text_or_null(program));
	json_object_set_new(o, "cgroup", text_or_null(e->conn.cgroup));
	json_object_set_new(o, "before",
			    kap_output_values(&e->before, KAP_OPTS_ALL));
	json_object_set_new(o, "after",
			    kap_output_values(&e->after, KAP_OPTS_ALL));
	json_dumpf(o, stdout, 0);
	putchar('\n');
	json_decref(o);
}

static void tell(const struct kap_event *event, void *data)
{
	struct kap_event e = *event;
	struct monitor *m = data;
	char comm[32], now[40], *text;
	const char *rule, *program;

	e.conn.cgroup = kap_cgroups_find(&m->cgroups, e.conn.cgroup_id);
	rule = name_of(m, e.rule);
	program = program_of(m, &e, comm, sizeof(comm));
	if (m->json) {
		print_json(&e, rule, program);
		return;
	}
	text = sentence(&e, rule, program);
	timestamp(now, sizeof(now));
	if (m->journal)
		send_journal(&e, rule, program, text);
	else
		printf("%s %s\n", now, text);
	free(text);
}

static void tell_lost(const struct monitor *m, unsigned long long lost)
{
	if (m->json)
		printf("{\"event\": \"lost\", \"count\": %llu}\n", lost);
	else
		printf("%llu event%s lost: they came faster than they could be told\n",
		       lost, lost == 1 ? " was" : "s were");
}

static int watch(struct monitor *m)
{
	char *dir = kap_sysfs_path("");
	unsigned long long lost;
	int ret = KAP_EXIT_OK;

	while (!stopped && ret == KAP_EXIT_OK) {
		if (kap_events_read(tell, m, &lost) && lost)
			tell_lost(m, lost);
		if (fflush(stdout) || ferror(stdout))
			break;
		if (access(dir, F_OK)) {
			kap_diag_error("the module has been unloaded");
			ret = KAP_EXIT_NOT_LOADED;
		} else {
			poll(NULL, 0, PAUSE);
		}
	}
	free(dir);
	return ret;
}

static void catch_signals(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct sigaction act = { .sa_handler = stop };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(signals); i++)
		sigaction(signals[i], &act, NULL);
	/* a reader that went away is seen by fflush() */
	signal(SIGPIPE, SIG_IGN);
}

static int run(const struct kap_args *args)
{
	struct monitor m = {
		.json = args->options & KAP_ARG_JSON,
		.journal = kap_journal_is_stdout(),
	};
	int ret = kap_sysfs_require();

	if (ret != KAP_EXIT_OK)
		return ret;
	kap_output_no_json();
	catch_signals();
	if (!kap_events_open(args->options & KAP_ARG_ALL))
		return KAP_EXIT_FAILED;
	kap_cgroups_start(&m.cgroups);
	ret = watch(&m);
	kap_events_close();
	kap_cgroups_free(&m.cgroups);
	kap_live_free(&m.live);
	return ret;
}

const struct kap_command cmd_monitor = {
	.name = "monitor",
	.operands = "",
	.summary = "print dead peers found, and changes put right, as they happen",
	.help = "Runs until it is interrupted. A line each: the connection, the rule, the program\n"
		"where it can be told, and the cgroup. With --json, one object a line. As a\n"
		"service, writes to the journal with the fields EVENT, RULE, RULE_ID, PROGRAM,\n"
		"CGROUP, DIR, LOCAL and REMOTE. Says how many events were lost, if any.\n",
	.options = KAP_ARG_ALL,
	.run = run,
};

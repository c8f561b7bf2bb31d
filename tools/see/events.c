// SPDX-License-Identifier: GPL-2.0
/*
 * The events go to a tracing instance of our own, so whoever else traces is
 * not disturbed. It is named after us: one that a killed kapctl left behind is
 * taken away by the next.
 */
#include "see/events.h"

#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tracefs/tracefs.h>
#include <unistd.h>

#include "base/diag.h"

#define SYSTEM	"kapolicy"
#define PREFIX	"kapctl-"

static const char * const names[] = {
	[KAP_EVENT_TIMED_OUT] = "kapolicy_timed_out",
	[KAP_EVENT_HELD] = "kapolicy_held",
	[KAP_EVENT_APPLY] = "kapolicy_apply",
};

/* One kapctl runs one command, so there is one state. */
static struct {
	struct tracefs_instance *instance;
	struct tep_handle *tep;
	kap_event_fn fn;
	void *data;
	unsigned long long lost;
	bool any;
} state;

static void remove_stale(const char *tracing)
{
	char *path, *instance;
	struct dirent *d;
	DIR *dir;

	if (asprintf(&path, "%s/instances", tracing) < 0)
		abort();
	dir = opendir(path);
	while (dir && (d = readdir(dir))) {
		if (strncmp(d->d_name, PREFIX, strlen(PREFIX)) ||
		    !kill(atoi(d->d_name + strlen(PREFIX)), 0) ||
		    errno != ESRCH)
			continue;
		if (asprintf(&instance, "%s/%s", path, d->d_name) < 0)
			abort();
		rmdir(instance);
		free(instance);
	}
	if (dir)
		closedir(dir);
	free(path);
}

/**
 * kap_events_open - begin to collect events
 * @all: also those of every connection that a rule is given to
 *
 * Return: whether it works; if not, reported.
 */
bool kap_events_open(bool all)
{
	static const char * const systems[] = { SYSTEM, NULL };
	const char *tracing = tracefs_tracing_dir();
	char name[32];
	int kind;

	if (!tracing) {
		kap_diag_error("tracefs is not there, or may not be read: root is needed, and a kernel with CONFIG_EVENT_TRACING");
		return false;
	}
	remove_stale(tracing);
	snprintf(name, sizeof(name), PREFIX "%d", getpid());
	state.instance = tracefs_instance_create(name);
	if (!state.instance) {
		kap_diag_error("%s/instances/%s: %s", tracing, name,
			       strerror(errno));
		return false;
	}
	state.tep = tracefs_local_events_system(tracing, systems);
	for (kind = 0; state.tep && kind <= KAP_EVENT_APPLY; kind++) {
		if (kind == KAP_EVENT_APPLY && !all)
			break;
		/* a module of before the event knows no such thing */
		if (tracefs_event_enable(state.instance, SYSTEM, names[kind]) &&
		    kind == KAP_EVENT_TIMED_OUT)
			break;
	}
	if (kind > KAP_EVENT_TIMED_OUT)
		return true;
	kap_diag_error("%s/events/%s: %s", tracing, SYSTEM, strerror(errno));
	kap_events_close();
	return false;
}

/**
 * kap_events_close - leave nothing behind
 */
void kap_events_close(void)
{
	if (state.tep)
		tep_free(state.tep);
	if (state.instance) {
		tracefs_event_disable(state.instance, SYSTEM, NULL);
		tracefs_instance_destroy(state.instance);
		tracefs_instance_free(state.instance);
	}
	memset(&state, 0, sizeof(state));
}

static u64 number(struct tep_event *event, struct tep_record *record,
		  const char *field)
{
	unsigned long long value = 0;

	tep_get_field_val(NULL, event, field, record, &value, 0);
	return value;
}

static void take_addr(struct kap_conn *c, int end, struct tep_event *event,
		      struct tep_record *record, const char *field)
{
	struct sockaddr_in6 in6;
	struct sockaddr_in in;
	int len = 0, i;
	const void *raw = tep_get_field_raw(NULL, event, field, record, &len,
					    0);

	if (!raw || len < (int)sizeof(in6))
		return;
	memcpy(&in6, raw, sizeof(in6));
	memcpy(&in, raw, sizeof(in));
	c->v4 = in.sin_family == AF_INET;
	if (c->v4) {
		c->addr[end].lo = ntohl(in.sin_addr.s_addr);
		return;
	}
	for (i = 0; i < 8; i++) {
		c->addr[end].hi = c->addr[end].hi << 8 |
				  in6.sin6_addr.s6_addr[i];
		c->addr[end].lo = c->addr[end].lo << 8 |
				  in6.sin6_addr.s6_addr[i + 8];
	}
}

static void take_values(struct kap_values *v, struct tep_event *event,
			struct tep_record *record, const char *suffix)
{
	char field[32];

	snprintf(field, sizeof(field), "keepalive%s", suffix);
	v->keepalive = number(event, record, field);
	snprintf(field, sizeof(field), "idle%s", suffix);
	v->idle = number(event, record, field);
	snprintf(field, sizeof(field), "intvl%s", suffix);
	v->intvl = number(event, record, field);
	snprintf(field, sizeof(field), "cnt%s", suffix);
	v->cnt = number(event, record, field);
	snprintf(field, sizeof(field), "user_timeout%s", suffix);
	v->user_timeout = number(event, record, field);
}

static int take_event(struct tep_event *event, struct tep_record *record,
		      int cpu, void *data)
{
	struct kap_event e = { 0 };
	size_t kind;

	(void)cpu;
	(void)data;
	for (kind = 0; kind < ARRAY_SIZE(names); kind++) {
		if (!strcmp(event->name, names[kind]))
			break;
	}
	if (kind == ARRAY_SIZE(names))
		return 0;
	e.kind = kind;
	e.rule = number(event, record, "rule");
	e.pid = tep_data_pid(state.tep, record);
	e.conn.cgroup_id = number(event, record, "cgroup");
	e.conn.dir = number(event, record, "dir");
	e.conn.port[0] = number(event, record, "lport");
	e.conn.port[1] = number(event, record, "rport");
	take_addr(&e.conn, 0, event, record, "laddr");
	take_addr(&e.conn, 1, event, record, "raddr");
	take_values(&e.before, event, record, "_before");
	take_values(&e.after, event, record, "");
	state.any = true;
	state.fn(&e, state.data);
	return 0;
}

/* Since the beginning, of all processors. */
static unsigned long long count_lost(void)
{
	static const char * const marks[] = { "overrun: ", "dropped events: " };
	long cpu, cpus = sysconf(_SC_NPROCESSORS_CONF);
	unsigned long long lost = 0;
	size_t i;

	for (cpu = 0; cpu < cpus; cpu++) {
		char file[64], *text;

		snprintf(file, sizeof(file), "per_cpu/cpu%ld/stats", cpu);
		text = tracefs_instance_file_read(state.instance, file, NULL);
		for (i = 0; text && i < ARRAY_SIZE(marks); i++) {
			const char *at = strstr(text, marks[i]);

			if (at)
				lost += strtoull(at + strlen(marks[i]), NULL,
						 10);
		}
		free(text);
	}
	return lost;
}

/**
 * kap_events_read - take what has come
 * @fn: called for each event
 * @data: for @fn
 * @lost: how many were lost since the last call
 *
 * Return: whether there was any.
 */
bool kap_events_read(kap_event_fn fn, void *data, unsigned long long *lost)
{
	unsigned long long total;

	state.fn = fn;
	state.data = data;
	state.any = false;
	*lost = 0;
	tracefs_iterate_raw_events(state.tep, state.instance, NULL, 0,
				   take_event, NULL);
	if (!state.any)
		return false;
	total = count_lost();
	*lost = total - state.lost;
	state.lost = total;
	return true;
}

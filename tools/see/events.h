/* SPDX-License-Identifier: GPL-2.0 */
/* The trace events of the module, as they come. */
#ifndef _KAPCTL_EVENTS_H
#define _KAPCTL_EVENTS_H

#include <stdbool.h>

#include "see/conn.h"

enum kap_event_kind { KAP_EVENT_TIMED_OUT, KAP_EVENT_HELD, KAP_EVENT_APPLY };

/**
 * struct kap_event - one of them
 * @kind: what happened
 * @rule: id of the rule
 * @conn: the ends, direction and cgroup id of the connection
 * @before: its options before
 * @after: its options afterwards
 * @pid: the task that was running
 */
struct kap_event {
	enum kap_event_kind kind;
	u64 rule;
	struct kap_conn conn;
	struct kap_values before;
	struct kap_values after;
	int pid;
};

typedef void (*kap_event_fn)(const struct kap_event *event, void *data);

bool kap_events_open(bool all);
bool kap_events_read(kap_event_fn fn, void *data, unsigned long long *lost);
void kap_events_close(void);

#endif /* _KAPCTL_EVENTS_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* Connections summed up by service, program, direction and port. */
#ifndef _KAPCTL_AUDIT_H
#define _KAPCTL_AUDIT_H

#include "see/conn.h"

struct kap_look;

/**
 * struct kap_group - connections that one rule would cover
 * @first: the first of them; the others have the same cgroup, program, @dir
 *	and service port
 * @n: how many
 * @unknown: of these, those whose options are not known
 * @never: of these, those that would never notice a dead peer when idle
 * @above: of these, those that would notice it later than is wanted
 * @idle_ms: the worst of them, idle
 * @busy_ms: the worst of them, with data in flight
 * @rule: the rule that wins the worst, or NULL
 * @applied: of @above, those that their rule would make good, were it applied
 * @clamp: a rule has to be mode=clamp to cover them, for what programs have set
 * @before: the lowest prio of rules that win one of @above; KAP_PRIO_DEFAULT + 1
 *	when none does
 */
struct kap_group {
	const struct kap_conn *first;
	unsigned int n;
	unsigned int unknown;
	unsigned int never;
	unsigned int above;
	unsigned int applied;
	u64 idle_ms;
	u64 busy_ms;
	const struct kap_entry *rule;
	bool clamp;
	unsigned int before;
};

/**
 * struct kap_audit - the result
 * @v: the groups, the worst first
 * @n: how many
 * @room: how many @v has room for
 * @max_ms: what is wanted
 * @detect: what rules would ask for to reach that, seconds
 * @conns: all connections that were looked at
 * @never: of these, those that would never notice a dead peer
 * @above: of these, those above @max_ms
 * @unknown: of these, those whose options are not known
 */
struct kap_audit {
	struct kap_group *v;
	size_t n;
	size_t room;
	u64 max_ms;
	unsigned int detect;
	unsigned int conns;
	unsigned int never;
	unsigned int above;
	unsigned int unknown;
};

bool kap_audit_make(struct kap_audit *audit, const struct kap_look *look,
		    u64 max_ms);
void kap_audit_free(struct kap_audit *audit);
char *kap_audit_suggest(const struct kap_audit *audit,
			const struct kap_group *g);

#endif /* _KAPCTL_AUDIT_H */

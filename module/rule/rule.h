/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A rule, and the key and values of a connection it is compared with.
 * Shared by the module, kapctl and the unit tests: no struct sock here.
 */
#ifndef _KAPOLICY_RULE_H
#define _KAPOLICY_RULE_H

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/percpu.h>
#include <linux/refcount.h>
#include <linux/types.h>

#include "rule/limits.h"

/* The keys of the language, in the order the canonical text has them. */
#define KAP_KEYS(X) \
	X(NAME, "name") \
	X(PRIO, "prio") \
	X(CGROUP, "cgroup") \
	X(DIR, "dir") \
	X(PORT, "port") \
	X(LPORT, "lport") \
	X(RPORT, "rport") \
	X(LADDR, "laddr") \
	X(RADDR, "raddr") \
	X(UID, "uid") \
	X(ACTION, "action") \
	X(KEEPALIVE, "keepalive") \
	X(IDLE, "idle") \
	X(INTVL, "intvl") \
	X(CNT, "cnt") \
	X(USER_TIMEOUT, "user_timeout") \
	X(DETECT, "detect") \
	X(MODE, "mode")

enum kap_word {
#define X(id, text) KAP_KEY_##id,
	KAP_KEYS(X)
#undef X
	KAP_KEY_NR
};

/* What a connection is matched by. The first KAP_U32_FIELDS fit a u32. */
enum kap_field {
	KAP_PORT,
	KAP_LPORT,
	KAP_RPORT,
	KAP_UID,
	KAP_DIR,
	KAP_U32_FIELDS,
	KAP_LADDR = KAP_U32_FIELDS,
	KAP_RADDR,
	KAP_INDEXED_FIELDS,
	KAP_CGROUP = KAP_INDEXED_FIELDS,
	KAP_FIELDS
};

enum kap_dir { KAP_OUT = 1, KAP_IN = 2 };

enum kap_mode { KAP_DEFAULT, KAP_CLAMP, KAP_FORCE };

/* The socket options a rule can set. */
enum kap_opt {
	KAP_OPT_KEEPALIVE	= BIT(0),
	KAP_OPT_IDLE		= BIT(1),
	KAP_OPT_INTVL		= BIT(2),
	KAP_OPT_CNT		= BIT(3),
	KAP_OPT_USER_TIMEOUT	= BIT(4),
};

/*
 * What is counted. For each new connection that a rule wins, the probe
 * increments exactly one of the first three; kap_rule_counts() relies on it.
 */
enum kap_count {
	KAP_COUNT_APPLIED,
	KAP_COUNT_APP_SET,
	KAP_COUNT_SKIPPED,
	KAP_COUNT_HELD,
	KAP_COUNT_TIMED_OUT,
	KAP_COUNT_NR
};

/**
 * struct kap_counts - the counters of a rule on one processor
 * @n: indexed by enum kap_count. Each wraps at the size of a long
 */
struct kap_counts {
	unsigned long n[KAP_COUNT_NR];
};

/* What is shown of it, in the order of the counters file: X(name, text) */
#define KAP_COUNTS(X) \
	X(MATCHED, "matched") \
	X(APPLIED, "applied") \
	X(APP_SET, "app_set") \
	X(HELD, "held") \
	X(TIMED_OUT, "timed_out")

enum kap_shown {
#define X(id, text) KAP_SHOWN_##id,
	KAP_COUNTS(X)
#undef X
	KAP_SHOWN_NR
};

/**
 * struct kap_values - the options of a socket, or those a rule asks for
 * @user_timeout: TCP_USER_TIMEOUT, ms
 * @idle: TCP_KEEPIDLE, seconds
 * @intvl: TCP_KEEPINTVL, seconds
 * @cnt: TCP_KEEPCNT
 * @keepalive: SO_KEEPALIVE
 *
 * In a socket's values, 0 is "not set by the application".
 */
struct kap_values {
	u32 user_timeout;
	u16 idle;
	u16 intvl;
	u8 cnt;
	u8 keepalive;
};

/* lo <= x <= hi */
struct kap_range {
	u32 lo;
	u32 hi;
};

/* An address in host order; an IPv4 one has hi == 0 and lo < 2^32. */
struct kap_addr {
	u64 hi;
	u64 lo;
};

/**
 * struct kap_prefix - an address prefix
 * @addr: its first address: host bits are zero
 * @len: prefix length, 0..32 or 0..128
 * @v4: an IPv4 prefix; an IPv4-mapped IPv6 prefix becomes one when parsed
 */
struct kap_prefix {
	struct kap_addr addr;
	u8 len;
	bool v4;
};

/**
 * struct kap_rule - one rule; one allocation, lists and strings at its end
 * @refs: held by every rule set and every open transaction it is part of
 * @prio: matching order, ascending; ties by @id
 * @fields: BIT(enum kap_field) of the match keys it has
 * @opts: enum kap_opt bits of the options it sets; 0 for action=skip
 * @mode: enum kap_mode
 * @dir: for KAP_DIR, as a range so that every u32 field is alike
 * @auto_timeout: user_timeout=auto, given or implied by detect=
 * @auto_off: "auto" gives no user timeout, because this kernel cannot hold or
 *	stall; set by kap_rule_auto_off() only
 * @values: what it sets; fields not in @opts are 0. With @auto_timeout,
 *	user_timeout is what "auto" comes to where the application has set
 *	nothing, so such connections need no decision; 0 where it is left out.
 * @n_ranges: elements of @ranges, for KAP_PORT .. KAP_DIR
 * @n_addrs: elements of @addrs, for KAP_LADDR and KAP_RADDR. A u16 is enough:
 *	a line cannot hold 65,536 different elements, and lists hold no others.
 * @id: unique since load, never used again; 0 until it has been added
 * @ranges: sorted, not overlapping
 * @addrs: sorted (IPv4 first), none inside another
 * @cgroup: pattern, or NULL
 * @name: or NULL
 * @counts: indexed by enum kap_count; updated by the probes while @percpu is
 *	NULL
 * @percpu: counters of each processor, or NULL; what is shown is the sum with
 *	@counts. Set once by kap_counters_alloc(), under the lock of policy.c;
 *	probes may be using the rule already
 *
 * All but @refs, @id, @counts, @percpu, @auto_off and the user timeout that goes with it
 * is constant from kap_parse_finish() on. @id is written once, by
 * kap_stage_add(). Both are written before the rule is published, so the probes
 * read them without a lock.
 */
struct kap_rule {
	refcount_t refs;
	u16 prio;
	u8 fields;
	u8 opts;
	u8 mode;
	u8 dir;
	bool auto_timeout;
	bool auto_off;
	struct kap_values values;
	u16 n_ranges[KAP_U32_FIELDS];
	u16 n_addrs[2];
	u64 id;
	struct kap_counts __percpu *percpu;
	const struct kap_range *ranges[KAP_U32_FIELDS];
	const struct kap_prefix *addrs[2];
	const char *cgroup;
	const char *name;
	atomic64_t counts[KAP_COUNT_NR];
};

#define KAP_KEY_WORDS	14

/**
 * struct kap_key - what a connection is matched by
 * @field: KAP_PORT .. KAP_DIR; KAP_PORT is the service port
 * @v4: both addresses are IPv4 (or were IPv4-mapped)
 * @addr: local, remote
 * @word: all of it for the index, which finds an IPv4 address in one of them
 * @cgroup: path of the socket's cgroup, or NULL when there is none to compare
 */
struct kap_key {
	union {
		struct {
			u32 field[KAP_U32_FIELDS];
			u32 v4;
			struct kap_addr addr[2];
		};
		u32 word[KAP_KEY_WORDS];
	};
	const char *cgroup;
};

void kap_rule_put(struct kap_rule *rule);

/**
 * kap_rule_get - take a reference
 * @rule: a rule the caller already holds, or finds in a rule set it holds
 *
 * Context: any.
 * Return: @rule.
 */
static inline struct kap_rule *kap_rule_get(struct kap_rule *rule)
{
	refcount_inc(&rule->refs);
	return rule;
}

/**
 * kap_rule_count - read one counter of a rule
 * @rule: the rule
 * @what: which
 *
 * Context: any.
 * Return: its sum over all processors.
 */
static inline u64 kap_rule_count(const struct kap_rule *rule,
				 enum kap_count what)
{
	struct kap_counts __percpu *percpu = READ_ONCE(rule->percpu);
	u64 n = atomic64_read(&rule->counts[what]);
	int cpu;

	if (!percpu)
		return n;
	for_each_possible_cpu(cpu)
		n += READ_ONCE(per_cpu_ptr(percpu, cpu)->n[what]);
	return n;
}

/**
 * kap_rule_counts - read what is shown of a rule's counters
 * @rule: the rule
 * @shown: the result, indexed by enum kap_shown; "matched" is a sum, so it is
 *	never less than "applied" and "app_set" together
 *
 * Context: any.
 */
static inline void kap_rule_counts(const struct kap_rule *rule,
				   u64 shown[KAP_SHOWN_NR])
{
	shown[KAP_SHOWN_APPLIED] = kap_rule_count(rule, KAP_COUNT_APPLIED);
	shown[KAP_SHOWN_APP_SET] = kap_rule_count(rule, KAP_COUNT_APP_SET);
	shown[KAP_SHOWN_HELD] = kap_rule_count(rule, KAP_COUNT_HELD);
	shown[KAP_SHOWN_TIMED_OUT] = kap_rule_count(rule, KAP_COUNT_TIMED_OUT);
	shown[KAP_SHOWN_MATCHED] = shown[KAP_SHOWN_APPLIED] +
		shown[KAP_SHOWN_APP_SET] +
		kap_rule_count(rule, KAP_COUNT_SKIPPED);
}

/**
 * kap_rule_auto_off - let "auto" give no user timeout
 * @rule: a rule that has not been published yet
 *
 * The canonical text still says user_timeout=auto.
 *
 * Context: any.
 */
static inline void kap_rule_auto_off(struct kap_rule *rule)
{
	if (!rule->auto_timeout)
		return;
	rule->auto_off = true;
	rule->values.user_timeout = 0;
}

/* Matching order: does @a come before @b? */
static inline bool kap_rule_before(const struct kap_rule *a,
				   const struct kap_rule *b)
{
	return a->prio != b->prio ? a->prio < b->prio : a->id < b->id;
}

#endif /* _KAPOLICY_RULE_H */

// SPDX-License-Identifier: GPL-2.0
/*
 * The index against kap_match_walk(): random rule sets and connections.
 *
 *	index [COMPARISONS [RULES]]
 *
 * RULES is the size of the sets that are the worst known.
 * KAP_SEED=N repeats a run, with KAP_SET=M only its set number M.
 */
#include <malloc.h>
#include <time.h>

#include "index_sets.h"
#include "rule/addr.h"
#include "rule/format.h"
#include "rule/match.h"
#include "rules.h"
#include "ruleset/index.h"

#define COMPARISONS	10000000ULL
#define RULES_MOST	2000
#define CONNS		5000	/* for each set */
#define BIG_RULES	65536
#define BIG_CONNS	300
/* Times the memory of the rules themselves: linear is below, quadratic not. */
#define BIG_TIMES	10

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED true
#else
#define SANITIZED false
#endif

static u64 rule_id(const struct kap_rule *rule)
{
	return rule ? rule->id : 0;
}

static void note_key(const struct kap_key *key)
{
	char laddr[KAP_ADDR_TEXT], raddr[KAP_ADDR_TEXT];

	kap_addr_format(&key->addr[0], key->v4, laddr, sizeof(laddr));
	kap_addr_format(&key->addr[1], key->v4, raddr, sizeof(raddr));
	tap_note("  dir=%s laddr=%s lport=%u raddr=%s rport=%u uid=%u cgroup=%s",
		 key->field[KAP_DIR] == KAP_IN ? "in" : "out", laddr,
		 key->field[KAP_LPORT], raddr, key->field[KAP_RPORT],
		 key->field[KAP_UID], key->cgroup ? key->cgroup : "-");
}

static void note_rule(const char *by, const struct kap_rule *rule)
{
	static char text[TEXT_MAX];

	strcpy(text, "none");
	if (rule)
		kap_format_rule(rule, text, sizeof(text));
	tap_note("  %s: rule %llu: %s", by, rule_id(rule), text);
}

/* Where a run stands. */
struct run {
	u64 seed;
	u64 compared;
	u64 matched;
	u64 bad;
	u32 sets;
	const char *kind;
};

static void compare(struct run *run, const struct rule_set *set,
		    const struct kap_index *ix, const struct kap_key *key)
{
	struct kap_rule *walk = kap_match_walk(set->rule, set->n, key);
	struct kap_rule *found = kap_index_match(ix, key, NULL, NULL);
	struct kap_search s = { .best = set->n };

	/* as the probe does when it need not know the cgroup */
	if (walk == found && !kap_index_has_cgroups(ix))
		found = kap_index_find(ix, key, &s);
	run->compared++;
	run->matched += !!walk;
	if (walk == found || run->bad++ >= 3)
		return;
	tap_note("KAP_SEED=%llu KAP_SET=%u: %s, %u rules", run->seed, run->sets,
		 run->kind, set->n);
	note_key(key);
	note_rule("walk ", walk);
	note_rule("index", found);
}

static bool has_cgroups(const struct rule_set *set)
{
	u32 i;

	for (i = 0; i < set->n; i++) {
		if (set->rule[i]->cgroup)
			return true;
	}
	return false;
}

/* Of 1 to RULES_MOST rules: as many small sets as large ones. */
static u32 random_size(struct rnd *r)
{
	u32 most = 1U << rnd_below(r, 12);

	if (rnd_one_in(r, 50))
		return RULES_MOST;
	return min(rnd_range(r, (most + 1) / 2, most), (u32)RULES_MOST);
}

/* Each set depends on the seed and its number only. */
static void compare_set(struct run *run, const struct set_kind *kind,
			u64 conns)
{
	struct rnd r = rnd_from(run->seed * 1000003 + run->sets);
	struct kap_overlap why = { 0 };
	struct kap_index *ix;
	struct rule_set set;

	run->kind = kind->name;
	set_make(&set, kind, random_size(&r), &r);
	ix = kap_index_build(set.rule, set.n, &why);
	if (!ix)
		tap_bail("no index of %s, %u rules: %u overlap", kind->name, set.n, why.n);
	if (kap_index_has_cgroups(ix) != has_cgroups(&set) && !run->bad++)
		tap_note("KAP_SET=%u: kap_index_has_cgroups()", run->sets);
	while (conns--) {
		char path[PATH_ROOM];
		struct kap_key key;

		conn_random(&set, &r, &key, path);
		compare(run, &set, ix, &key);
	}
	kap_index_free(ix);
	set_free(&set);
}

static void test_random(u64 seed, u64 comparisons, const char *only)
{
	u64 per_set = min(comparisons / n_set_kinds / 8 + 1, (u64)CONNS);
	struct run run = { .seed = seed };
	u64 last = only ? strtoull(only, NULL, 0) + 1 : 0;

	if (only)
		run.sets = last - 1;
	for (; only ? run.sets < last : run.compared < comparisons; run.sets++)
		compare_set(&run, &set_kinds[run.sets % n_set_kinds], per_set);
	tap_note("%u sets, %llu comparisons, %llu %% matched", run.sets,
		 run.compared, 100 * run.matched / max(run.compared, 1ULL));
	tap_ok(!run.bad, "%llu random comparisons", run.compared);
	tap_ok(only || run.compared >= comparisons, "at least %llu of them",
	       comparisons);
	tap_ok(only || (run.matched > run.compared / 4 &&
			run.matched < run.compared - run.compared / 20),
	       "enough that match, enough that do not");
}

static u64 now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * 1000000ULL + t.tv_nsec / 1000;
}

static size_t heap(void)
{
	struct mallinfo2 m = mallinfo2();

	return m.uordblks + m.hblkhd;
}

static void test_big(const struct set_kind *kind, u64 seed, u32 n)
{
	struct rnd r = rnd_from(seed);
	struct run run = { .seed = seed, .kind = kind->name };
	u64 build_us, find_us = 0;
	struct kap_overlap why = { 0 };
	struct kap_index *ix;
	struct rule_set set;
	size_t before = heap(), rules, bytes;
	u32 i;

	set_make(&set, kind, n, &r);
	rules = heap() - before;
	before = heap();
	build_us = now_us();
	ix = kap_index_build(set.rule, n, &why);
	build_us = now_us() - build_us;
	if (!ix && why.n) {
		tap_note("%s: refused, %u rules overlap, from place %u to %u",
			 kind->name, why.n, why.first, why.last);
		tap_ok(true, "%u rules: %s", n, kind->name);
		set_free(&set);
		return;
	}
	if (!ix)
		tap_bail("out of memory");
	bytes = SANITIZED ? kap_index_bytes(ix) : heap() - before;
	for (i = 0; i < BIG_CONNS; i++) {
		char path[PATH_ROOM];
		struct kap_key key;
		u32 k;

		conn_random(&set, &r, &key, path);
		compare(&run, &set, ix, &key);
		find_us -= now_us();
		for (k = 0; k < 20; k++)
			kap_index_match(ix, &key, NULL, NULL);
		find_us += now_us();
	}
	tap_note("%s: index %zu bytes a rule (kap_index_bytes() says %zu), the rule itself %zu, built in %llu ms, %llu ns a lookup, %llu %% matched",
		 kind->name, bytes / n, kap_index_bytes(ix) / n, rules / n,
		 build_us / 1000, find_us * 1000 / (BIG_CONNS * 20),
		 100 * run.matched / run.compared);
	tap_ok(!run.bad && (SANITIZED || bytes < BIG_TIMES * rules),
	       "%u rules: %s", n, kind->name);
	kap_index_free(ix);
	set_free(&set);
}

static u32 count_big(void)
{
	u32 i, n = 0;

	for (i = 0; i < n_set_kinds; i++)
		n += set_kinds[i].adversarial;
	return n;
}

int main(int argc, char **argv)
{
	u64 comparisons = argc > 1 ? strtoull(argv[1], NULL, 0) : COMPARISONS;
	u32 big = SANITIZED ? BIG_RULES / 32 : BIG_RULES;
	const char *only = getenv("KAP_SET");
	u64 seed, start = now_us();
	u32 i;

	if (argc > 2)
		big = strtoul(argv[2], NULL, 0);
	tap_plan(3 + (only ? 0 : count_big()));
	seed = rnd_seed();
	test_random(seed, comparisons, only);
	for (i = 0; !only && i < n_set_kinds; i++) {
		if (set_kinds[i].adversarial)
			test_big(&set_kinds[i], seed, big);
	}
	tap_note("%llu s of CPU time", (now_us() - start) / 1000000);
	return tap_done();
}

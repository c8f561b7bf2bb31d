// SPDX-License-Identifier: GPL-2.0
/* stage.c, ruleset.c, policy.c: the life of a set of rules. */
#include "suites.h"

#include "fault.h"
#include "policy/policy.h"
#include "policy/stage.h"
#include "ruleset/index.h"
#include "world.h"

#define REPLACEMENTS	100

static void expect_refused(struct kunit *test, const char *text, int err,
			   const char *why)
{
	char *before = rules_read(test);
	u64 generation = rules_generation();

	KUNIT_EXPECT_EQ_MSG(test, rules_write(test, text), err, "%s", text);
	KUNIT_EXPECT_STREQ(test, rules_last_error(), why);
	KUNIT_EXPECT_STREQ(test, rules_read(test), before);
	KUNIT_EXPECT_EQ(test, rules_generation(), generation);
}

static void starts_empty(struct kunit *test)
{
	struct kap_ruleset *set = kap_policy_get();

	KUNIT_EXPECT_EQ(test, set->n, 0U);
	KUNIT_EXPECT_EQ(test, set->generation, 0ULL);
	KUNIT_EXPECT_EQ(test, set->next_id, 1ULL);
	kap_ruleset_put(set);
	KUNIT_EXPECT_STREQ(test, rules_read(test), "");
}

static void order_is_prio_then_age(struct kunit *test)
{
	rules_set(test, "idle=1s\nprio=5 idle=2s\nprio=2000 idle=3s\n"
			"prio=5 idle=4s\nprio=0 idle=5s\nidle=6s");
	KUNIT_EXPECT_STREQ(test, rules_read(test),
			   "add prio=0 keepalive=on idle=5s  # id=5\n"
			   "add prio=5 keepalive=on idle=2s  # id=2\n"
			   "add prio=5 keepalive=on idle=4s  # id=4\n"
			   "add keepalive=on idle=1s  # id=1\n"
			   "add keepalive=on idle=6s  # id=6\n"
			   "add prio=2000 keepalive=on idle=3s  # id=3\n");
}

static void ids_are_never_used_again(struct kunit *test)
{
	rules_set(test, "idle=1s\nidle=2s\nidle=3s");
	rules_set(test, "del id=3\nidle=4s");
	rules_set(test, "flush");
	rules_set(test, "idle=5s");
	KUNIT_EXPECT_STREQ(test, rules_read(test),
			   "add keepalive=on idle=5s  # id=5\n");
}

/* Rules that stay are the same rules, with what they have counted. */
static void a_rule_outlives_the_set(struct kunit *test)
{
	struct kap_ruleset *old, *new;
	long long matched;

	rules_set(test, "name=a idle=1s\nname=b idle=2s");
	old = kap_policy_get();
	atomic64_set(&old->order[1]->counts[KAP_COUNT_APPLIED], 7);
	rules_set(test, "del name=a\nprio=1 idle=3s");
	new = kap_policy_get();
	KUNIT_EXPECT_PTR_NE(test, old, new);
	KUNIT_ASSERT_EQ(test, new->n, 2U);
	KUNIT_EXPECT_PTR_EQ(test, new->order[1], old->order[1]);
	matched = atomic64_read(&new->order[1]->counts[KAP_COUNT_APPLIED]);
	KUNIT_EXPECT_EQ(test, matched, 7LL);
	kap_ruleset_put(old);
	kap_ruleset_put(new);
}

/* Whoever has an old set keeps it, whole, until he lets go. */
static void a_reader_keeps_the_old_set(struct kunit *test)
{
	struct kap_ruleset *old;
	struct kap_key key = { .v4 = true };
	long live;

	rules_set(test, "name=a port=80 idle=1s\ncgroup=/a idle=2s");
	old = kap_policy_get();
	rules_set(test, "flush");
	kapt_drain();
	live = kapt_live();
	KUNIT_ASSERT_EQ(test, old->n, 2U);
	KUNIT_EXPECT_STREQ(test, old->order[0]->name, "a");
	key.field[KAP_PORT] = 80;
	KUNIT_EXPECT_PTR_EQ(test, kap_index_match(old->index, &key, NULL,
						  NULL),
			    old->order[0]);
	kap_ruleset_put(old);
	KUNIT_EXPECT_LT(test, kapt_live(), live);
}

static void replaced_sets_are_freed(struct kunit *test)
{
	char text[128];
	long live;
	u32 i;

	kapt_drain();
	live = kapt_live();
	for (i = 1; i <= REPLACEMENTS; i++) {
		snprintf(text, sizeof(text),
			 "flush\nname=n%u cgroup=/c%u port=%u idle=1s\n"
			 "port=1-%u cnt=2",
			 i, i, i, i);
		rules_set(test, text);
	}
	KUNIT_EXPECT_EQ(test, rules_generation(), (u64)REPLACEMENTS);
	rules_set(test, "flush");
	kapt_drain();
	KUNIT_EXPECT_EQ(test, kapt_live(), live);
}

static void nothing_new_is_no_change(struct kunit *test)
{
	rules_set(test, "idle=1s");
	KUNIT_EXPECT_EQ(test, rules_generation(), 1ULL);
	rules_set(test, "\n# comment\n");
	rules_set(test, " \t ");
	KUNIT_EXPECT_EQ(test, rules_generation(), 1ULL);
	rules_set(test, "del id=1");
	KUNIT_EXPECT_EQ(test, rules_generation(), 2ULL);
	rules_set(test, "flush");
	KUNIT_EXPECT_EQ(test, rules_generation(), 2ULL);
}

/* Between the copy and its publication, another one was published. */
static void a_stale_stage_is_refused(struct kunit *test)
{
	struct kap_stage *st = kap_policy_edit();

	KUNIT_ASSERT_NOT_NULL(test, st);
	rules_set(test, "idle=1s");
	kap_stage_flush(st);
	KUNIT_EXPECT_EQ(test, (int)kap_policy_publish(st), (int)KAP_E_STALE);
	kap_stage_free(st);
	KUNIT_EXPECT_STREQ(test, rules_text(test), "keepalive=on idle=1s\n");
}

static void errors_change_nothing(struct kunit *test)
{
	rules_set(test, "name=a idle=1s\nname=b idle=2s");
	expect_refused(test, "flush\nname=a idle=1s\nport=2-1 idle=3s", -EINVAL,
		       "3:6-8: range ends before it starts\n");
	expect_refused(test, "idle=9s\nname=b idle=3s", -EEXIST,
		       "2:6-6: name taken by another rule\n");
	expect_refused(test, "del name=a\ndel name=a", -ENOENT,
		       "2:10-10: no rule has this name\n");
	expect_refused(test, "del id=1\n\n del id=17", -ENOENT,
		       "3:9-10: no rule has this id\n");
	/* an accepted write clears it */
	rules_set(test, "del name=a\nname=a idle=5s");
	KUNIT_EXPECT_STREQ(test, rules_last_error(), "");
}

static void set_applied(u32 place, long long n)
{
	struct kap_ruleset *set = kap_policy_get();

	atomic64_set(&set->order[place]->counts[KAP_COUNT_APPLIED], n);
	kap_ruleset_put(set);
}

/* "ID:COUNT ..." in matching order. */
static void expect_kept(struct kunit *test, const char *want)
{
	struct kap_ruleset *set = kap_policy_get();
	u64 counts[KAP_SHOWN_NR];
	char text[128];
	size_t len = 0;
	u32 i;

	text[0] = '\0';
	for (i = 0; i < set->n; i++) {
		kap_rule_counts(set->order[i], counts);
		len += scnprintf(text + len, sizeof(text) - len, "%s%llu:%llu",
				 i ? " " : "", set->order[i]->id,
				 counts[KAP_SHOWN_APPLIED]);
	}
	kap_ruleset_put(set);
	KUNIT_EXPECT_STREQ(test, (const char *)text, want);
}

static void a_reload_changes_nothing(struct kunit *test)
{
	struct kap_ruleset *old, *new;

	rules_set(test, "name=a idle=1s\nidle=2s\nprio=5 idle=3s\nidle=2s");
	set_applied(0, 30);
	set_applied(1, 10);
	set_applied(2, 20);
	expect_kept(test, "3:30 1:10 2:20 4:0");
	old = kap_policy_get();
	rules_set(test, "flush\nidle=3s prio=5\nidle=1s name=a keepalive=on\n"
			"idle=2000ms\nadd idle=2s");
	new = kap_policy_get();
	KUNIT_EXPECT_PTR_EQ(test, old, new);
	kap_ruleset_put(old);
	kap_ruleset_put(new);
	KUNIT_EXPECT_EQ(test, rules_generation(), 1ULL);
	rules_set(test, "del id=4\nidle=2s");
	rules_set(test, "name=b idle=9s\ndel name=b");
	rules_set(test, "begin\nflush\nidle=7s\nabort");
	KUNIT_EXPECT_EQ(test, rules_generation(), 1ULL);
	expect_kept(test, "3:30 1:10 2:20 4:0");
	/* nor were ids used up */
	rules_set(test, "idle=8s");
	expect_kept(test, "3:30 1:10 2:20 4:0 5:0");
}

static void a_rule_brought_back_is_the_same(struct kunit *test)
{
	rules_set(test, "name=a idle=1s\nname=b idle=2s\nname=c idle=3s");
	set_applied(0, 1);
	set_applied(1, 2);
	set_applied(2, 3);
	/* in the order of the file, not of the ids */
	rules_set(test, "flush\nname=c idle=3s\nname=new idle=4s\n"
			"name=a idle=1s\nname=b idle=5s");
	expect_kept(test, "3:3 4:0 1:1 5:0");
	KUNIT_EXPECT_EQ(test, rules_generation(), 2ULL);
	/* which is then the order for changes to come */
	rules_set(test, "del id=4\nprio=1 idle=9s");
	expect_kept(test, "6:0 3:3 1:1 5:0");
	/* another name, prio or value is another rule */
	rules_set(test, "del name=c\nname=d idle=3s");
	rules_set(test, "del id=1\nname=a idle=1s prio=999");
	rules_set(test, "del name=b\nname=b idle=5s mode=clamp");
	expect_kept(test, "6:0 8:0 7:0 9:0");
	/* one that was gone for a while as well */
	rules_set(test, "del id=7");
	rules_set(test, "name=d idle=3s");
	expect_kept(test, "6:0 8:0 9:0 10:0");
}

/* Rules that are alike are taken back in their order, each once. */
static void rules_that_are_alike(struct kunit *test)
{
	rules_set(test, "idle=1s\nidle=1s\nidle=2s\nidle=1s");
	set_applied(0, 1);
	set_applied(1, 2);
	set_applied(3, 4);
	rules_set(test, "del id=2\ndel id=4\nidle=1s\nidle=1s\nidle=1s");
	expect_kept(test, "1:1 3:0 2:2 4:4 5:0");
	rules_set(test, "flush\nidle=1s\nidle=1s");
	expect_kept(test, "1:1 2:2");
}

static void ids_of_a_set_in_any_order(struct kunit *test)
{
	rules_set(test, "idle=1s\nidle=2s\nidle=3s\nidle=4s");
	rules_set(test, "flush\nidle=3s\nidle=1s\nidle=4s\nidle=2s");
	expect_kept(test, "3:0 1:0 4:0 2:0");
	rules_set(test, "del id=1\ndel id=4");
	expect_kept(test, "3:0 2:0");
	expect_refused(test, "del id=2\ndel id=2", -ENOENT,
		       "2:8-8: no rule has this id\n");
	expect_refused(test, "del id=4", -ENOENT,
		       "1:8-8: no rule has this id\n");
	/* one that the same write adds has none yet */
	expect_refused(test, "idle=9s\ndel id=5", -ENOENT,
		       "2:8-8: no rule has this id\n");
	expect_refused(test, "flush\ndel id=2", -ENOENT,
		       "2:8-8: no rule has this id\n");
}

/* What was looked up before "flush" tells nothing about what comes behind it. */
static void flush_forgets_names_and_ids(struct kunit *test)
{
	rules_set(test, "idle=1s\nidle=2s");
	expect_refused(test, "del id=1\nflush\ndel id=2", -ENOENT,
		       "3:8-8: no rule has this id\n");
	rules_set(test, "name=a cnt=1\nname=b cnt=1\nname=c cnt=1\nflush\nname=c cnt=2");
	KUNIT_EXPECT_STREQ(test, rules_text(test),
			   "name=c keepalive=on cnt=2\n");
}

static void max_rules_bounds_what_is_added(struct kunit *test)
{
	kap_policy_set_max_rules(2);
	rules_set(test, "idle=1s\nidle=2s");
	expect_refused(test, "  idle=3s # one too many", -ENOSPC,
		       "1:3-9: more rules than max_rules\n");
	rules_set(test, "del id=1\nidle=3s");
	/* those that are there stay */
	kap_policy_set_max_rules(0);
	rules_set(test, "del id=2");
	expect_refused(test, "idle=4s", -ENOSPC,
		       "1:1-7: more rules than max_rules\n");
	KUNIT_EXPECT_STREQ(test, rules_text(test), "keepalive=on idle=3s\n");
}

static void the_set_knows_what_it_looks_at(struct kunit *test)
{
	struct kap_ruleset *set;

	rules_set(test, "port=80 idle=1s\nport=443 uid=5 idle=2s");
	set = kap_policy_get();
	KUNIT_EXPECT_EQ(test, set->fields, (u32)(BIT(KAP_PORT) | BIT(KAP_UID)));
	KUNIT_EXPECT_EQ(test, kap_ports_ref(set->ports, 81), KAP_REF_NONE);
	KUNIT_EXPECT_NE(test, kap_ports_ref(set->ports, 80) & KAP_REF_RULE, 0U);
	KUNIT_EXPECT_EQ(test, kap_ports_ref(set->ports, 443) & KAP_REF_RULE,
			0U);
	KUNIT_EXPECT_PTR_EQ(test, set->cgroups, NULL);
	kap_ruleset_put(set);
	rules_set(test, "cgroup=/a raddr=::/0 action=skip");
	set = kap_policy_get();
	KUNIT_EXPECT_EQ(test, set->fields,
			(u32)(BIT(KAP_PORT) | BIT(KAP_UID) | BIT(KAP_CGROUP) |
			      BIT(KAP_RADDR)));
	/* of no port it is said that there is nothing, or what */
	KUNIT_EXPECT_NE(test, kap_ports_ref(set->ports, 81), KAP_REF_NONE);
	KUNIT_EXPECT_EQ(test, kap_ports_ref(set->ports, 80) & KAP_REF_RULE, 0U);
	KUNIT_EXPECT_NOT_NULL(test, set->cgroups);
	kap_ruleset_put(set);
}

static struct kunit_case ruleset_cases[] = {
	KUNIT_CASE(starts_empty),
	KUNIT_CASE(order_is_prio_then_age),
	KUNIT_CASE(ids_are_never_used_again),
	KUNIT_CASE(a_rule_outlives_the_set),
	KUNIT_CASE(a_reader_keeps_the_old_set),
	KUNIT_CASE(replaced_sets_are_freed),
	KUNIT_CASE(nothing_new_is_no_change),
	KUNIT_CASE(a_stale_stage_is_refused),
	KUNIT_CASE(errors_change_nothing),
	KUNIT_CASE(a_reload_changes_nothing),
	KUNIT_CASE(a_rule_brought_back_is_the_same),
	KUNIT_CASE(rules_that_are_alike),
	KUNIT_CASE(ids_of_a_set_in_any_order),
	KUNIT_CASE(flush_forgets_names_and_ids),
	KUNIT_CASE(max_rules_bounds_what_is_added),
	KUNIT_CASE(the_set_knows_what_it_looks_at),
	{}
};

struct kunit_suite ruleset_suite = {
	.name = "kapolicy_ruleset",
	.init = world_init,
	.exit = world_exit,
	.test_cases = ruleset_cases,
};

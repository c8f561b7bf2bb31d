// SPDX-License-Identifier: GPL-2.0
#include "rules_file.h"

#include "conn/hook.h"
#include "fuzz.h"
#include "policy/policy.h"
#include "rule/format.h"
#include "ruleset/cgroup_cache.h"
#include "ruleset/counters.h"
#include "sysfs/view.h"
#include "sysfs/write.h"

/* Longest text of a set that was made by write(2). */
#define TEXT_ROOM	(RULES_MOST * (KAP_FORMAT_MAX + 1))

/* What this has no use for: connections, the cgroups they are in, readers. */
static bool attached;
/* Has an allocation failed? */
static bool starved;

struct delayed_work *pending_work;

int kap_hook_attach(struct kap_active *active, u32 hooks)
{
	void *probe;

	(void)active;
	if (attached || !hooks)
		return 0;
	/* can fail, as in the kernel */
	probe = kap_shim_alloc(1);
	attached = probe;
	free(probe);
	return attached ? 0 : -ENOMEM;
}

void kap_hook_restrict(u32 hooks)
{
	if (!hooks)
		attached = false;
}

bool kap_hook_can_hold(void)
{
	return true;
}

bool kap_hook_can_stall(void)
{
	return true;
}

void kap_hook_synchronize(void)
{
}

/* Nothing is counted here. */
int kap_counters_alloc(struct kap_rule *const *rules, u32 n)
{
	(void)rules;
	(void)n;
	return 0;
}

struct kap_cgroup_cache *kap_cgroup_cache_alloc(void)
{
	return kap_shim_alloc(1);
}

void kap_cgroup_cache_free(struct kap_cgroup_cache *cache)
{
	free(cache);
}

bool kap_view_file_closed(struct file *file)
{
	return file_count(file) == 1;
}

void rules_init(u32 max_rules)
{
	if (kap_policy_init() || kap_write_init())
		abort();
	kap_policy_set_max_rules(max_rules);
	starved = false;
}

void rules_exit(void)
{
	kap_write_exit();
	kap_policy_exit();
	if (pending_work)
		fail("work is left over");
}

/* For fput(). */
struct file *rules_open(void)
{
	struct file *file = calloc(1, sizeof(*file));

	if (!file)
		abort();
	return get_file(file);
}

/* Is the set in force one that may be? */
static void check_set(const struct kap_ruleset *set)
{
	u32 i, j;

	if (set->n > kap_policy_max_rules())
		fail("%u rules", set->n);
	for (i = 0; i < set->n; i++) {
		const struct kap_rule *rule = set->order[i];

		if (!rule->id || rule->id >= set->next_id)
			fail("id %llu, the next is %llu", rule->id,
			     set->next_id);
		if (i && set->order[i - 1]->prio > rule->prio)
			fail("rule %u out of order", i);
		for (j = 0; j < i; j++) {
			if (set->order[j]->id == rule->id)
				fail("id %llu twice", rule->id);
			if (rule->name && set->order[j]->name &&
			    !strcmp(set->order[j]->name, rule->name))
				fail("name %s twice", rule->name);
		}
	}
}

/* What a reader of the file gets, to be freed. */
char *rules_text(void)
{
	static char buf[TEXT_ROOM + 1];
	struct kap_ruleset *set = kap_policy_get();
	size_t len = 0;
	char *text;
	u32 i;

	check_set(set);
	for (i = 0; i < set->n; i++)
		len += kap_format_line(set->order[i], buf + len,
				       sizeof(buf) - len);
	kap_ruleset_put(set);
	text = strndup(buf, len);
	if (!text)
		abort();
	return text;
}

/*
 * Why the last write was refused, as last_error has it; KAP_E_NONE when it was
 * not.
 */
enum kap_error rules_error(struct kap_diag *diag)
{
	char text[256];
	ssize_t n = kap_write_last_error(text, sizeof(text));
	int at = 0, e;

	memset(diag, 0, sizeof(*diag));
	if (!n)
		return KAP_E_NONE;
	if (n < 0 || n >= (ssize_t)sizeof(text) || text[n] ||
	    text[n - 1] != '\n')
		fail("last_error has %zd bytes", n);
	text[n - 1] = '\0';
	if (sscanf(text, "%u:%u-%u: %n", &diag->line, &diag->col, &diag->end,
		   &at) != 3 || !at)
		fail("last_error: %s", text);
	for (e = KAP_E_NONE + 1; e < KAP_E_NR; e++) {
		if (!strcmp(text + at, kap_error_text(e)))
			diag->error = e;
	}
	if (!diag->error || !diag->line || !diag->col || diag->col > diag->end)
		fail("last_error: %s", text);
	return diag->error;
}

static u64 generation(void)
{
	struct kap_ruleset *set = kap_policy_get();
	u64 g = set->generation;

	kap_ruleset_put(set);
	return g;
}

/*
 * One write(2): all of it happens, or nothing, with a reason. Of its
 * allocations the @fail_at-th fails, if not 0.
 */
int rules_write(struct file *file, const char *buf, loff_t off, size_t len,
		unsigned int fail_at)
{
	char *before = rules_text(), *after, *copy = malloc(len);
	u64 g = generation(), now;
	enum kap_error error;
	struct kap_diag diag;
	bool counted;
	ssize_t ret;

	if (!copy)
		abort();
	memcpy(copy, buf, len);
	fail_alloc(fail_at);
	ret = kap_write(file, copy, off, len);
	/* a transaction keeps the error that ended it */
	starved |= alloc_failed();
	if (ret == -ENOMEM && !starved)
		fail("out of memory without a reason");
	fail_alloc(0);
	free(copy);
	now = generation();
	after = rules_text();
	error = rules_error(&diag);
	if (ret >= 0 ? (size_t)ret != len || error :
		       ret != kap_error_errno(error))
		fail("%zu bytes written: %zd, last_error %s", len, ret,
		     kap_error_name(error));
	if (ret < 0 ? now != g : now != g && now != g + 1)
		fail("generation %llu, was %llu, write %zd", now, g, ret);
	counted = now != g;
	if (counted != !!strcmp(before, after))
		fail("generation %llu, was %llu, rules:\n%s---\n%s", now, g,
		     before, after);
	free(before);
	free(after);
	return ret < 0 ? ret : 0;
}

/* What is read can be written back, and nothing has changed then. */
void rules_check_reload(void)
{
	char *before = rules_text(), *after, *text;
	struct file *file = rules_open();
	struct kap_diag diag;
	int len;

	len = asprintf(&text, "begin\nflush\n%scommit\n", before);
	if (len < 0)
		abort();
	if (rules_write(file, text, 0, len, 0))
		fail("reload refused: %s at %u:%u-%u",
		     kap_error_name(rules_error(&diag)), diag.line, diag.col,
		     diag.end);
	after = rules_text();
	if (strcmp(before, after))
		fail("reloaded rules differ:\n%s---\n%s", before, after);
	free(before);
	free(after);
	free(text);
	fput(file);
}

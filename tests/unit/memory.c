// SPDX-License-Identifier: GPL-2.0
/*
 * Out of memory, at each allocation in turn. LeakSanitizer, at the end of the
 * program, is what finds what was not freed.
 */
#include "rnd.h"
#include "rule/format.h"
#include "rules.h"
#include "ruleset/index.h"
#include "vec.h"

#define RULES 400

static u32 allocs;		/* since the last alloc_fail_at() */
static u32 fail_at;		/* the one to fail; 0: none */

void *kap_shim_alloc(size_t size)
{
	if (++allocs == fail_at)
		return NULL;
	return malloc(size);
}

static void alloc_fail_at(u32 which)
{
	allocs = 0;
	fail_at = which;
}

static void test_parser(void)
{
	struct kap_parser *p;

	alloc_fail_at(1);
	p = kap_parser_alloc();
	tap_ok(!p && allocs == 1, "kap_parser_alloc() gives NULL");
	kap_parser_free(p);
	alloc_fail_at(0);
}

/* Every accepted line of the vectors: refused with MEMORY, then accepted. */
static void test_rules(void)
{
	struct vec_file f;
	u32 i, bad = 0, failed = 0;

	vec_read(&f, "accept.txt");
	/* the parser itself, which is kept, is not what this is about */
	kap_rule_put(parse_rule_text("keepalive=on"));
	for (i = 0; i < f.n; i++) {
		struct parsed p;
		u32 which, col, end;
		size_t len;

		if (!vec_split(f.v[i].text))
			continue;
		len = vec_unescape(f.v[i].text);
		alloc_fail_at(0);
		parse_bytes(&p, f.v[i].text, len);
		if (p.err)
			tap_bail("%s", f.v[i].text);
		col = p.cmd.where.col;
		end = p.cmd.where.end;
		kap_rule_put(p.cmd.rule);
		for (which = allocs; which; which--) {
			alloc_fail_at(which);
			parse_bytes(&p, f.v[i].text, len);
			failed++;
			bad += !p.err || p.diag.error != KAP_E_MEMORY ||
			       p.err != -ENOMEM || p.cmd.rule ||
			       p.diag.col != col || p.diag.end != end;
		}
	}
	alloc_fail_at(0);
	tap_ok(!bad && failed >= f.n,
	       "%u failed allocations of rules give MEMORY", failed);
	vec_free(&f);
}

static struct kap_rule *random_rule(struct rnd *r)
{
	static const char * const cgroup[] = {
		"", "", "", " cgroup=/a", " cgroup=/a/*", " cgroup=/**/b",
		" cgroup=/c?/d",
	};
	char line[256];
	u32 lo = rnd_range(r, 1, 60000);

	snprintf(line, sizeof(line),
		 "rport=%u-%u lport=%u raddr=%u.0.0.0/%u,%x::/%u uid=%u-4000000000%s cnt=1",
		 lo, lo + rnd_below(r, 5000), rnd_range(r, 1, 65535),
		 rnd_below(r, 256), rnd_range(r, 0, 32), rnd_below(r, 65536),
		 rnd_range(r, 0, 128), rnd_below(r, 5),
		 cgroup[rnd_below(r, ARRAY_SIZE(cgroup))]);
	return parse_rule_text(line);
}

static void test_index(struct rnd *r, u32 n)
{
	struct kap_rule *rule[RULES];
	struct kap_overlap why;
	struct kap_index *ix;
	u32 i, which, total, bad = 0;

	for (i = 0; i < n; i++) {
		rule[i] = random_rule(r);
		rule[i]->id = i + 1;
	}
	alloc_fail_at(0);
	ix = kap_index_build(rule, n, &why);
	total = allocs;
	bad += !ix;
	kap_index_free(ix);
	for (which = 1; which <= total; which++) {
		alloc_fail_at(which);
		ix = kap_index_build(rule, n, &why);
		bad += !!ix || why.n;
		kap_index_free(ix);
	}
	alloc_fail_at(which);
	ix = kap_index_build(rule, n, &why);
	bad += !ix;
	kap_index_free(ix);
	alloc_fail_at(0);
	tap_ok(!bad, "%u failed allocations of an index of %u rules", total, n);
	for (i = 0; i < n; i++)
		kap_rule_put(rule[i]);
}

int main(void)
{
	static const u32 sizes[] = { 0, 1, 2, 5, 30, RULES };
	struct rnd r;
	size_t i;

	tap_plan(2 + ARRAY_SIZE(sizes));
	r = rnd_from(rnd_seed());
	test_parser();
	test_rules();
	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		test_index(&r, sizes[i]);
	return tap_done();
}

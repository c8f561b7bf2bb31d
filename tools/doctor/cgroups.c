// SPDX-License-Identifier: GPL-2.0
/* Can rules with cgroup= match: is cgroup2 mounted, do the paths exist? */
#include "doctor/doctor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/cgroup.h"

#define SHOWN	3
#define USUAL	"/sys/fs/cgroup"

/* Return the path up to its first component with "*" or "?". */
static size_t fixed_part(const char *pattern)
{
	size_t len = strcspn(pattern, "*?");

	if (!pattern[len])
		return len;
	while (len && pattern[len] != '/')
		len--;
	return len;
}

static bool exists(const char *mount, const char *pattern)
{
	char *path;
	bool there;

	if (asprintf(&path, "%s%.*s", mount, (int)fixed_part(pattern),
		     pattern) < 0)
		abort();
	there = !access(path, F_OK);
	free(path);
	return there;
}

static bool wanted(const struct kap_rules *rules)
{
	size_t i;

	for (i = 0; i < rules->n; i++) {
		if (rules->v[i].rule->cgroup)
			return true;
	}
	return false;
}

/* A stopped service has no cgroup, so a missing one is only a note. */
static void check_paths(const struct kap_rules *rules, const char *mount)
{
	size_t i, n = 0;

	for (i = 0; i < rules->n; i++) {
		const char *cgroup = rules->v[i].rule->cgroup;

		if (!cgroup || exists(mount, cgroup))
			continue;
		if (!n)
			kap_doctor_say(KAP_NOTE, "cgroups",
				       "rules wait for cgroups that are not there now");
		if (n++ < SHOWN) {
			char *name = kap_entry_name(&rules->v[i], NULL);

			kap_doctor_more("%s: %s", name, cgroup);
			free(name);
		}
	}
	if (n > SHOWN)
		kap_doctor_more("and %zu more", n - SHOWN);
	if (!n)
		kap_doctor_say(KAP_OK, "cgroups",
			       "cgroup2 is at %s, with all that rules name",
			       mount);
}

/**
 * kap_doctor_cgroups - can rules with cgroup= match?
 * @p: the rules
 */
void kap_doctor_cgroups(const struct kap_patient *p)
{
	const struct kap_rules *rules = p->has_live ? &p->live.rules :
						      &p->config.rules;
	char *mount;

	if (!wanted(&p->live.rules) && !wanted(&p->config.rules))
		return;
	if (!wanted(rules))
		rules = &p->config.rules;
	mount = kap_cgroup_mount();
	if (!mount) {
		kap_doctor_say(KAP_PROBLEM, "cgroups",
			       "rules have cgroup=, but cgroup2 is not mounted: no program is in such a cgroup");
		kap_doctor_fix("boot with systemd.unified_cgroup_hierarchy=1 on the kernel's command line");
		kap_doctor_fix("without systemd: mount -t cgroup2 cgroup2 " USUAL);
	} else if (strcmp(mount, USUAL)) {
		kap_doctor_say(KAP_NOTE, "cgroups",
			       "cgroup2 is at %s, beside cgroup v1: what is in a cgroup of v1 only, is in / for rules",
			       mount);
		kap_doctor_fix("boot with systemd.unified_cgroup_hierarchy=1 on the kernel's command line");
	}
	if (mount)
		check_paths(rules, mount);
	free(mount);
}

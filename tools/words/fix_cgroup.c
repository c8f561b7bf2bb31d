// SPDX-License-Identifier: GPL-2.0
/* Paths of cgroups as other programs write them. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/sys_dir.h"
#include "rule/rule.h"
#include "words/repair.h"
#include "words/unit.h"

#define ID_MIN		12	/* hexadecimal digits of a container's short id */
#define DEPTH_MAX	12
#define LOOKED_MAX	20000	/* cgroups looked at before giving up */

/* A search for the cgroup that @name may mean. */
struct search {
	const char *name;
	bool part;	/* @name is a part of its last component */
	int looked;
	char *path;
};

static bool is_called(const struct search *s, const char *entry)
{
	size_t len = strlen(s->name);

	if (s->part)
		return strstr(entry, s->name);
	if (strncmp(entry, s->name, len))
		return false;
	return !entry[len] || (entry[len] == '.' && !strchr(entry + len + 1, '.') &&
			       kap_unit_is(entry, strlen(entry)));
}

/* Looks below @dir, whose path for rules begins at @skip. */
static void search_below(struct search *s, const char *dir, size_t skip,
			 int depth)
{
	DIR *d = opendir(dir);
	struct dirent *entry;

	while (d && !s->path && s->looked < LOOKED_MAX && (entry = readdir(d))) {
		char *below;

		if (entry->d_type != DT_DIR || *entry->d_name == '.')
			continue;
		s->looked++;
		if (asprintf(&below, "%s/%s", dir, entry->d_name) < 0)
			abort();
		if (is_called(s, entry->d_name))
			s->path = strdup(below + skip);
		else if (depth < DEPTH_MAX)
			search_below(s, below, skip, depth + 1);
		free(below);
	}
	if (d)
		closedir(d);
}

/* The cgroup of this host that has a name; NULL when there is none. */
static char *find_cgroup(struct kap_text name, bool part)
{
	char *text = strndup(name.s, kap_word_length(name)), *root, *unified;
	struct search s = { .name = text, .part = part };

	if (asprintf(&root, "%s/fs/cgroup", kap_sys_dir()) < 0 ||
	    asprintf(&unified, "%s/unified", root) < 0)
		abort();
	if (!access(unified, F_OK))
		search_below(&s, unified, strlen(unified), 0);
	else
		search_below(&s, root, strlen(root), 0);
	free(unified);
	free(root);
	free(text);
	return s.path;
}

static bool is_container_id(struct kap_text t)
{
	const char *s;

	for (s = t.s; s < t.end; s++) {
		if (!(*s >= '0' && *s <= '9') && !(*s >= 'a' && *s <= 'f'))
			return false;
	}
	return kap_word_length(t) >= ID_MIN;
}

/* Without a slash: the name of a container, a unit or another cgroup. */
static void fix_no_path(const struct kap_problem *p, struct kap_repair *r)
{
	struct kap_text v = p->value;
	int len = kap_word_length(v);
	bool id = is_container_id(v);
	char *path = find_cgroup(v, id), *unit;

	if (path) {
		kap_repair_hint(r, "a path is needed; on this host it is:");
		kap_repair_replace(r, v, "%s", path);
	} else if (id) {
		kap_repair_hint(r, "no container of this id runs here; wherever it runs:");
		kap_repair_replace(r, v, "/**/*%.*s*", len, v.s);
	} else {
		unit = kap_unit_path(v.s, len);
		kap_repair_hint(r, unit ? "of a systemd unit, the name is enough:" :
					  "a path is needed, as ss --cgroup prints it");
		if (unit)
			kap_repair_replace(r, p->word, "unit=%.*s%s", len, v.s,
					   kap_unit_is(v.s, len) ? "" : ".service");
		free(unit);
	}
	free(path);
}

/* "/sys/fs/cgroup/x" and "/sys/fs/cgroup/unified/x" are "/x" for rules. */
static bool fix_file_system(const struct kap_problem *p, struct kap_repair *r)
{
	static const char * const fronts[] = {
		"/sys/fs/cgroup/unified", "/sys/fs/cgroup",
	};
	size_t i;

	for (i = 0; i < sizeof(fronts) / sizeof(fronts[0]); i++) {
		size_t n = strlen(fronts[i]);

		if (kap_word_length(p->value) < n ||
		    memcmp(p->value.s, fronts[i], n))
			continue;
		kap_repair_hint(r, "as ss --cgroup prints it:");
		kap_repair_replace(r, (struct kap_text){ p->value.s, p->value.s + n },
				   "%s", p->value.s + n < p->value.end ? "" : "/");
		return true;
	}
	return false;
}

/* "0::/system.slice/x.service", as /proc/PID/cgroup has it. */
static bool fix_proc(const struct kap_problem *p, struct kap_repair *r)
{
	if (strncmp(p->value.s, "0::/", 4))
		return false;
	kap_repair_hint(r, "the path begins at the slash");
	kap_repair_replace(r, (struct kap_text){ p->value.s, p->value.s + 3 },
			   "%s", "");
	return true;
}

/* Two slashes in a row, or two stars among other characters, become one. */
static void fix_twice(const struct kap_problem *p, struct kap_repair *r)
{
	struct kap_text at = p->at;

	if (p->error == KAP_E_CGROUP_EMPTY) {
		kap_repair_hint(r, "one slash between two names");
		kap_repair_replace(r, at, "%s", "");
		return;
	}
	kap_repair_hint(r, "* for any characters within a name, /**/ for any names between");
	while (at.s + 1 < at.end && (at.s[0] != '*' || at.s[1] != '*'))
		at.s++;
	for (at.end = at.s; *at.end == '*'; at.end++)
		;
	kap_repair_replace(r, at, "*");
}

/**
 * kap_fix_cgroup - a path that the parser does not read
 * @p: the problem
 * @r: gets what is meant
 *
 * Return: whether that is known.
 */
bool kap_fix_cgroup(const struct kap_problem *p, struct kap_repair *r)
{
	static const char * const any[] = { "*", "**", "any", "all", NULL };

	if (p->key != KAP_KEY_CGROUP || !p->value.s)
		return false;
	if (p->error == KAP_E_CGROUP_EMPTY || p->error == KAP_E_CGROUP_STARS) {
		fix_twice(p, r);
	} else if (fix_file_system(p, r) || fix_proc(p, r)) {
		return true;
	} else if (kap_word_is(p->value, any)) {
		kap_repair_hint(r, "a key that is left out matches everything");
		kap_repair_drop(r, p->word);
	} else if (memchr(p->value.s, '/', kap_word_length(p->value))) {
		kap_repair_hint(r, "a path begins with a slash");
		kap_repair_replace(r, (struct kap_text){ p->value.s, p->value.s },
				   "/");
	} else {
		fix_no_path(p, r);
	}
	return true;
}

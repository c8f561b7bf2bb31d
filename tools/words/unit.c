// SPDX-License-Identifier: GPL-2.0
/*
 * Where systemd runs, it is asked. For patterns, and for units that it does not
 * know, the path is made from the name by systemd's naming rules.
 */
#include "words/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/run.h"

#define NAME_MAX_LEN	255

static bool has_suffix(const char *name, size_t len, const char *suffix)
{
	size_t n = strlen(suffix);

	return len > n && !memcmp(name + len - n, suffix, n);
}

static bool has_one_of(const char *name, size_t len, const char *const *suffix)
{
	for (; *suffix; suffix++) {
		if (has_suffix(name, len, *suffix))
			return true;
	}
	return false;
}

static bool has_type(const char *name, size_t len)
{
	static const char * const types[] = {
		".service", ".socket", ".slice", ".scope", ".mount", ".swap",
		NULL,
	};

	return has_one_of(name, len, types);
}

/* These units have no processes: what they start is another unit. */
static bool is_without_cgroup(const char *name, size_t len)
{
	static const char * const types[] = {
		".timer", ".target", ".path", ".device", ".automount", NULL,
	};

	return has_one_of(name, len, types);
}

/**
 * kap_unit_is - is this the name of a unit that can have a cgroup?
 * @name: the name, with its type; may be a pattern
 * @len: its length
 *
 * Return: whether it is.
 */
bool kap_unit_is(const char *name, size_t len)
{
	static const char more[] = ":-_.\\@*?";
	size_t i;

	if (len > NAME_MAX_LEN || !has_type(name, len))
		return false;
	for (i = 0; i < len; i++) {
		char c = name[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
		    !(c >= '0' && c <= '9') && !memchr(more, c, strlen(more)))
			return false;
	}
	return true;
}

/* systemd puts an underscore in front of names of the kernel's own files. */
static bool needs_escape(const char *name)
{
	static const char * const controllers[] = {
		"cpu", "cpuacct", "cpuset", "io", "blkio", "memory", "devices",
		"pids", "hugetlb", "rdma", "misc", "freezer", "net_cls",
		"net_prio", "perf_event",
	};
	size_t i;

	if (*name == '_' || *name == '.' || !strncmp(name, "cgroup.", 7))
		return true;
	for (i = 0; i < sizeof(controllers) / sizeof(controllers[0]); i++) {
		size_t n = strlen(controllers[i]);

		if (!strncmp(name, controllers[i], n) && name[n] == '.')
			return true;
	}
	return false;
}

static void add_component(FILE *out, const char *name)
{
	fprintf(out, "/%s%s", needs_escape(name) ? "_" : "", name);
}

/* "a-b.slice" lies in "a.slice"; "-.slice" is the root. */
static void add_slice(FILE *out, const char *slice)
{
	size_t i, len = strlen(slice) - strlen(".slice");
	char part[NAME_MAX_LEN + 1];

	for (i = 1; i <= len; i++) {
		if (i < len && slice[i] != '-')
			continue;
		snprintf(part, sizeof(part), "%.*s.slice", (int)i, slice);
		if (strcmp(part, "-.slice"))
			add_component(out, part);
	}
}

/* Instances of a template have a slice of their own: its name, escaped. */
static void add_default_slice(FILE *out, const char *name)
{
	const char *at = strchr(name, '@'), *s;
	char slice[4 * NAME_MAX_LEN + 16] = "system-", *to = slice + 7;

	if (!at || !has_suffix(name, strlen(name), ".service")) {
		add_slice(out, "system.slice");
		return;
	}
	for (s = name; s < at; s++) {
		if (*s == '-')
			to = stpcpy(to, "\\x2d");
		else
			*to++ = *s;
	}
	strcpy(to, ".slice");
	add_slice(out, slice);
}

/* The value behind "KEY=" in what systemctl prints, or NULL; cuts @text. */
static char *property(char *text, const char *key)
{
	size_t len = strlen(key);
	char *line, *rest = text;

	while ((line = strsep(&rest, "\n"))) {
		if (!strncmp(line, key, len) && line[len] == '=')
			return line[len + 1] ? line + len + 1 : NULL;
	}
	return NULL;
}

/* Ask systemd for a property of a unit. Returns NULL if it has none. */
static char *ask(char *name, char *key)
{
	char *const argv[] = {
		"systemctl", "show", "-p", key, "--", name, NULL,
	};
	char text[4096], *value;

	if (access("/run/systemd/system", F_OK) || strpbrk(name, "*?") ||
	    kap_run(argv, text, sizeof(text)))
		return NULL;
	value = property(text, key);
	return value ? strdup(value) : NULL;
}

/* A unit that does not run has no cgroup, but systemd may know its slice. */
static void add_parent(FILE *out, char *unit)
{
	char *slice = ask(unit, "Slice");

	if (slice && has_suffix(slice, strlen(slice), ".slice"))
		add_slice(out, slice);
	else
		add_default_slice(out, unit);
	free(slice);
}

/**
 * kap_unit_path - the cgroup of a unit
 * @name: its name; without a type it is a service, as for systemctl
 * @len: its length
 *
 * Return: the path, to be freed; NULL when it is no name of a unit.
 */
char *kap_unit_path(const char *name, size_t len)
{
	char unit[NAME_MAX_LEN + 16], *path;
	size_t size;
	FILE *out;

	if (len > NAME_MAX_LEN || is_without_cgroup(name, len))
		return NULL;
	snprintf(unit, sizeof(unit), "%.*s%s", (int)len, name,
		 has_type(name, len) ? "" : ".service");
	if (!kap_unit_is(unit, strlen(unit)))
		return NULL;
	path = ask(unit, "ControlGroup");
	if (path)
		return path;
	out = open_memstream(&path, &size);
	if (!out)
		abort();
	if (has_suffix(unit, strlen(unit), ".slice")) {
		add_slice(out, unit);
	} else {
		add_parent(out, unit);
		add_component(out, unit);
	}
	fclose(out);
	return path;
}

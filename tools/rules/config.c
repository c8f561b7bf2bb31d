// SPDX-License-Identifier: GPL-2.0
#include "rules/config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

struct list {
	char **path;
	size_t n;
	size_t room;
};

static void append(struct list *list, const char *dir, const char *name)
{
	list->path = kap_mem_grow(list->path, list->n, &list->room,
				  sizeof(*list->path));
	if (asprintf(&list->path[list->n++], "%s%s", dir, name) < 0)
		abort();
}

static void report(const char *path, const char *message)
{
	struct kap_place at = { .file = path };

	kap_diag_report(KAP_ERROR, &at, "%s", message);
}

/* Backups of editors and packages are hidden, or do not end in .conf. */
static int is_conf(const struct dirent *entry)
{
	static const char end[] = ".conf";
	size_t len = strlen(entry->d_name);

	return entry->d_name[0] != '.' && len >= strlen(end) &&
	       !strcmp(entry->d_name + len - strlen(end), end);
}

/* In the order of bytes, which is the same in every locale. */
static int cmp_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static bool list_more(struct list *list)
{
	struct dirent **entry;
	int i, n = scandir(KAP_CONFIG_MORE, &entry, is_conf, cmp_name);

	if (n < 0 && errno == ENOENT)
		return true;
	if (n < 0) {
		report(KAP_CONFIG_MORE, strerror(errno));
		return false;
	}
	for (i = 0; i < n; i++) {
		append(list, KAP_CONFIG_MORE "/", entry[i]->d_name);
		free(entry[i]);
	}
	free(entry);
	return true;
}

/* The files in /etc; rules.conf is one of them unless nothing has its name. */
static bool list_etc(struct list *list, bool *none)
{
	/* a dangling link is listed: the error comes when it is read */
	if (!faccessat(AT_FDCWD, KAP_CONFIG_FILE, F_OK, AT_SYMLINK_NOFOLLOW) ||
	    errno != ENOENT)
		append(list, KAP_CONFIG_FILE, "");
	if (!list_more(list))
		return false;
	*none = !list->n;
	if (*none)
		report(KAP_CONFIG_FILE,
		       "No such file, nor a " KAP_CONFIG_MORE "/*.conf");
	return !*none;
}

/**
 * kap_config_read - read files, or say why not
 * @config: the result; free it whatever comes back
 * @path: the files, - being stdin
 * @n: how many; 0 for those in /etc
 *
 * Return: whether all could be read.
 */
bool kap_config_read(struct kap_config *config, char *const *path, size_t n)
{
	struct list list = { 0 };
	bool ok = true;
	size_t i;

	memset(config, 0, sizeof(*config));
	for (i = 0; i < n; i++)
		append(&list, path[i], "");
	if (!n)
		ok = list_etc(&list, &config->none);
	config->path = list.path;
	config->n = list.n;
	config->source = kap_mem_alloc(list.n * sizeof(*config->source));
	config->count = kap_mem_alloc(list.n * sizeof(*config->count));
	for (i = 0; i < list.n; i++)
		ok &= kap_source_read(&config->source[i], list.path[i]);
	return ok;
}

/**
 * kap_config_parse - read the rules of the files
 * @config: the files; gets their rules
 *
 * Return: whether all are in order; if not, each error has been reported.
 */
bool kap_config_parse(struct kap_config *config)
{
	bool ok = true;
	size_t i, before;

	for (i = 0; i < config->n; i++) {
		before = config->rules.n;
		ok &= kap_rules_parse(&config->rules, &config->source[i]);
		config->count[i] = config->rules.n - before;
	}
	return ok;
}

/**
 * kap_config_free - free it
 * @config: what kap_config_read() has filled in
 */
void kap_config_free(struct kap_config *config)
{
	size_t i;

	kap_rules_free(&config->rules);
	for (i = 0; i < config->n; i++) {
		kap_source_free(&config->source[i]);
		free(config->path[i]);
	}
	free(config->path);
	free(config->source);
	free(config->count);
}

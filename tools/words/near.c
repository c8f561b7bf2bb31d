// SPDX-License-Identifier: GPL-2.0
#include "words/near.h"

#include <stddef.h>
#include <string.h>

/* What systemctl, nft, ip, git and shells call a command. */
static const struct {
	const char *name;
	const char *command;
} synonyms[] = {
	{ "list", "show" }, { "ls", "show" }, { "status", "show" },
	{ "print", "show" }, { "get", "show" }, { "rules", "show" },
	{ "insert", "add" }, { "append", "add" }, { "new", "add" },
	{ "set", "replace" }, { "change", "replace" }, { "update", "replace" },
	{ "edit", "replace" }, { "modify", "replace" },
	{ "delete", "del" }, { "rm", "del" }, { "remove", "del" },
	{ "destroy", "del" }, { "clear", "flush" }, { "reset", "flush" },
	{ "reload", "load" }, { "restart", "load" }, { "restore", "load" },
	{ "import", "load" }, { "export", "save" }, { "dump", "save" },
	{ "backup", "save" }, { "validate", "check" }, { "lint", "check" },
	{ "verify", "check" }, { "counters", "stats" }, { "ss", "connections" },
	{ "netstat", "connections" }, { "sockets", "connections" },
	{ "watch", "monitor" }, { "events", "monitor" }, { "log", "monitor" },
	{ "start", "enable" }, { "on", "enable" }, { "stop", "disable" },
	{ "off", "disable" }, { "diagnose", "doctor" }, { "debug", "doctor" },
};

/* Letters to insert, remove, change or swap to make one word of another. */
static size_t distance(const char *a, const char *b)
{
	size_t row[3][KAP_NEAR_MAX + 1], i, j, n = strlen(a), m = strlen(b);

	for (j = 0; j <= m; j++)
		row[0][j] = j;
	for (i = 1; i <= n; i++) {
		size_t *now = row[i % 3], *up = row[(i + 2) % 3];
		size_t *upper = row[(i + 1) % 3];

		now[0] = i;
		for (j = 1; j <= m; j++) {
			size_t best = up[j - 1] + (a[i - 1] != b[j - 1]);

			if (up[j] + 1 < best)
				best = up[j] + 1;
			if (now[j - 1] + 1 < best)
				best = now[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] && upper[j - 2] + 1 < best)
				best = upper[j - 2] + 1;
			now[j] = best;
		}
	}
	return row[n % 3][m];
}

/**
 * kap_near_find - find the word that another one is a misspelling of
 * @word: the word as written
 * @list: the words there are, none longer than KAP_NEAR_MAX; NULL ends it
 *
 * Return: the first word that begins with @word, else the nearest one. NULL if
 * none differs by one letter only, or by two where @word has five or more.
 */
const char *kap_near_find(const char *word, const char *const *list)
{
	size_t least = strlen(word) < 5 ? 2 : 3;
	const char *best = NULL;

	if (strlen(word) < 2 || strlen(word) > KAP_NEAR_MAX)
		return NULL;
	for (; *list; list++) {
		size_t d = distance(word, *list);

		if (!strncmp(word, *list, strlen(word)))
			return *list;
		if (d < least) {
			least = d;
			best = *list;
		}
	}
	return best;
}

/**
 * kap_near_command - find the command that a word is meant to be
 * @word: the word as written
 * @commands: the commands there are; NULL ends the list
 *
 * Return: the command, or NULL.
 */
const char *kap_near_command(const char *word, const char *const *commands)
{
	size_t i;

	for (i = 0; i < sizeof(synonyms) / sizeof(synonyms[0]); i++) {
		if (!strcmp(word, synonyms[i].name))
			return synonyms[i].command;
	}
	return kap_near_find(word, commands);
}

// SPDX-License-Identifier: GPL-2.0
#include "words/names.h"

#include <errno.h>
#include <netdb.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>

#include "base/mem.h"
#include "rule/addr.h"
#include "words/unit.h"

enum kind { OTHER, USER, SERVICE, ADDRESS, UNIT };

static const struct {
	const char *key;
	enum kind kind;
} keys[] = {
	{ "uid=", USER },
	{ "port=", SERVICE },
	{ "lport=", SERVICE },
	{ "rport=", SERVICE },
	{ "laddr=", ADDRESS },
	{ "raddr=", ADDRESS },
	{ "unit=", UNIT },
};

/* What the value of a word is made of; *@value is where it begins. */
static enum kind kind_of(const char *word, size_t len, size_t *value)
{
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		*value = strlen(keys[i].key);
		if (len > *value && !memcmp(word, keys[i].key, *value))
			return keys[i].kind;
	}
	return OTHER;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* Does a value have a name, which the module would not understand? */
static bool is_name(enum kind kind, const char *s, size_t len)
{
	size_t i;

	if (kind == UNIT)
		return true;
	for (i = 0; i < len; i++) {
		if (kind == ADDRESS ? s[i] == '@' : is_letter(s[i]))
			return true;
	}
	return false;
}

static size_t word_length(const char *s, size_t len)
{
	size_t n = 0;

	while (n < len && s[n] != ' ' && s[n] != '\t' && s[n] != '#')
		n++;
	return n;
}

/**
 * kap_names_any - is there a name in a line?
 * @s: the line
 * @len: its length
 *
 * Return: whether kap_names_expand() may have something to do.
 */
bool kap_names_any(const char *s, size_t len)
{
	size_t i, n, value;
	enum kind kind;

	for (i = 0; i < len && s[i] != '#'; i += n ? n : 1) {
		n = word_length(s + i, len - i);
		kind = kind_of(s + i, n, &value);
		if (kind != OTHER && is_name(kind, s + i + value, n - value))
			return true;
	}
	return false;
}

/* A relative path is relative to the file that names it. */
static FILE *open_list(const char *name, size_t len, const char *where)
{
	const char *slash = where ? strrchr(where, '/') : NULL;
	char *path;
	FILE *in;

	if (asprintf(&path, "%.*s%.*s",
		     slash && *name != '/' ? (int)(slash - where + 1) : 0,
		     where, (int)len, name) < 0)
		abort();
	in = fopen(path, "re");
	free(path);
	return in;
}

/* The address of a line, without blanks and comment; *@len is 0 without one. */
static char *address_of(char *line, size_t *len)
{
	line += strspn(line, " \t");
	*len = strcspn(line, " \t\r\n#;,");
	return line;
}

static bool is_address(const char *s, size_t len)
{
	const char *slash = memchr(s, '/', len);
	struct kap_addr addr;
	bool v4;

	return kap_addr_parse(s, slash ? slash : s + len, &addr, &v4);
}

/* The addresses of a file as a list; NULL, or why not in *@why, to be freed. */
static char *read_list(const char *name, size_t len, const char *where,
		       char **why)
{
	char *line = NULL, *text = NULL;
	size_t size, room = 0, n, number = 0;
	FILE *in = open_list(name, len, where), *out;
	bool ok = true;

	if (!in) {
		if (asprintf(why, "%.*s: %s", (int)len, name,
			     strerror(errno)) < 0)
			abort();
		return NULL;
	}
	out = open_memstream(&text, &size);
	if (!out)
		abort();
	while (ok && getline(&line, &room, in) >= 0) {
		char *s = address_of(line, &n);

		number++;
		if (!n)
			continue;
		fprintf(out, "%s%.*s", ftell(out) ? "," : "", (int)n, s);
		ok = is_address(s, n);
		if (!ok && asprintf(why, "%.*s:%zu: no address: %.*s",
				    (int)len, name, number, (int)n, s) < 0)
			abort();
	}
	fclose(in);
	fclose(out);
	free(line);
	if (ok && !*text) {
		ok = false;
		if (asprintf(why, "%.*s: no address in it", (int)len, name) < 0)
			abort();
	}
	if (!ok) {
		free(text);
		text = NULL;
	}
	return text;
}

/* Return the number or the list that a name stands for, to be freed; or NULL. */
static char *look_up(enum kind kind, const char *s, size_t len,
		     const char *where)
{
	char *name = strndup(s, len), *text = NULL, *why = NULL;
	const struct servent *service;
	const struct passwd *user;
	int n = 0;

	if (!name)
		abort();
	if (kind == ADDRESS && *name == '@') {
		text = read_list(s + 1, len - 1, where, &why);
		free(why);
	} else if (kind == USER && is_name(kind, s, len)) {
		user = getpwnam(name);
		if (user)
			n = asprintf(&text, "%u", (unsigned int)user->pw_uid);
	} else if (kind == SERVICE && is_name(kind, s, len)) {
		service = getservbyname(name, "tcp");
		if (service)
			n = asprintf(&text, "%u",
				     ntohs((uint16_t)service->s_port));
	}
	if (n < 0)
		abort();
	free(name);
	return text;
}

/* The elements of the list in [@at, @end); returns where it ends afterwards. */
static size_t expand_list(struct kap_edit *e, enum kind kind, size_t at,
			  size_t end, const char *where)
{
	while (at < end) {
		const char *comma = memchr(e->s + at, ',', end - at);
		size_t len = comma ? (size_t)(comma - e->s) - at : end - at;
		char *text = look_up(kind, e->s + at, len, where);

		if (text) {
			kap_edit_replace(e, at, len, text);
			end += strlen(text) - len;
			len = strlen(text);
			free(text);
		}
		at += len + 1;
	}
	return end;
}

static size_t expand_unit(struct kap_edit *e, size_t at, size_t value,
			  size_t end)
{
	char *path = kap_unit_path(e->s + at + value, end - at - value), *text;

	if (!path)
		return end;
	if (asprintf(&text, "cgroup=%s", path) < 0)
		abort();
	kap_edit_replace(e, at, value, "cgroup=");
	end += strlen("cgroup=") - value;
	kap_edit_replace(e, at + strlen("cgroup="),
			 end - at - strlen("cgroup="), path);
	end = at + strlen(text);
	free(text);
	free(path);
	return end;
}

/**
 * kap_names_expand - put numbers and paths in the place of names
 * @e: the line; a name that nobody knows stays as it is
 * @where: the file that the line is of, or NULL
 */
void kap_names_expand(struct kap_edit *e, const char *where)
{
	size_t at = 0, value;

	while (at < e->len && e->s[at] != '#') {
		size_t end = at + word_length(e->s + at, e->len - at);
		enum kind kind = kind_of(e->s + at, end - at, &value);

		if (kind == UNIT)
			end = expand_unit(e, at, value, end);
		else if (kind != OTHER &&
			 is_name(kind, e->s + at + value, end - at - value))
			end = expand_list(e, kind, at + value, end, where);
		at = end + (end < e->len && e->s[end] != '#');
	}
}

/**
 * kap_names_refused - why the addresses of a file were not taken
 * @element: "@FILE"
 * @len: its length
 * @where: the file that the line is of, or NULL
 *
 * Return: text to be freed, or NULL when they are taken.
 */
char *kap_names_refused(const char *element, size_t len, const char *where)
{
	char *why = NULL;

	free(read_list(element + 1, len - 1, where, &why));
	return why;
}

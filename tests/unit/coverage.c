// SPDX-License-Identifier: GPL-2.0
/*
 * Every reason of module/errors.h has a vector in refuse.txt, or a test that
 * elsewhere.txt names.
 */
#include <ctype.h>
#include <dirent.h>
#include <sys/stat.h>

#include "rule/errors.h"
#include "tap.h"
#include "vec.h"

#define TESTS "../"

static bool find_error(const char *name, u32 *error)
{
	for (*error = KAP_E_NONE + 1; *error < KAP_E_NR; (*error)++) {
		if (!strcmp(kap_error_name(*error), name))
			return true;
	}
	return false;
}

/* Does a file have the text of an error, or its name as C has it? */
static bool file_mentions(const char *path, u32 error)
{
	const char *text = kap_error_text(error);
	FILE *in = fopen(path, "r");
	bool found = false;
	char line[4096], name[64];
	size_t len;

	len = snprintf(name, sizeof(name), "KAP_E_%s", kap_error_name(error));
	while (in && !found && fgets(line, sizeof(line), in)) {
		char *s;

		found = strstr(line, text);
		for (s = strstr(line, name); s && !found; s = strstr(s + 1, name))
			found = !isupper((unsigned char)s[len]) && s[len] != '_';
	}
	if (in)
		fclose(in);
	return found;
}

/* A file, or the files of a directory. */
static bool test_mentions(const char *path, u32 error)
{
	struct dirent *entry;
	bool found = false;
	struct stat st;
	DIR *dir;

	if (stat(path, &st))
		return false;
	if (!S_ISDIR(st.st_mode))
		return file_mentions(path, error);
	dir = opendir(path);
	while (dir && !found && (entry = readdir(dir))) {
		const char *dot = strrchr(entry->d_name, '.');
		char file[512];

		if (!dot || (strcmp(dot, ".sh") && strcmp(dot, ".c")))
			continue;
		snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
		found = file_mentions(file, error);
	}
	if (dir)
		closedir(dir);
	return found;
}

static u32 vectors[KAP_E_NR];
static char *elsewhere[KAP_E_NR];

static void read_tables(void)
{
	/* kept: elsewhere[] points into it */
	static struct vec_file other;
	struct vec_file refuse;
	size_t i;
	u32 error;

	vec_read(&refuse, "refuse.txt");
	for (i = 0; i < refuse.n; i++) {
		char *s = refuse.v[i].text, *name = vec_word(&s);

		if (!find_error(name, &error))
			tap_bail("refuse.txt:%u: no error %s", refuse.v[i].line,
				 name);
		vectors[error]++;
	}
	vec_free(&refuse);
	vec_read(&other, "elsewhere.txt");
	for (i = 0; i < other.n; i++) {
		char *s = other.v[i].text, *name = vec_word(&s);

		if (!find_error(name, &error) || elsewhere[error] || !*s)
			tap_bail("elsewhere.txt:%u: %s", other.v[i].line, name);
		elsewhere[error] = s;
	}
}

static void test_error(u32 error)
{
	const char *name = kap_error_name(error);
	char path[256];

	if (vectors[error]) {
		tap_ok(!elsewhere[error], "%s: %u vectors", name,
		       vectors[error]);
		return;
	}
	if (!elsewhere[error]) {
		tap_ok(false, "%s: neither in refuse.txt nor in elsewhere.txt",
		       name);
		return;
	}
	snprintf(path, sizeof(path), TESTS "%s", elsewhere[error]);
	if (test_mentions(path, error))
		tap_ok(true, "%s: %s", name, elsewhere[error]);
	else
		tap_todo("not found there", "%s: %s", name,
			 elsewhere[error]);
}

/* What the user reads is one line, and an errno a write can return. */
static bool sound(u32 error)
{
	const char *text = kap_error_text(error);
	u32 other;

	for (other = KAP_E_NONE + 1; other < error; other++) {
		if (!strcmp(kap_error_text(other), text))
			return false;
	}
	return *text && !strchr(text, '\n') && kap_error_errno(error) < 0 &&
	       kap_error_errno(error) > -4096;
}

int main(void)
{
	u32 error, bad = 0;

	tap_plan(KAP_E_NR - 1 + 2);
	read_tables();
	for (error = KAP_E_NONE + 1; error < KAP_E_NR; error++) {
		test_error(error);
		bad += !sound(error);
	}
	tap_ok(!bad, "each has a text of its own and an errno");
	tap_ok(!kap_error_errno(KAP_E_NONE) && !*kap_error_text(KAP_E_NONE),
	       "no error has neither");
	return tap_done();
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The files of the module. KAPCTL_SYSFS is a directory to use in place of
 * /sys/kernel/kapolicy.
 */
#include "host/sysfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/exit.h"
#include "base/mem.h"
#include "base/sys_dir.h"
#include "host/not_loaded.h"
#include "host/sys.h"
#include "rule/limits.h"
#include "rules/source.h"

/**
 * kap_sysfs_path - where a file of the module is
 * @name: its name; empty for the directory
 *
 * Return: a path, to be freed.
 */
char *kap_sysfs_path(const char *name)
{
	const char *dir = getenv("KAPCTL_SYSFS");
	char *path;
	int n;

	if (dir && *dir)
		n = asprintf(&path, "%s/%s", dir, name);
	else
		n = asprintf(&path, "%s/kernel/kapolicy/%s", kap_sys_dir(), name);
	if (n < 0)
		abort();
	return path;
}

static void report(const char *path, int err)
{
	struct kap_place at = { .file = path };

	if (err == EPERM || err == EACCES)
		kap_diag_report(KAP_ERROR, &at,
				"%s: root (CAP_NET_ADMIN) is needed",
				strerror(err));
	else
		kap_diag_report(KAP_ERROR, &at, "%s", strerror(err));
}

/**
 * kap_sysfs_require - is the module there, and one we understand?
 *
 * Return: KAP_EXIT_OK, or what to exit with; then reported.
 */
int kap_sysfs_require(void)
{
	unsigned long long abi = KAP_ABI_VERSION;
	char *dir = kap_sysfs_path(""), *file = kap_sysfs_path("abi_version");
	int ret = KAP_EXIT_OK;

	if (access(dir, F_OK)) {
		kap_not_loaded_report();
		ret = KAP_EXIT_NOT_LOADED;
	} else if (!access(file, F_OK) &&
		   !kap_sysfs_number("abi_version", &abi)) {
		ret = KAP_EXIT_FAILED;
	} else if (abi != KAP_ABI_VERSION) {
		kap_diag_error("the module has abi_version %llu, this kapctl knows %d",
			       abi, KAP_ABI_VERSION);
		ret = KAP_EXIT_FAILED;
	}
	free(dir);
	free(file);
	return ret;
}

/**
 * kap_sysfs_source - read a file of the module
 * @source: the result
 * @name: its name; becomes that of the text
 *
 * Return: whether it could be read; if not, reported.
 */
bool kap_sysfs_source(struct kap_source *source, const char *name)
{
	char *path = kap_sysfs_path(name);
	int err = kap_source_load(source, path);

	if (err)
		report(path, err);
	source->name = name;
	source->in_force = true;
	free(path);
	return !err;
}

/**
 * kap_sysfs_number - read a file of the module that holds a number
 * @name: its name
 * @number: the result
 *
 * Return: whether it holds one; if not, reported.
 */
bool kap_sysfs_number(const char *name, unsigned long long *number)
{
	struct kap_source source;
	struct kap_place at;
	char *end, *path;
	bool ok;

	if (!kap_sysfs_source(&source, name))
		return false;
	errno = 0;
	*number = strtoull(source.text, &end, 10);
	ok = !errno && end > source.text && (!*end || *end == '\n');
	if (!ok) {
		path = kap_sysfs_path(name);
		at = (struct kap_place){ .file = path };
		kap_diag_report(KAP_ERROR, &at, "number expected");
		free(path);
	}
	kap_source_free(&source);
	return ok;
}

/* Some of @text, as much as the module takes at a time. */
static ssize_t put(int fd, const char *text, size_t len)
{
	ssize_t n;

	do {
		n = write(fd, text, len < KAP_WRITE_MAX ? len : KAP_WRITE_MAX);
	} while (n < 0 && errno == EINTR);
	return n;
}

static int open_to_write(const char *path, int access)
{
	int fd = open(path, access | O_TRUNC | O_CLOEXEC);

	if (fd < 0)
		report(path, errno);
	return fd;
}

/* Returns 0 or an errno value. */
static int put_all(int fd, const char *text, size_t len)
{
	while (len) {
		ssize_t n = put(fd, text, len);

		if (n <= 0)
			return n ? errno : EIO;
		text += n;
		len -= n;
	}
	return 0;
}

/**
 * kap_sysfs_put - write a file of the module
 * @name: its name
 * @value: what to write
 *
 * Return: 0; the errno value it was refused with, not reported; or -1 when it
 * cannot be opened, reported.
 */
int kap_sysfs_put(const char *name, const char *value)
{
	char *path = kap_sysfs_path(name);
	int fd = open_to_write(path, O_WRONLY), err = -1;

	free(path);
	if (fd >= 0) {
		err = put_all(fd, value, strlen(value));
		if (close(fd) && !err)
			err = errno;
	}
	return err;
}

/**
 * kap_sysfs_set - write a file of the module
 * @name: its name
 * @value: what to write
 *
 * Return: whether it was accepted; if not, reported.
 */
bool kap_sysfs_set(const char *name, const char *value)
{
	int err = kap_sysfs_put(name, value);
	char *path;

	if (err > 0) {
		path = kap_sysfs_path(name);
		report(path, err);
		free(path);
	}
	return !err;
}

/*
 * Reads "LINE:COL-COL: message" from @fd itself, less the @head lines we put in
 * front: last_error may already be about another program's write.
 */
static void read_refusal(int fd, struct kap_refusal *refusal, unsigned int head)
{
	char text[256];
	ssize_t n = pread(fd, text, sizeof(text) - 1, KAP_ERROR_OFFSET);

	text[n > 0 ? n : 0] = '\0';
	if (sscanf(text, "%u:%u-%u: %127[^\n]", &refusal->line, &refusal->col,
		   &refusal->end, refusal->message) != 4) {
		memset(refusal, 0, sizeof(*refusal));
		return;
	}
	refusal->line = refusal->line > head ? refusal->line - head : 0;
}

/*
 * Puts a transaction around @text; *@head is how many lines come first. The
 * module keeps the error of a transaction for the file it was written to.
 */
static char *wrap(enum kap_change change, const char *text, size_t len,
		  size_t *size, unsigned int *head)
{
	const char *before = "begin\n", *after = "\ncommit\n";
	char *all;

	*head = 1;
	if (change == KAP_CHANGE_ALL) {
		before = "begin\nflush\n";
		*head = 2;
	}
	if (!len || text[len - 1] == '\n')
		after++;
	*size = strlen(before) + len + strlen(after);
	all = kap_mem_alloc(*size + 1);
	strcpy(mempcpy(stpcpy(all, before), text, len), after);
	return all;
}

/**
 * kap_sysfs_change - change the rules, all at once or not at all
 * @change: KAP_CHANGE_ALL when @text replaces every rule
 * @text: commands or rules, one a line
 * @len: its length
 * @refusal: why not; its @err is 0 when that has been reported already
 *
 * Return: whether the module accepted it.
 */
bool kap_sysfs_change(enum kap_change change, const char *text, size_t len,
		      struct kap_refusal *refusal)
{
	char *path = kap_sysfs_path("rules"), *all;
	int fd = open_to_write(path, O_RDWR), err = 0;
	unsigned int head;
	size_t size;

	memset(refusal, 0, sizeof(*refusal));
	if (fd >= 0) {
		all = wrap(change, text, len, &size, &head);
		err = put_all(fd, all, size);
		free(all);
		if (err && err != EPERM)
			read_refusal(fd, refusal, head);
		if (close(fd) && !err)
			err = errno;
	}
	if (err == EPERM)
		report(path, err);
	else
		refusal->err = err;
	free(path);
	return fd >= 0 && !err;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * failnth - what kapolicy does when an allocation fails: the first, the second,
 * and so on until the operation has no more of them.
 *
 *	failnth load MODULE.ko NAME	loading it
 *	failnth unload MODULE.ko NAME	unloading it
 *	failnth read FILE		opening and reading it to its end
 *	failnth write FILE INPUT...	opening FILE and writing the INPUT files
 *
 * FILE is a name in /sys/kernel/kapolicy. A write is either refused with ENOMEM
 * and has changed nothing, or has worked in full (there is a way round some
 * failures); once more without a failure it works. -a: allocations outside the
 * module fail as well, so last_error need not tell. Says on one line how many
 * allocations there were, how many failures were reported and how many did no
 * harm; exit status 1 if anything was wrong.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SYSFS		"/sys/kernel/kapolicy/"
#define TEXT_MAX	(1 << 20)
#define POINTS_MAX	20000
#define INPUTS_MAX	8

struct text {
	size_t len;
	char byte[TEXT_MAX];
};

/* All that a write may change. */
struct state {
	struct text rules;
	char enabled[16], max_rules[16], generation[32];
};

static int fail_nth;	/* an open file */
static bool anywhere;
static const char *operand, *module;
static struct text input[INPUTS_MAX], is_read;
static size_t inputs;
static struct state before, now, after;
static unsigned int points, refused, survived, wrong;

static void die(const char *what)
{
	printf("# %s: %s\n", what, strerror(errno));
	exit(1);
}

static void complain(const char *format, ...)
{
	va_list args;

	if (wrong++ >= 5)
		return;
	va_start(args, format);
	printf("# allocation %u: ", points);
	vprintf(format, args);
	printf("\n");
	va_end(args);
}

/* 0 or an errno. */
static int slurp(const char *path, struct text *t)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err = 0;
	ssize_t r = 1;

	t->len = 0;
	if (fd < 0)
		return errno;
	while (r > 0) {
		r = read(fd, t->byte + t->len, sizeof(t->byte) - 1 - t->len);
		if (r > 0)
			t->len += (size_t)r;
	}
	if (r < 0)
		err = errno;
	t->byte[t->len] = '\0';
	close(fd);
	return err;
}

static const char *in_sysfs(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), SYSFS "%s", name);
	return path;
}

static void die_of(int err, const char *what)
{
	errno = err;
	if (err)
		die(what);
}

static void must_slurp(const char *name, struct text *t)
{
	die_of(slurp(in_sysfs(name), t), name);
}

static void line_of(const char *name, char *to, size_t size)
{
	static struct text t;

	must_slurp(name, &t);
	t.byte[size - 1] = '\0';
	strcpy(to, t.byte);
}

static void look(struct state *s)
{
	must_slurp("rules", &s->rules);
	line_of("enabled", s->enabled, sizeof(s->enabled));
	line_of("max_rules", s->max_rules, sizeof(s->max_rules));
	line_of("generation", s->generation, sizeof(s->generation));
}

/* Without ids and generation: those go up with every change. */
static bool same_but_ids(const struct state *a, const struct state *b)
{
	const char *p = a->rules.byte, *q = b->rules.byte;

	while (*p && *q) {
		size_t n = strcspn(p, "#\n"), m = strcspn(q, "#\n");

		if (n != m || memcmp(p, q, n))
			return false;
		p += strcspn(p, "\n") + 1;
		q += strcspn(q, "\n") + 1;
	}
	return *p == *q && !strcmp(a->enabled, b->enabled) && !strcmp(a->max_rules, b->max_rules);
}

static bool same(const struct state *a, const struct state *b)
{
	return !strcmp(a->rules.byte, b->rules.byte) && !strcmp(a->generation, b->generation) &&
	       !strcmp(a->enabled, b->enabled) && !strcmp(a->max_rules, b->max_rules);
}

static int put(int fd, const char *p, size_t len)
{
	while (len) {
		ssize_t r = write(fd, p, len);

		if (r <= 0)
			return r ? errno : EIO;
		p += r;
		len -= (size_t)r;
	}
	return 0;
}

static void must_put(const char *name, const char *text)
{
	int fd = open(in_sysfs(name), O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		die(name);
	die_of(put(fd, text, strlen(text)), name);
	close(fd);
}

/* Back to what was there at the start; ids and generation change. */
static void restore(void)
{
	static char text[TEXT_MAX + 64];

	must_put("enabled", before.enabled);
	must_put("max_rules", before.max_rules);
	snprintf(text, sizeof(text), "begin\nflush\n%scommit\n", before.rules.byte);
	must_put("rules", text);
	look(&now);
	if (!same_but_ids(&now, &before))
		complain("the state cannot be brought back");
}

/* The n-th allocation from here on fails; 0: none. */
static void set_fail_nth(unsigned int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", n);

	if (pwrite(fail_nth, text, (size_t)len, 0) != len)
		die("fail-nth");
}

/* Has it failed? Ends the injection. */
static bool has_failed(void)
{
	char text[16] = "";

	if (pread(fail_nth, text, sizeof(text) - 1, 0) < 1)
		die("fail-nth");
	set_fail_nth(0);
	return !atoi(text);
}

/* --- the operations: 0 or an errno ------------------------------------------ */

static int op_load(void)
{
	int fd = open(operand, O_RDONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return errno;
	if (syscall(SYS_finit_module, fd, "", 0))
		err = errno;
	close(fd);
	return err;
}

static int op_unload(void)
{
	return syscall(SYS_delete_module, module, O_NONBLOCK) ? errno : 0;
}

static int op_read(void)
{
	return slurp(in_sysfs(operand), &is_read);
}

static int op_write(void)
{
	int fd = open(in_sysfs(operand), O_WRONLY | O_CLOEXEC), err = 0;
	size_t i;

	if (fd < 0)
		return errno;
	for (i = 0; i < inputs && !err; i++)
		err = put(fd, input[i].byte, input[i].len);
	close(fd);
	return err;
}

/* --- what has to be so after them ------------------------------------------- */

static bool exists(void)
{
	return !access(SYSFS "rules", F_OK);
}

static void check_load(int err)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/module/%s", module);
	if (err && (exists() || !access(path, F_OK)))
		complain("it was not loaded, yet something of it is there");
	if (!err) {
		look(&now);
		if (now.rules.len || strcmp(now.enabled, "1\n"))
			complain("it was loaded, and is not what a fresh module is");
		err = op_unload();
		if (err)
			complain("loaded, it cannot be unloaded: %s", strerror(err));
	}
	if (op_load() || op_unload())
		complain("afterwards it cannot be loaded and unloaded");
}

static void check_unload(int err)
{
	if (err || exists())
		complain("unloading: %s", strerror(err));
	err = op_load();
	if (err)
		complain("afterwards it cannot be loaded: %s", strerror(err));
}

static void check_read(int err)
{
	if (!err && strcmp(is_read.byte, input[0].byte))
		complain("%s is not read in full", operand);
	err = op_read();
	if (err || strcmp(is_read.byte, input[0].byte))
		complain("afterwards %s cannot be read", operand);
}

static void check_write(int err)
{
	static char reason[256];

	if (err) {
		line_of("last_error", reason, sizeof(reason));
		if (!anywhere && !strcmp(operand, "rules") && !strstr(reason, ": out of memory\n"))
			complain("refused, with last_error %s", *reason ? reason : "empty");
		look(&now);
		if (!same(&now, &before))
			complain("refused, and something has changed");
		err = op_write();
		if (err)
			complain("afterwards it is still refused: %s", strerror(err));
	}
	look(&now);
	if (!same_but_ids(&now, &after))
		complain("it worked, but not in full");
	restore();
	look(&before);
}

static const struct operation {
	const char *name;
	int (*run)(void);
	void (*check)(int err);
	bool may_fail;
} operations[] = {
	{ "load", op_load, check_load, true },
	{ "unload", op_unload, check_unload, false },
	{ "read", op_read, check_read, true },
	{ "write", op_write, check_write, true },
};

#define OPERATIONS	(sizeof(operations) / sizeof(*operations))

static void sweep(const struct operation *op)
{
	bool failed = true;
	int err;

	while (failed && points < POINTS_MAX) {
		points++;
		set_fail_nth(points);
		err = op->run();
		failed = has_failed();
		if (err && (!failed || !op->may_fail || err != ENOMEM))
			complain("%s%s: %s", op->name, failed ? "" : " without a failure",
				 strerror(err));
		op->check(err);
		refused += failed && err;
		survived += failed && !err;
	}
	if (failed)
		complain("there is no end to the allocations");
	points--;
}

/* What there is to be before and after, seen without a failure. */
static void prepare(const struct operation *op, char **files, int n)
{
	if (op->run == op_read) {
		must_slurp(operand, &input[0]);
	} else if (op->run == op_write) {
		for (; n > 0 && inputs < INPUTS_MAX; n--, inputs++, files++)
			die_of(slurp(*files, &input[inputs]), *files);
		look(&before);
		die_of(op_write(), operand);
		look(&after);
		restore();
		look(&before);
		if (same_but_ids(&before, &after))
			complain("the write changes nothing, so it shows nothing");
	} else {
		module = *files;
	}
}

int main(int argc, char **argv)
{
	size_t i = 0;

	if (argc > 1 && !strcmp(argv[1], "-a")) {
		anywhere = true;
		argc--;
		argv++;
	}
	while (i < OPERATIONS && argc > 2 && strcmp(argv[1], operations[i].name))
		i++;
	if (argc < 3 || i == OPERATIONS || (i != 2 && argc < 4)) {
		fprintf(stderr, "usage: see the head of failnth.c\n");
		return 2;
	}
	operand = argv[2];
	fail_nth = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (fail_nth < 0)
		die("/proc/thread-self/fail-nth");
	prepare(&operations[i], argv + 3, argc - 3);
	sweep(&operations[i]);
	printf("allocations=%u refused=%u survived=%u wrong=%u\n", points, refused, survived,
	       wrong);
	return wrong > 0;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * noise - writes random bytes to the rules file and watches what they do.
 *
 *	noise FILE FORM BYTES SEED
 *
 * FORM is raw (any byte), text (printable ones), words (rules and commands
 * that were damaged), each of them with "-txn" for writes inside transactions.
 * The set that is there at the start must be there after every write that was
 * refused, to the byte and with the same generation. A write or transaction
 * that was accepted and changed something must have consisted of words that
 * the language has; it is counted and the set brought back. Says what has been
 * seen on one line; exit status 1 if anything was wrong.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WRITE_MAX	9000	/* and room for a line */
#define TXN_MAX		(256 << 10)

static const char *file, *form;
static char marker[65536];	/* the set as it is read, and shall stay */
static char buffer[TXN_MAX + 1];	/* what was written since begin, or in one write */
static size_t filled;
static unsigned long writes, refused, accepted, changes, commits, wrong;

/* xorshift64 */
static unsigned long long state;

static unsigned int rnd(unsigned int below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned int)((state >> 32) % below);
}

static void complain(const char *format, ...)
{
	va_list args;
	size_t i;

	if (wrong++ >= 3)
		return;
	va_start(args, format);
	printf("# ");
	vprintf(format, args);
	printf(", after writing: ");
	for (i = 0; i < filled && i < 400; i++)
		printf(isprint((unsigned char)buffer[i]) ? "%c" : "\\x%02x",
		       (unsigned char)buffer[i]);
	printf("\n");
	va_end(args);
}

static void die(const char *what)
{
	printf("# %s: %s\n", what, strerror(errno));
	exit(1);
}

static void slurp(const char *path, char *to, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t r;

	if (fd < 0)
		die(path);
	while ((r = read(fd, to + len, size - 1 - len)) > 0)
		len += (size_t)r;
	if (r < 0)
		die(path);
	to[len] = '\0';
	close(fd);
}

static unsigned long generation(void)
{
	char path[256], number[32];

	snprintf(path, sizeof(path), "%.*s/generation", (int)(strrchr(file, '/') - file), file);
	slurp(path, number, sizeof(number));
	return strtoul(number, NULL, 10);
}

static bool is_marker(void)
{
	static char present[sizeof(marker)];

	slurp(file, present, sizeof(present));
	return !strcmp(present, marker);
}

static int open_rules(void)
{
	int fd = open(file, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		die(file);
	return fd;
}

/* The set becomes the marker again; ids change, so it is read anew. */
static void restore(void)
{
	static char text[sizeof(marker) + 32];
	int len = snprintf(text, sizeof(text), "begin\nflush\n%scommit\n", marker);
	int fd = open_rules();

	if (write(fd, text, (size_t)len) != len)
		die("restoring the marker");
	close(fd);
	slurp(file, marker, sizeof(marker));
}

static const char *const words[] = {
	"add", "del", "destroy", "flush", "begin", "commit", "abort", "name=", "prio=", "cgroup=", "dir=",
	"port=", "lport=", "rport=", "laddr=", "raddr=", "uid=", "keepalive=", "idle=", "intvl=",
	"cnt=", "user_timeout=", "detect=", "mode=", "action=", "id=",
};

#define WORDS (sizeof(words) / sizeof(words[0]))

/* Lines are put together from these. */
static const char *const matches[] = {
	"prio=5", "cgroup=/system.slice/*.scope", "cgroup=/a/**", "dir=in", "port=80,443",
	"lport=1-65535", "rport=22", "laddr=10.0.0.0/8,::1", "raddr=fc00::/7", "uid=0-99,1000",
};

static const char *const actions[] = {
	"idle=60s", "detect=30s", "keepalive=on cnt=3", "user_timeout=30s mode=clamp",
	"action=skip", "idle=5m intvl=10s cnt=5 user_timeout=auto mode=force",
	"mode=force keepalive=off",
};

static const char *const refusals[] = {
	"add cnt=128", "user_timeout=500", "del name=none", "keepalive=off",
	"name=marker.1 idle=1s",
};

static const char *const commands[] = { "begin", "commit", "abort", "flush" };

#define PICK(list) list[rnd(sizeof(list) / sizeof(list[0]))]

/* What the language must not take for a change: a word it does not have. */
static bool only_known_words(void)
{
	char *line, *word, *line_end = NULL, *word_end = NULL;
	size_t i;

	buffer[filled] = '\0';
	if (strlen(buffer) != filled && !memchr(buffer, '#', strlen(buffer)))
		return false;
	for (line = strtok_r(buffer, "\n", &line_end); line;
	     line = strtok_r(NULL, "\n", &line_end)) {
		line[strcspn(line, "#")] = '\0';
		for (word = strtok_r(line, " \t", &word_end); word;
		     word = strtok_r(NULL, " \t", &word_end)) {
			for (i = 0; i < WORDS && strncmp(word, words[i], strlen(words[i])); i++)
				;
			if (i == WORDS)
				return false;
		}
	}
	return true;
}

static size_t some_line(char *to)
{
	char name[16] = "";

	switch (rnd(40)) {
	case 0:
		return (size_t)sprintf(to, "%s\n", PICK(refusals));
	case 1:		/* transactions have their own begin and end */
		return (size_t)sprintf(to, "%s\n", strstr(form, "-txn") ? "flush" : PICK(commands));
	case 2:
		return (size_t)sprintf(to, "del name=marker.3\n");
	case 3:
		return (size_t)sprintf(to, "\n# comment\n");
	case 4 ... 13:
		sprintf(name, "name=n%u ", rnd(500));
	}
	return (size_t)sprintf(to, "%s%s%s %s\n", rnd(2) ? "add " : "", name, PICK(matches),
			       PICK(actions));
}

static size_t some_words(char *to, size_t size)
{
	size_t len = some_line(to);
	unsigned int i;

	while (len + 128 < size)
		len += some_line(to + len);
	for (i = rnd(2) ? rnd(4) : 0; i && len; i--) {
		size_t at = rnd((unsigned int)len);

		switch (rnd(4)) {
		case 0:
			to[at] = (char)rnd(256);
			break;
		case 1:
			memmove(to + at, to + at + 1, --len - at);
			break;
		case 2:
			to[at] = to[rnd((unsigned int)len)];
			break;
		default:
			to[at] = "\n# =,-/"[rnd(7)];
		}
	}
	return len;
}

static size_t some_bytes(char *to, size_t size)
{
	size_t i;

	if (!strncmp(form, "words", 5))
		return some_words(to, size);
	for (i = 0; i < size; i++)
		to[i] = (char)(!strncmp(form, "raw", 3) ? rnd(256) : rnd(20) ? 32 + rnd(95) : '\n');
	return size;
}

/* Appends some bytes to buffer and writes them; false when they were refused. */
static bool write_some(int fd, const char *bytes, size_t len)
{
	ssize_t r;

	memcpy(buffer + filled, bytes, len);
	filled += len;
	while (len) {
		r = write(fd, bytes, len);
		writes++;
		if (r < 0) {
			refused++;
			if (errno != EINVAL && errno != EEXIST && errno != ENOENT &&
			    errno != ENOSPC && errno != E2BIG && errno != ESTALE)
				complain("errno %s", strerrorname_np(errno));
			return false;
		}
		accepted++;
		bytes += r;
		len -= (size_t)r;
	}
	return true;
}

/* Mostly short, sometimes around a page or over it. */
static size_t random_size(void)
{
	switch (rnd(60)) {
	case 0:
		return 4000 + rnd(200);
	case 1:
		return 1 + rnd(WRITE_MAX);
	case 2 ... 8:
		return 1 + rnd(1000);
	default:
		return 1 + rnd(100);
	}
}

/* Looks at what happened since @before; may be a change only if @was_accepted. */
static void judge(unsigned long before, bool was_accepted)
{
	bool changed = generation() != before;

	if (changed && !was_accepted)
		complain("a refused write changed the generation");
	if (changed && was_accepted && !only_known_words())
		complain("accepted what is no command");
	if (changed) {
		changes++;
		restore();
	} else if (!is_marker()) {
		complain("the set is not what it was, the generation is");
		restore();
	}
}

static size_t one_write(int fd)
{
	static char bytes[WRITE_MAX + 256];
	unsigned long before = generation();
	size_t len = some_bytes(bytes, random_size());

	filled = 0;
	if (!rnd(20))
		lseek(fd, rnd(1 << 20), SEEK_SET);
	if (len)
		judge(before, write_some(fd, bytes, len));
	return len;
}

/* A transaction of some writes that go on after errors, and its end. */
static size_t transaction(void)
{
	static const char *const ends[] = { "\ncommit\n", "\ncommit", "commit\n", "\nabort\n", "" };
	static char bytes[WRITE_MAX + 256];
	const char *end = ends[rnd(5)];
	unsigned long before = generation();
	int fd = open_rules();
	unsigned int i;
	size_t len, total = 0;
	bool ok;

	filled = 0;
	ok = write_some(fd, "begin\n", 6);
	for (i = 1 + rnd(8); i; i--) {
		len = some_bytes(bytes, random_size());
		total += len;
		ok &= write_some(fd, bytes, len);
	}
	ok &= write_some(fd, end, strlen(end));
	close(fd);
	commits += ok && strstr(end, "commit");
	judge(before, ok);
	return total;
}

int main(int argc, char **argv)
{
	unsigned long bytes, done = 0;
	int fd = -1;

	if (argc != 5) {
		fprintf(stderr, "usage: see the head of noise.c\n");
		return 2;
	}
	file = argv[1];
	form = argv[2];
	bytes = strtoul(argv[3], NULL, 10);
	state = strtoull(argv[4], NULL, 10) * 0x9e3779b97f4a7c15 + 1;
	slurp(file, marker, sizeof(marker));
	while (done < bytes) {
		if (strstr(form, "-txn")) {
			done += transaction();
			continue;
		}
		/* At offset 0 and far behind it, but out of any transaction. */
		if (fd < 0 || !rnd(16) || memmem(buffer, filled, "begin", 5)) {
			if (fd >= 0)
				close(fd);
			fd = open_rules();
		}
		done += one_write(fd);
	}
	close(fd);
	printf("bytes=%lu writes=%lu refused=%lu accepted=%lu changes=%lu commits=%lu wrong=%lu\n",
	       done, writes, refused, accepted, changes, commits, wrong);
	return wrong > 0;
}

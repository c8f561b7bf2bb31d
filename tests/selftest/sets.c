// SPDX-License-Identifier: GPL-2.0
/*
 * sets - replaces the whole rule set over and over, and reads it meanwhile.
 *
 *	sets replace FILE TAG SECONDS CHUNK SIZE...
 *	sets read FILE SECONDS CHUNK [LIMIT]
 *	sets check [EXPECTED-SIZE]  < what was read
 *
 * Every rule is called TAG.NR.I.SIZE: set NR of this writer, rule I of SIZE. So
 * anybody who has read rules or counters can tell whether he has one whole set
 * in its order. replace writes sets of these sizes in turn, CHUNK bytes a write
 * (0: as much as goes); read reads with a buffer of CHUNK bytes, and beyond
 * SECONDS, but not LIMIT, until the set has changed while it read. SECONDS end
 * early at SIGTERM. Both say what they have seen on one line and exit with 1
 * if something was wrong; replace takes ESTALE, and both that the module has
 * gone, as a matter of course.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define TEXT_MAX	(4 << 20)

static char text[TEXT_MAX + 1];
static unsigned long reads;
static volatile sig_atomic_t stop;

static void on_term(int sig)
{
	(void)sig;
	stop = 1;
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void pause_2ms(void)
{
	const struct timespec ts = { .tv_nsec = 2000000 };

	nanosleep(&ts, NULL);
}

/* The module is not there; then waits a little for it to come back. */
static bool is_gone(int err)
{
	if (err != ENOENT && err != ENODEV && err != ENXIO)
		return false;
	pause_2ms();
	return true;
}

static int compose(const char *tag, unsigned long nr, unsigned long size)
{
	int len = sprintf(text, "begin\nflush\n");
	unsigned long i;

	for (i = 0; i < size; i++)
		len += sprintf(text + len, "name=%s.%lu.%lu.%lu port=%lu idle=60s\n",
			       tag, nr, i, size, i % 65535 + 1);
	return len + sprintf(text + len, "commit\n");
}

/* Writes text on a file of its own; 0 or an errno. */
static int write_text(const char *file, size_t len, size_t chunk)
{
	int fd = open(file, O_WRONLY | O_CLOEXEC), err = 0;
	size_t done = 0;

	if (fd < 0)
		return errno;
	while (done < len) {
		size_t n = chunk && chunk < len - done ? chunk : len - done;
		ssize_t r = write(fd, text + done, n);

		if (r <= 0) {
			err = r ? errno : EIO;
			break;
		}
		done += (size_t)r;
	}
	close(fd);
	return err;
}

static int replace(int argc, char **argv)
{
	unsigned long nr = 0, commits = 0, stale = 0, gone = 0, other = 0, size;
	double end = now() + atof(argv[4]);
	size_t chunk = strtoul(argv[5], NULL, 10);
	int err, len;

	while (!stop && now() < end) {
		size = strtoul(argv[6 + nr % (unsigned long)(argc - 6)], NULL, 10);
		len = compose(argv[3], nr++, size);
		err = write_text(argv[2], (size_t)len, chunk);
		if (!err)
			commits++;
		else if (err == ESTALE)
			stale++;
		else if (is_gone(err))
			gone++;
		else if (!other++)
			fprintf(stderr, "# %s: %s\n", argv[2], strerror(err));
	}
	printf("commits=%lu stale=%lu gone=%lu other=%lu\n", commits, stale, gone, other);
	return other || !(commits + stale);
}

/* One line of rules or counters: its name's parts and its id. */
struct line {
	char tag[32];
	unsigned long nr, i, size, id;
};

static bool parse(const char *p, struct line *l)
{
	const char *name = strstr(p, "name="), *id = strstr(p, "id=");

	return name && id &&
	       sscanf(name, "name=%31[a-z].%lu.%lu.%lu ", l->tag, &l->nr, &l->i, &l->size) == 4 &&
	       sscanf(id, "id=%lu", &l->id) == 1;
}

/* NULL, or what is wrong with text; @size is the size of the set. */
static const char *wrong(size_t len, unsigned long *size)
{
	struct line first = { .size = 0 }, l, last = { .id = 0 };
	unsigned long count = 0;
	char *p = text, *end;

	text[len] = '\0';
	for (; *p; p = end + 1, last = l, count++) {
		end = strchr(p, '\n');
		if (!end)
			return "torn: no newline at the end";
		*end = '\0';
		if (!parse(p, &l))
			return "torn: a broken line";
		if (!count)
			first = l;
		if (strcmp(l.tag, first.tag) || l.nr != first.nr || l.size != first.size)
			return "mixed: two sets";
		if (l.i != count || l.id <= last.id)
			return "mixed: the order";
	}
	*size = count;
	return count == first.size ? NULL : "torn: rules are missing";
}

static int check(int argc, char **argv)
{
	size_t len = fread(text, 1, TEXT_MAX, stdin);
	unsigned long size = 0;
	const char *what = wrong(len, &size);

	if (what)
		printf("%s\n", what);
	else if (argc > 2 && strtoul(argv[2], NULL, 10) != size)
		printf("a set of %lu rules\n", size);
	else
		return 0;
	return 1;
}

/*
 * Reads all of it into text; the length or -errno. Every other time the file
 * that is already open is read again from its start, as a monitor would do.
 */
static ssize_t read_all(const char *file, size_t chunk)
{
	static int fd = -1;
	size_t len = 0;
	ssize_t r;

	if (fd < 0)
		fd = open(file, O_RDONLY | O_CLOEXEC);
	else if (lseek(fd, 0, SEEK_SET))
		return -errno;
	if (fd < 0)
		return -errno;
	do {
		r = read(fd, text + len, chunk < TEXT_MAX - len ? chunk : TEXT_MAX - len);
		if (r < 0)
			r = -errno;
		else
			len += (size_t)r;
	} while (r > 0);
	reads++;
	if (r < 0 || reads % 2 == 0) {
		close(fd);
		fd = -1;
	}
	return r < 0 ? r : (ssize_t)len;
}

static unsigned long generation(const char *file)
{
	char path[256], number[32] = "";
	int fd;

	snprintf(path, sizeof(path), "%.*s/generation", (int)(strrchr(file, '/') - file), file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	if (read(fd, number, sizeof(number) - 1) < 0)
		number[0] = '\0';
	close(fd);
	return strtoul(number, NULL, 10);
}

/* crossed: read-outs during which the set changed, those that prove something. */
static int read_sets(int argc, char **argv)
{
	unsigned long whole = 0, crossed = 0, empty = 0, bad = 0, stale = 0;
	unsigned long gone = 0, other = 0, before, size;
	double start = now(), end = start + atof(argv[3]);
	double limit = argc > 5 ? start + atof(argv[5]) : end;
	size_t chunk = strtoul(argv[4], NULL, 10);
	const char *what;
	ssize_t len;

	while (!stop && (now() < end || (!crossed && now() < limit))) {
		before = generation(argv[2]);
		len = read_all(argv[2], chunk);
		if (len == -ESTALE) {
			stale++;
		} else if (len < 0 && is_gone((int)-len)) {
			gone++;
		} else if (len < 0) {
			if (!other++)
				fprintf(stderr, "# %s: %s\n", argv[2], strerror((int)-len));
		} else if (!len) {
			empty++;
			pause_2ms();
		} else {
			crossed += generation(argv[2]) != before;
			what = wrong((size_t)len, &size);
			if (!what)
				whole++;
			else if (!bad++)
				fprintf(stderr, "# %s, read %zu bytes at a time: %s\n",
					argv[2], chunk, what);
		}
	}
	printf("whole=%lu crossed=%lu empty=%lu bad=%lu stale=%lu gone=%lu other=%lu\n",
	       whole, crossed, empty, bad, stale, gone, other);
	return bad || other;
}

int main(int argc, char **argv)
{
	signal(SIGTERM, on_term);
	if (argc >= 7 && !strcmp(argv[1], "replace") && strlen(argv[3]) < 8)
		return replace(argc, argv);
	if ((argc == 5 || argc == 6) && !strcmp(argv[1], "read") && argv[2][0] == '/' &&
	    atol(argv[4]) > 0)
		return read_sets(argc, argv);
	if (argc >= 2 && !strcmp(argv[1], "check"))
		return check(argc, argv);
	fprintf(stderr, "usage: see the head of sets.c\n");
	return 2;
}

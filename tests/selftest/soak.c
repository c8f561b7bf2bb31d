// SPDX-License-Identifier: GPL-2.0
/*
 * soak - many connections of random behaviour, none of which may end
 *
 *	soak CONNECTIONS HOURS SEED
 *
 * Connections lead from the network namespace a to b, a port each, under a rule
 * each, IPv4 and IPv6. Their programs talk, pause their readers, close one
 * direction, set times of their own before, after or at any time, and are out of
 * each other's reach for up to cnt - 1 probes. Then every second peer is out of
 * reach for good: these end in the time computed from their own values, and the
 * others live on. Prints figures on one line, and one line for each that did
 * what it must not.
 *
 * Left out is what is documented to end a healthy connection: an interval longer
 * than the idle time, and a user timeout given as a number to a program that
 * keeps times of its own. Wants hours that pass in no time.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PORT		10000
#define RULES		"/sys/kernel/kapolicy/rules"
#define OPTIONS		4
#define CLOSED		7	/* TCP_CLOSE */
#define PATIENCE	2000	/* seconds in which the last of the dead must be found */

enum doing { QUIET, PAUSED, UNREACHABLE };
enum when { NEVER, BEFORE, AFTER, LATER };

static const char * const doing_text[] = { "quiet", "its reader paused", "probes were lost" };

/* What is in force on a socket. */
struct values {
	int option[OPTIONS];	/* keepalive, idle, intvl, cnt */
	unsigned int user_timeout;
};

/* One connection; its program is the end that the rule is about. */
struct conn {
	int end[2];		/* the program's, the peer's */
	int own[OPTIONS];	/* what the program sets itself; 0: nothing */
	enum when when;
	enum doing doing;
	bool half_closed;
	int probes;		/* to be lost, while UNREACHABLE */
	double next;		/* when it does something */
	struct values v;
	double cut, ended;
	char rule[160];
};

static const int level[OPTIONS] = { SOL_SOCKET, IPPROTO_TCP, IPPROTO_TCP, IPPROTO_TCP };
static const int name[OPTIONS] = { SO_KEEPALIVE, TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT };

static struct conn *conns;
static int n_conns, failures;
static long outages, pauses;
static uint64_t seed;

static void die(const char *what)
{
	fprintf(stderr, "# soak: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* splitmix64 */
static uint32_t below(uint32_t n)
{
	uint64_t z = seed += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return (z ^ (z >> 31)) % n;
}

#define one_of(...) ({							\
	static const int choice_[] = { __VA_ARGS__ };			\
									\
	choice_[below(sizeof(choice_) / sizeof(choice_[0]))];		\
})

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void sleep_for(double seconds)
{
	struct timespec t = { seconds, (seconds - (long)seconds) * 1e9 };

	nanosleep(&t, NULL);
}

static void enter(const char *netns)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", netns);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		die(path);
	close(fd);
}

/* The peer's socket drops whatever comes, or no longer. */
static void reach(const struct conn *c, bool can)
{
	struct sock_filter drop = BPF_STMT(BPF_RET | BPF_K, 0);
	struct sock_fprog prog = { .len = 1, .filter = &drop };

	if (setsockopt(c->end[1], SOL_SOCKET, can ? SO_DETACH_FILTER : SO_ATTACH_FILTER,
		       &prog, sizeof(prog)))
		die("filter");
}

/* --- rules and connections ------------------------------------------------ */

static void choose_rule(struct conn *c, int i)
{
	static const char * const modes[] = { "default", "default", "clamp", "force" };
	int intvl = one_of(3, 4, 5, 10, 15, 30), n;

	n = sprintf(c->rule, "name=s%d dir=%s port=%d mode=%s ", i, below(2) ? "out" : "in",
		    PORT + i, modes[below(4)]);
	switch (below(4)) {
	case 0:
		sprintf(c->rule + n, "user_timeout=%ds", one_of(10, 45, 120));
		c->when = NEVER;
		memset(c->own, 0, sizeof(c->own));
		break;
	case 1:
		sprintf(c->rule + n, "idle=%ds intvl=%ds cnt=%d user_timeout=auto",
			intvl * one_of(1, 2, 5, 20), intvl, one_of(1, 2, 3, 5, 9, 20));
		break;
	default:
		sprintf(c->rule + n, "detect=%ds", one_of(20, 30, 40, 60, 120, 300, 900));
	}
}

static void choose_own(struct conn *c)
{
	c->when = below(4);
	if (!below(3))
		c->own[0] = 1;
	/* never below an interval that a rule or the program may give */
	if (!below(2))
		c->own[1] = one_of(150, 200, 300, 600);
	if (!below(3))
		c->own[2] = one_of(3, 10, 15);
	if (!below(3))
		c->own[3] = one_of(2, 3, 5, 9, 30);
}

static void set_own(const struct conn *c, int fd)
{
	int i;

	for (i = 0; i < OPTIONS; i++) {
		if (c->own[i] && setsockopt(fd, level[i], name[i], &c->own[i], sizeof(int)))
			die("setsockopt");
	}
}

static void get_values(const struct conn *c, struct values *v)
{
	socklen_t len = sizeof(int);
	int i;

	for (i = 0; i < OPTIONS; i++)
		getsockopt(c->end[0], level[i], name[i], &v->option[i], &len);
	getsockopt(c->end[0], IPPROTO_TCP, TCP_USER_TIMEOUT, &v->user_timeout, &len);
}

static struct tcp_info info(int fd)
{
	struct tcp_info ti = { 0 };
	socklen_t len = sizeof(ti);

	getsockopt(fd, IPPROTO_TCP, TCP_INFO, &ti, &len);
	return ti;
}

static struct sockaddr_storage server(bool v6, int port, socklen_t *len)
{
	struct sockaddr_storage a = { 0 };
	struct sockaddr_in6 *a6 = (void *)&a;
	struct sockaddr_in *a4 = (void *)&a;

	if (v6) {
		a6->sin6_family = AF_INET6;
		a6->sin6_port = htons(port);
		inet_pton(AF_INET6, getenv("SERVER6"), &a6->sin6_addr);
		*len = sizeof(*a6);
	} else {
		a4->sin_family = AF_INET;
		a4->sin_port = htons(port);
		inet_pton(AF_INET, getenv("SERVER4"), &a4->sin_addr);
		*len = sizeof(*a4);
	}
	return a;
}

static void open_conn(struct conn *c, int i)
{
	bool in = strstr(c->rule, "dir=in"), v6 = below(2);
	socklen_t len;
	struct sockaddr_storage a = server(v6, PORT + i, &len);
	int listener, one = 1, size = 8192, out, accepted;

	enter("b");
	listener = socket(a.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	/* small, so that a pause soon closes the window */
	setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (in && c->when == BEFORE)
		set_own(c, listener);
	if (bind(listener, (struct sockaddr *)&a, len) || listen(listener, 1))
		die("listen");
	enter("a");
	out = socket(a.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(out, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (!in && c->when == BEFORE)
		set_own(c, out);
	if (connect(out, (struct sockaddr *)&a, len))
		die("connect");
	accepted = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (accepted < 0 || fcntl(out, F_SETFL, O_NONBLOCK))
		die("accept");
	close(listener);
	c->end[0] = in ? accepted : out;
	c->end[1] = in ? out : accepted;
	if (c->when == AFTER)
		set_own(c, c->end[0]);
	c->next = now() + below(600);
}

static void load_rules(void)
{
	int i, fd = open(RULES, O_WRONLY);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");

	if (!f)
		die(RULES);
	fprintf(f, "begin\nflush\n");
	for (i = 0; i < n_conns; i++)
		fprintf(f, "%s\n", conns[i].rule);
	fprintf(f, "commit\n");
	if (fclose(f))
		die(RULES);
}

/* --- a life --------------------------------------------------------------- */

static void fault(const struct conn *c, const char *fmt, ...)
{
	const int *o = c->v.option;
	va_list args;

	failures++;
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	printf(": %s; own %d/%d/%d/%d %s, in force %d/%d/%d/%d/%u%s\n", c->rule, c->own[0],
	       c->own[1], c->own[2], c->own[3],
	       ((const char *[]){ "never", "before", "after", "later" })[c->when],
	       o[0], o[1], o[2], o[3], c->v.user_timeout, c->half_closed ? ", half closed" : "");
}

static bool has_ended(struct conn *c)
{
	socklen_t len = sizeof(int);
	int err = 0;

	if (!c->ended && info(c->end[0]).tcpi_state == CLOSED) {
		c->ended = now();
		getsockopt(c->end[0], SOL_SOCKET, SO_ERROR, &err, &len);
		if (!c->cut)
			fault(c, "%.0f: ended in good health (%s) while %s", c->ended,
			      strerror(err), doing_text[c->doing]);
	}
	return c->ended;
}

static void drain(struct conn *c)
{
	static char buf[65536];

	while (recv(c->end[1], buf, sizeof(buf), 0) > 0)
		;
}

static void fill(struct conn *c)
{
	static const char buf[65536];

	while (send(c->end[0], buf, one_of(1, 100, 60000), MSG_NOSIGNAL) > 0)
		;
}

static void begin_something(struct conn *c)
{
	const int *o = c->v.option;

	get_values(c, &c->v);
	switch (below(8)) {
	case 0:
		if (c->half_closed)
			break;
		fill(c);
		c->doing = PAUSED;
		c->next = now() + one_of(20, 60, 300, 3600);
		pauses++;
		return;
	case 1:
		if (c->when != LATER)
			break;
		set_own(c, c->end[0]);
		c->when = AFTER;
		break;
	case 2:
		if (below(20))
			break;
		shutdown(c->end[0], SHUT_WR);
		c->half_closed = true;
		break;
	case 3:
	case 4:
		/* what is not answered yet would be data in flight */
		if (!o[0] || o[1] < o[2] || o[3] < 2 || o[1] > 3600 || info(c->end[0]).tcpi_unacked)
			break;
		reach(c, false);
		c->doing = UNREACHABLE;
		c->probes = 1 + below(o[3] - 1);
		c->next = now() + 1;
		outages++;
		return;
	default:
		if (!c->half_closed && send(c->end[0], "hello", 5, MSG_NOSIGNAL) != 5)
			fault(c, "cannot send");
	}
	c->next = now() + 1 + below(1200);
}

static void live(struct conn *c)
{
	if (has_ended(c))
		return;
	if (c->doing == UNREACHABLE && info(c->end[0]).tcpi_probes < c->probes) {
		c->next = now() + 1;
		return;
	}
	if (c->doing == QUIET) {
		drain(c);
		begin_something(c);
		return;
	}
	if (c->doing == UNREACHABLE)
		reach(c, true);
	drain(c);
	c->doing = QUIET;
	/* what has been waiting arrives, or the next probe is answered */
	c->next = now() + 300;
}

static void live_for(double seconds)
{
	double end = now() + seconds, t;
	int i;

	while ((t = now()) < end) {
		for (i = 0; i < n_conns; i++) {
			if (conns[i].next <= t)
				live(&conns[i]);
		}
		sleep_for(1);
	}
}

/* --- and its end ---------------------------------------------------------- */

/* All that was begun is over: every connection is quiet, and its peer in reach. */
static void come_to_rest(void)
{
	int i, busy = n_conns;

	while (busy) {
		for (busy = i = 0; i < n_conns; i++) {
			struct conn *c = &conns[i];

			if (c->ended || c->doing == QUIET)
				continue;
			busy++;
			if (c->doing == PAUSED || c->next <= now())
				live(c);
		}
		sleep_for(1);
	}
	for (i = 0; i < n_conns; i++)
		drain(&conns[i]);
	sleep_for(300);
	for (i = 0; i < n_conns; i++) {
		drain(&conns[i]);
		get_values(&conns[i], &conns[i].v);
	}
}

/* Seconds after which a dead peer is found at the latest; 0: never. */
static double latest(const struct values *v)
{
	const int *o = v->option;
	double keepalive = o[1] + o[2] * o[3], timeout = v->user_timeout / 1000.0;

	if (!o[0])
		return 0;
	/* the user timeout ends it at the next tick; timers are up to an eighth late */
	if (timeout)
		keepalive = (timeout > o[1] + o[2] ? timeout : o[1] + o[2]) + o[2];
	return keepalive * 9 / 8 + 2;
}

static void cut_half(void)
{
	double end;
	int i;

	for (i = 0; i < n_conns; i += 2) {
		conns[i].cut = now();
		reach(&conns[i], false);
	}
	for (end = now() + PATIENCE; now() < end; sleep_for(1)) {
		for (i = 0; i < n_conns; i += 2)
			has_ended(&conns[i]);
	}
}

static int judge(void)
{
	int i, found = 0;

	for (i = 0; i < n_conns; i++) {
		struct conn *c = &conns[i];
		double limit = latest(&c->v), took = c->ended - c->cut;

		if (has_ended(c) && !c->cut)
			continue;
		if (!c->cut || !limit || limit > PATIENCE)
			continue;
		found += !!c->ended;
		if (!c->ended)
			fault(c, "a dead peer was not found in %.0f s", limit);
		else if (took > limit)
			fault(c, "a dead peer was found after %.1f s, not %.1f", took, limit);
	}
	return found;
}

int main(int argc, char **argv)
{
	struct rlimit files = { 16384, 16384 };
	int i, found;

	if (argc != 4 || !getenv("SERVER4") || !getenv("SERVER6")) {
		fprintf(stderr, "usage: SERVER4=ADDR SERVER6=ADDR soak CONNECTIONS HOURS SEED\n");
		return 2;
	}
	n_conns = atoi(argv[1]);
	seed = atoi(argv[3]);
	conns = calloc(n_conns, sizeof(*conns));
	if (!conns || setrlimit(RLIMIT_NOFILE, &files))
		die("start");
	for (i = 0; i < n_conns; i++) {
		choose_own(&conns[i]);
		choose_rule(&conns[i], i);
	}
	load_rules();
	for (i = 0; i < n_conns; i++)
		open_conn(&conns[i], i);
	live_for(atof(argv[2]) * 3600);
	come_to_rest();
	cut_half();
	found = judge();
	printf("connections=%d pauses=%ld outages=%ld found=%d failures=%d\n", n_conns, pauses,
	       outages, found, failures);
	return failures > 0;
}

// SPDX-License-Identifier: GPL-2.0
/* Writers, good and bad, and readers of /sys/kernel/kapolicy. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "stress.h"

#define TEXT_MAX	(256 << 10)

static char text[TEXT_MAX];
static size_t len;

static void add(const char *s)
{
	size_t n = strlen(s);

	if (len + n >= sizeof(text))
		abort();
	memcpy(text + len, s, n + 1);
	len += n;
}

/* One rule; some of them match the connections that are opened beside. */
static void add_rule(const char *tag, unsigned int i)
{
	static const char *const values[] = {
		"idle=60s", "detect=30s", "idle=20s intvl=5s cnt=3 user_timeout=auto", "user_timeout=9000ms",
		"mode=clamp idle=10s intvl=3s", "mode=force keepalive=off", "mode=force idle=5s cnt=9",
		"action=skip",
	};
	static const char *const keys[] = {
		"", "dir=out", "dir=in", "port=7000-7003", "rport=7004,7005", "lport=7001,7006-7999",
		"laddr=127.0.0.0/8", "raddr=::1", "laddr=10.0.0.0/8,fc00::/7", "uid=1000", "uid=1001-1002,4000",
		"cgroup=/stress/*-*.scope", "cgroup=/stress/**", "cgroup=/system.slice/*.service",
		"cgroup=/stress/0-1?.scope",
	};
	char line[128];

	snprintf(line, sizeof(line), "name=%s.%u prio=%u ", tag, i, rnd(5));
	add(line);
	if (rnd(4)) {
		snprintf(line, sizeof(line), "port=%u cgroup=/svc%u ", 1 + rnd(9000), rnd(40));
		add(line);
	} else {
		add(keys[rnd(sizeof(keys) / sizeof(*keys))]);
		add(" ");
	}
	add(values[rnd(sizeof(values) / sizeof(*values))]);
	add("\n");
}

/* Mostly small sets, as they take least time; now and then a few hundred rules. */
void replace_rules(int nr)
{
	static const unsigned int sizes[] = { 0, 1, 2, 3, 5, 8, 8, 13, 21, 34, 300 };
	char tag[8];

	snprintf(tag, sizeof(tag), "r%d", nr);
	while (!total->stop) {
		unsigned int n = rnd(16) ? rnd(10) : 10, i, size = sizes[n];
		int fd = open_sysfs("rules", O_WRONLY), err;

		if (fd < 0) {
			if (!is_expected(errno))
				complain("opening rules: %s", strerror(errno));
			continue;
		}
		len = 0;
		add("begin\nflush\n");
		for (i = 0; i < size; i++)
			add_rule(tag, i);
		add("commit\n");
		err = put(fd, text, len);
		close(fd);
		if (!err)
			atomic_fetch_add(&total->replaces, 1);
		else if (err == ENOSPC)
			atomic_fetch_add(&total->refused, 1);
		else if (!is_expected(err))
			complain("replacing the rules: %s", strerror(err));
	}
}

/* One line that may be good; returns whether it must be refused. */
static bool add_edit(void)
{
	static const char *const bad[] = {
		"port=0 idle=1s\n", "idle=\n", "begin\nbegin\n", "commit\n", "add\n", "port=1-70000 idle=1s\n",
		"cgroup=no idle=1s\n", "del id=99999999999\n", "\001\n", "name=a idle=1s\nname=a idle=1s\n",
		"detect=30s idle=1s\n", "flush now\n", "raddr=1.2.3.4/33 cnt=1\n",
	};
	unsigned int i;

	len = 0;
	switch (rnd(6)) {
	case 0:
		add("flush\n");
		return false;
	case 1:
		add("del name=e.1\n");
		return false;
	case 2:
		for (i = rnd(20) + 1; i; i--)
			add_rule("e", rnd(40));
		return false;
	case 3:
		/* never committed */
		add("begin\nflush\n");
		for (i = rnd(60); i; i--)
			add_rule("e", i);
		return false;
	case 4:
		for (i = rnd(5); i; i--)
			add_rule("e", i);
		for (i = 0; i < len; i++)
			if (!rnd(20))
				text[i] = (char)rnd(256);
		return false;
	default:
		for (i = rnd(5); i; i--)
			add_rule("e", i);
		add(bad[rnd(sizeof(bad) / sizeof(*bad))]);
		return true;
	}
}

/* Small changes and refused ones; some files stay open, with what they have begun. */
void edit_rules(int nr)
{
	int open_file[24], err;
	size_t i;

	(void)nr;
	for (i = 0; i < sizeof(open_file) / sizeof(*open_file); i++)
		open_file[i] = -1;
	while (!total->stop) {
		int *fd = &open_file[rnd(sizeof(open_file) / sizeof(*open_file))];
		bool is_bad = add_edit();

		/* "commit" may be right in what a file has begun */
		if (*fd >= 0 && (is_bad || rnd(2))) {
			close(*fd);
			*fd = -1;
		}
		if (*fd < 0)
			*fd = open_sysfs("rules", O_WRONLY);
		err = *fd < 0 ? errno : put(*fd, text, len);
		if (!err && is_bad && *fd >= 0)
			complain("accepted: %s", text);
		else if (!err)
			atomic_fetch_add(&total->edits, 1);
		else if (err == EINVAL || err == EEXIST || err == ENOSPC || err == E2BIG)
			atomic_fetch_add(&total->refused, 1);
		else if (!is_expected(err))
			complain("changing the rules: %s", strerror(err));
	}
}

void read_files(int nr)
{
	static const char *const files[] = {
		"rules", "counters", "rules", "counters", "last_error", "generation", "enabled", "max_rules",
		"stats/connections", "stats/matched", "stats/applied", "stats/app_set", "stats/timed_out",
	};

	(void)nr;
	while (!total->stop) {
		int fd = open_sysfs(files[rnd(sizeof(files) / sizeof(*files))], O_RDONLY);
		size_t chunk = rnd(4) ? 4096 : rnd(300) + 1;
		ssize_t r = fd < 0 ? -1 : 1;

		while (r > 0)
			r = read(fd, text, chunk);
		if (!r)
			atomic_fetch_add(&total->reads, 1);
		else if (!is_expected(errno))
			complain("reading: %s", strerror(errno));
		if (fd >= 0)
			close(fd);
	}
}

static void write_word(const char *name, const char *word)
{
	int fd = open_sysfs(name, O_WRONLY), err = fd < 0 ? errno : put(fd, word, strlen(word));

	if (fd >= 0)
		close(fd);
	if (!err)
		atomic_fetch_add(&total->toggles, 1);
	else if (!is_expected(err))
		complain("%s in %s: %s", word, name, strerror(err));
}

/* Off for a moment, and a limit that some sets do not fit in. */
void toggle(int nr)
{
	(void)nr;
	while (!total->stop) {
		write_word("enabled", "0");
		if (!rnd(4))
			write_word("max_rules", "30");
		pause_ms(rnd(3));
		write_word("enabled", "1");
		write_word("max_rules", "65536");
		pause_ms(rnd(30));
	}
}

// SPDX-License-Identifier: GPL-2.0
#include "see/netns.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "host/sys.h"

#define SYSCTL		"/proc/sys/net/ipv4/"
#define RTO_MAX		120000	/* ms, where the kernel cannot be told */

static struct kap_netns *find(const struct kap_netnses *all, ino_t ino)
{
	size_t i;

	/* the latest first: processes of one container follow each other */
	for (i = all->n; i > 0; i--) {
		if (all->v[i - 1]->ino == ino)
			return all->v[i - 1];
	}
	return NULL;
}

/**
 * kap_netns_add - note a namespace
 * @all: where to
 * @fd: a descriptor of it, which is taken over; -1 is ignored
 * @name: what it is called, or NULL
 *
 * Return: the namespace when it is new, or NULL.
 */
struct kap_netns *kap_netns_add(struct kap_netnses *all, int fd,
				const char *name)
{
	struct kap_netns *ns;
	struct stat st;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) || find(all, st.st_ino)) {
		close(fd);
		return NULL;
	}
	ns = kap_mem_alloc(sizeof(*ns));
	ns->ino = st.st_ino;
	ns->fd = fd;
	if (name)
		ns->name = strdup(name);
	else if (asprintf(&ns->name, "%lu", (unsigned long)ns->ino) < 0)
		abort();
	all->v = kap_mem_grow(all->v, all->n, &all->room, sizeof(ns));
	all->v[all->n++] = ns;
	return ns;
}

/* The namespace of a process or thread. Most are known by their number. */
static void note_task(struct kap_netnses *all, int dir, const char *path)
{
	static const char mark[] = "net:[";
	char link[64];
	ssize_t n = readlinkat(dir, path, link, sizeof(link) - 1);
	int fd;

	if (n < 0) {
		if (errno == EACCES || errno == EPERM)
			all->denied++;
		return;
	}
	link[n] = '\0';
	if (strncmp(link, mark, strlen(mark)) ||
	    find(all, strtoul(link + strlen(mark), NULL, 10)))
		return;
	fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		all->skipped++;
	kap_netns_add(all, fd, NULL);
}

static void note_threads(struct kap_netnses *all, int proc, const char *pid)
{
	char path[300];
	struct dirent *d;
	DIR *dir;
	int fd;

	snprintf(path, sizeof(path), "%s/task", pid);
	fd = openat(proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = fd < 0 ? NULL : fdopendir(fd);
	while (dir && (d = readdir(dir))) {
		if (*d->d_name < '1' || *d->d_name > '9')
			continue;
		snprintf(path, sizeof(path), "%s/ns/net", d->d_name);
		note_task(all, fd, path);
	}
	if (dir)
		closedir(dir);
}

/* Those with a name, or held by a file only: /run/netns, /run/docker/netns. */
static void note_mounts(struct kap_netnses *all)
{
	FILE *f = fopen("/proc/self/mountinfo", "re");
	char *line = NULL, root[64], where[4096];
	size_t room = 0;

	while (f && getline(&line, &room, f) >= 0) {
		const char *name;

		if (sscanf(line, "%*s %*s %*s %63s %4095s", root, where) != 2 ||
		    strncmp(root, "net:[", 5))
			continue;
		name = strrchr(where, '/');
		kap_netns_add(all, open(where, O_RDONLY | O_CLOEXEC),
			      name ? name + 1 : NULL);
	}
	if (f)
		fclose(f);
	free(line);
}

/**
 * kap_netns_collect - find the namespaces: ours, the named, those of threads
 * @all: the result; all zero before
 */
void kap_netns_collect(struct kap_netnses *all)
{
	struct dirent *d;
	DIR *dir;

	all->own = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	note_mounts(all);
	kap_netns_add(all, dup(all->own), NULL);
	dir = opendir("/proc");
	while (dir && (d = readdir(dir))) {
		if (*d->d_name >= '1' && *d->d_name <= '9')
			note_threads(all, dirfd(dir), d->d_name);
	}
	if (dir)
		closedir(dir);
}

static bool read_sysctl(const char *name, unsigned int *a, unsigned int *b)
{
	char path[128], text[64];

	snprintf(path, sizeof(path), SYSCTL "%s", name);
	return kap_sys_peek(path, text, sizeof(text)) > 0 &&
	       sscanf(text, b ? "%u %u" : "%u", a, b) == (b ? 2 : 1);
}

/* Of the namespace we are in; what cannot be read is as the kernel starts. */
static void read_sysctls(struct kap_netns *ns)
{
	unsigned int idle = 7200, intvl = 75, cnt = 9;

	ns->retries.retries2 = 15;
	ns->retries.rto_max = RTO_MAX;
	ns->ports[0] = 32768;
	ns->ports[1] = 60999;
	read_sysctl("tcp_keepalive_time", &idle, NULL);
	read_sysctl("tcp_keepalive_intvl", &intvl, NULL);
	read_sysctl("tcp_keepalive_probes", &cnt, NULL);
	read_sysctl("tcp_retries2", &ns->retries.retries2, NULL);
	read_sysctl("ip_local_port_range", &ns->ports[0], &ns->ports[1]);
	ns->has_rto_max = read_sysctl("tcp_rto_max_ms", &ns->retries.rto_max,
				      NULL);
	ns->defaults.idle = min_t(u32, idle, U16_MAX);
	ns->defaults.intvl = min_t(u32, intvl, U16_MAX);
	ns->defaults.cnt = min_t(u32, cnt, 255);
}

/**
 * kap_netns_enter - go to a namespace
 * @all: all of them
 * @ns: the namespace; its values are read
 *
 * Return: whether we are there; if not, it has been counted.
 */
bool kap_netns_enter(struct kap_netnses *all, struct kap_netns *ns)
{
	struct stat st;

	if ((fstat(all->own, &st) || st.st_ino != ns->ino) &&
	    setns(ns->fd, CLONE_NEWNET)) {
		if (errno == EPERM)
			all->denied++;
		else
			all->skipped++;
		return false;
	}
	read_sysctls(ns);
	return true;
}

/**
 * kap_netns_leave - go back to our own namespace
 * @all: all of them
 */
void kap_netns_leave(struct kap_netnses *all)
{
	/* fails without the right to leave, and then we never left */
	if (setns(all->own, CLONE_NEWNET) && errno != EPERM)
		abort();
}

/**
 * kap_netns_free - free them
 * @all: the namespaces
 */
void kap_netns_free(struct kap_netnses *all)
{
	size_t i;

	for (i = 0; i < all->n; i++) {
		if (all->v[i]->fd >= 0)
			close(all->v[i]->fd);
		free(all->v[i]->name);
		free(all->v[i]);
	}
	free(all->v);
	if (all->own >= 0)
		close(all->own);
}

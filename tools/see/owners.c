// SPDX-License-Identifier: GPL-2.0
#include "see/owners.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/progress.h"
#include "host/sys.h"
#include "see/conn.h"
#include "see/values.h"

/**
 * struct task - whose descriptors are being looked at
 * @pid: the process
 * @tid: the thread, of several that do not share them
 * @owner: the process as connections know it, or NULL so far
 * @handle: from kap_values_open(); 0: not yet
 */
struct task {
	pid_t pid;
	pid_t tid;
	struct kap_owner *owner;
	int handle;
};

static struct kap_owner *owner_of(struct kap_owners *o, struct task *t)
{
	char path[32], name[32] = "?";

	if (t->owner)
		return t->owner;
	snprintf(path, sizeof(path), "/proc/%d/comm", t->pid);
	kap_sys_peek(path, name, sizeof(name));
	name[strcspn(name, "\n")] = '\0';
	t->owner = kap_mem_alloc(sizeof(*t->owner));
	t->owner->pid = t->pid;
	snprintf(t->owner->program, sizeof(t->owner->program), "%.15s", name);
	t->owner->next = o->all->owners;
	o->all->owners = t->owner;
	return t->owner;
}

/* Can the sockets of this task be asked? */
static bool open_task(struct kap_owners *o, struct task *t)
{
	if (!t->handle)
		t->handle = kap_values_open(t->tid, t->pid);
	if (t->handle == KAP_VALUES_NO_CALL)
		o->too_old = true;
	return t->handle > 0;
}

/* A namespace that no process is in and no name leads to. */
static bool find_netns(struct kap_owners *o, struct task *t, int fd)
{
	struct kap_netns *ns;

	if (!open_task(o, t))
		return false;
	ns = kap_netns_add(o->nses, kap_values_netns(t->handle, fd), NULL);
	if (!ns)
		return false;
	o->dump(ns, o->data);
	kap_conns_index(o->all);
	return true;
}

static void take_socket(struct kap_owners *o, struct task *t, int fd, u32 inode)
{
	struct kap_conn *c = kap_conns_find(o->all, inode);
	int err;

	if (!c && find_netns(o, t, fd))
		c = kap_conns_find(o->all, inode);
	if (!c)
		return;
	if (!c->owner)
		c->owner = owner_of(o, t);
	if (c->known == KAP_OPTS_ALL || !open_task(o, t))
		return;
	err = kap_values_read(t->handle, fd, c);
	if (err == KAP_VALUES_NO_CALL)
		o->too_old = true;
	if (err == KAP_VALUES_NO_CALL || err == -EPERM) {
		/* it will be so for all of them */
		close(t->handle);
		t->handle = err;
	}
}

static void take_descriptors(struct kap_owners *o, struct task *t, int task)
{
	static const char mark[] = "socket:[";
	struct dirent *d;
	char link[64];
	DIR *dir;
	int fd = openat(task, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		if (errno == EACCES || errno == EPERM)
			o->denied++;
		else
			o->gone++;
		return;
	}
	while ((d = readdir(dir))) {
		ssize_t n;

		if (*d->d_name == '.')
			continue;
		n = readlinkat(fd, d->d_name, link, sizeof(link) - 1);
		if (n <= (ssize_t)strlen(mark) ||
		    memcmp(link, mark, strlen(mark)))
			continue;
		link[n] = '\0';
		take_socket(o, t, atoi(d->d_name),
			    strtoul(link + strlen(mark), NULL, 10));
		kap_progress_step("connections asked");
	}
	closedir(dir);
	if (t->handle > 0)
		close(t->handle);
	else if (t->handle < 0 && t->handle != KAP_VALUES_NO_CALL && t->handle != -ESRCH)
		o->closed_to_us++;
}

/* Where the kernel does not say, the thread is looked at as well. */
static bool shares(pid_t pid, pid_t tid)
{
	return !syscall(SYS_kcmp, pid, tid, KCMP_FILES, 0, 0);
}

static void take_threads(struct kap_owners *o, struct task *process, int proc)
{
	int fd = openat(proc, "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *d;

	while (dir && (d = readdir(dir))) {
		struct task t = *process;
		int thread;

		t.tid = atoi(d->d_name);
		t.handle = 0;
		if (t.tid <= 0 || t.tid == t.pid || shares(t.pid, t.tid))
			continue;
		thread = openat(fd, d->d_name, O_RDONLY | O_DIRECTORY |
				O_CLOEXEC);
		if (thread < 0)
			continue;
		take_descriptors(o, &t, thread);
		process->owner = t.owner;
		close(thread);
	}
	if (dir)
		closedir(dir);
}

/**
 * kap_owners_find - find out who holds the connections, and their options
 * @o: the search
 */
void kap_owners_find(struct kap_owners *o)
{
	DIR *dir = opendir("/proc");
	struct dirent *d;

	kap_conns_index(o->all);
	while (dir && (d = readdir(dir))) {
		struct task t = { .pid = atoi(d->d_name) };
		int proc;

		t.tid = t.pid;
		if (t.pid <= 0)
			continue;
		proc = openat(dirfd(dir), d->d_name,
			      O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (proc < 0) {
			o->gone++;
			continue;
		}
		take_descriptors(o, &t, proc);
		take_threads(o, &t, proc);
		close(proc);
	}
	if (dir)
		closedir(dir);
}

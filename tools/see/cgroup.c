// SPDX-License-Identifier: GPL-2.0
#include "see/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "host/cgroup.h"

#define KERNFS_HANDLE	0xfe	/* FILEID_KERNFS */

/* @path is NULL when it is not there any more. */
struct cgroup {
	u64 id;
	char *path;
};

/* A file handle of a cgroup is its id. */
struct handle {
	struct file_handle h;
	u64 id;
};

/* nftw() passes nothing on. */
static struct kap_cgroups *reading;

static int cmp_id(const void *a, const void *b)
{
	const struct cgroup *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

static const char *keep(struct kap_cgroups *all, u64 id, char *path)
{
	struct cgroup *c = kap_mem_alloc(sizeof(*c)), **node;

	c->id = id;
	c->path = path;
	node = tsearch(c, &all->root, cmp_id);
	if (*node != c) {
		free(path);
		free(c);
	}
	return (*node)->path;
}

static int take_dir(const char *path, const struct stat *st, int type,
		    struct FTW *ftw)
{
	struct handle at = { .h.handle_bytes = sizeof(at.id) };
	int mount;

	(void)st;
	(void)ftw;
	if ((type != FTW_D && type != FTW_DNR) ||
	    name_to_handle_at(AT_FDCWD, path, (void *)&at, &mount, 0))
		return 0;
	path += strlen(reading->mount);
	keep(reading, at.id, strdup(*path ? path : "/"));
	return 0;
}

/* Without the right to open by id, the whole tree is read, once. */
static void read_tree(struct kap_cgroups *all)
{
	reading = all;
	all->read = true;
	nftw(all->mount, take_dir, 32, FTW_PHYS | FTW_MOUNT);
}

/* The path of an id; NULL when it is not there any more. To be freed. */
static char *path_of(const struct kap_cgroups *all, int fd)
{
	size_t skip = strlen(all->mount);
	char link[64], path[PATH_MAX];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	if (n < (ssize_t)skip || memcmp(path, all->mount, skip))
		return NULL;
	path[n] = '\0';
	return strdup(path[skip] ? path + skip : "/");
}

/**
 * kap_cgroups_start - get ready to find cgroups
 * @all: the result; nothing is found where there is no cgroup2
 */
void kap_cgroups_start(struct kap_cgroups *all)
{
	memset(all, 0, sizeof(*all));
	all->mount = kap_cgroup_mount();
	all->fd = all->mount ? open(all->mount, O_RDONLY | O_CLOEXEC) : -1;
}

/**
 * kap_cgroups_find - the path of a cgroup
 * @all: the cgroups
 * @id: of the cgroup
 *
 * Return: its path, or NULL when it is not there any more.
 */
const char *kap_cgroups_find(struct kap_cgroups *all, u64 id)
{
	struct cgroup like = { .id = id }, **node;
	struct handle at = {
		.h.handle_bytes = sizeof(id),
		.h.handle_type = KERNFS_HANDLE,
		.id = id,
	};
	char *path = NULL;
	int fd;

	node = tfind(&like, &all->root, cmp_id);
	if (node || all->read || all->fd < 0)
		return node ? (*node)->path : NULL;
	fd = open_by_handle_at(all->fd, (void *)&at, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno == EPERM) {
		read_tree(all);
		return kap_cgroups_find(all, id);
	}
	if (fd >= 0) {
		path = path_of(all, fd);
		close(fd);
	}
	return keep(all, id, path);
}

static void free_cgroup(void *node)
{
	struct cgroup *c = node;

	free(c->path);
	free(c);
}

/**
 * kap_cgroups_free - free them
 * @all: the cgroups
 */
void kap_cgroups_free(struct kap_cgroups *all)
{
	tdestroy(all->root, free_cgroup);
	free(all->mount);
	if (all->fd >= 0)
		close(all->fd);
}

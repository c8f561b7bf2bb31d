// SPDX-License-Identifier: GPL-2.0
/* The roads a setsockopt() can come by, other than the plain call. */
#define _GNU_SOURCE
#include "prober.h"

#include <errno.h>
#include <limits.h>
#include <linux/io_uring.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* In the headers since Linux 6.7. */
#define URING_CMD		46
#define URING_SETSOCKOPT	3

struct call {
	int fd, level, name;
	int err;
};

/* Below 4 GiB in a static program, which is what a 32-bit call needs. */
static int value;

static int fill_call(char **argv, struct call *c)
{
	long number;

	c->fd = name_to_fd(argv[1]);
	if (c->fd < 0)
		return c->fd;
	if (parse_long(argv[3], INT_MIN, INT_MAX, &number) ||
	    !option_find(argv[2], &c->level, &c->name))
		return -EINVAL;
	value = (int)number;
	return 0;
}

static void *run_thread(void *arg)
{
	struct call *c = arg;

	c->err = setsockopt(c->fd, c->level, c->name, &value, sizeof(value)) ? -errno : 0;
	return NULL;
}

/* tset: in another thread */
static int cmd_tset(int argc, char **argv, char *reply)
{
	pthread_t thread;
	struct call c;
	int err = fill_call(argv, &c);

	if (err)
		return err;
	err = -pthread_create(&thread, NULL, run_thread, &c);
	if (err)
		return err;
	pthread_join(thread, NULL);
	return c.err;
}

/* cset: by the call of a 32-bit program */
static int cmd_cset(int argc, char **argv, char *reply)
{
#ifdef __x86_64__
	struct call c;
	int err = fill_call(argv, &c);

	if (err)
		return err;
	if ((uintptr_t)&value > UINT32_MAX)
		return -EFAULT;
	asm volatile("int $0x80" : "=a" (err)
		     : "a" (366), "b" (c.fd), "c" (c.level), "d" (c.name),
		       "S" (&value), "D" (sizeof(value))
		     : "r8", "r9", "r10", "r11", "memory");
	return err;
#else
	return -EOPNOTSUPP;
#endif
}

/* A ring of one request, with the offsets of struct io_uring_sqe as they are. */
static int uring_call(int ring, const struct io_uring_params *p, const struct call *c)
{
	size_t len = p->sq_off.array + p->sq_entries * sizeof(uint32_t);
	size_t cq_len = p->cq_off.cqes + p->cq_entries * sizeof(struct io_uring_cqe);
	const uint32_t where[] = { c->level, c->name };
	const uint64_t from = (uintptr_t)&value;
	const uint32_t op = URING_SETSOCKOPT, size = sizeof(value);
	unsigned char *sqe;
	char *sq;

	if (cq_len > len)
		len = cq_len;
	sq = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
		  ring, IORING_OFF_SQ_RING);
	sqe = mmap(NULL, sizeof(struct io_uring_sqe), PROT_READ | PROT_WRITE,
		   MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_SQES);
	if (sq == MAP_FAILED || sqe == MAP_FAILED)
		return -errno;
	sqe[0] = URING_CMD;
	memcpy(sqe + 4, &c->fd, 4);
	memcpy(sqe + 8, &op, 4);
	memcpy(sqe + 16, where, 8);
	memcpy(sqe + 44, &size, 4);
	memcpy(sqe + 48, &from, 8);
	*(uint32_t *)(sq + p->sq_off.array) = 0;
	__atomic_store_n((uint32_t *)(sq + p->sq_off.tail), 1, __ATOMIC_RELEASE);
	if (syscall(__NR_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) < 0)
		return -errno;
	return ((struct io_uring_cqe *)(sq + p->cq_off.cqes))->res;
}

/* uset: by io_uring; EOPNOTSUPP or EINVAL where the kernel cannot */
static int cmd_uset(int argc, char **argv, char *reply)
{
	struct io_uring_params p = { 0 };
	struct call c;
	int err = fill_call(argv, &c), ring;

	if (err)
		return err;
	ring = syscall(__NR_io_uring_setup, 1, &p);
	if (ring < 0)
		return -errno;
	err = p.features & IORING_FEAT_SINGLE_MMAP ? uring_call(ring, &p, &c) : -EOPNOTSUPP;
	close(ring);
	return err;
}

const struct command road_commands[] = {
	{ "tset", 3, 3, cmd_tset, false },
	{ "cset", 3, 3, cmd_cset, false },
	{ "uset", 3, 3, cmd_uset, false },
	{ NULL, 0, 0, NULL, false },
};

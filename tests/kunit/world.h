/* SPDX-License-Identifier: GPL-2.0 */
/* The module as main.c sets it up, for one test; and its rules file. */
#ifndef _KAPOLICY_KUNIT_WORLD_H
#define _KAPOLICY_KUNIT_WORLD_H

#include <kunit/test.h>
#include <linux/fs.h>

/* For .init and .exit of a suite. */
int world_init(struct kunit *test);
void world_exit(struct kunit *test);

/*
 * KUnit keeps a page of a test's output at most, its result at the end: loops
 * end at the first failure.
 */
static inline bool has_failed(struct kunit *test)
{
	return READ_ONCE(test->status) == KUNIT_FAILURE;
}

/**
 * struct pen - an open rules file that is written to
 * @file: the file
 * @off: where the next write goes
 */
struct pen {
	struct file *file;
	loff_t off;
};

void pen_open(struct kunit *test, struct pen *pen);
void pen_close(struct pen *pen);
int pen_write_len(struct pen *pen, const char *text, size_t len);
int pen_write(struct pen *pen, const char *text);

int rules_write(struct kunit *test, const char *text);
void rules_set(struct kunit *test, const char *text);
char *rules_read(struct kunit *test);
char *rules_text(struct kunit *test);
u64 rules_generation(void);
const char *rules_last_error(void);

#endif /* _KAPOLICY_KUNIT_WORLD_H */

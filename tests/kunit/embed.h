/* SPDX-License-Identifier: GPL-2.0 */
/* The files of tests/vectors, as they were when the module was built. */
#ifndef _KAPOLICY_KUNIT_EMBED_H
#define _KAPOLICY_KUNIT_EMBED_H

struct embedded {
	const char *name;
	const char *start;
	const char *end;
};

const struct embedded *embedded_find(const char *name);

#endif /* _KAPOLICY_KUNIT_EMBED_H */

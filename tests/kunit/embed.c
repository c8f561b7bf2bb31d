// SPDX-License-Identifier: GPL-2.0
#include "embed.h"

#include <linux/kernel.h>
#include <linux/string.h>

#define EMBEDDED(X) \
	X(accept) \
	X(cgroup) \
	X(commands) \
	X(decide) \
	X(match) \
	X(refuse)

#define X(name) \
	extern const char vectors_##name[], vectors_##name##_end[]; \
	asm(".pushsection .rodata\n" \
	    "vectors_" #name ":\n" \
	    ".incbin \"" EMBED_DIR #name ".txt\"\n" \
	    "vectors_" #name "_end:\n" \
	    ".popsection\n");
EMBEDDED(X)
#undef X

static const struct embedded embedded[] = {
#define X(name) { #name ".txt", vectors_##name, vectors_##name##_end },
	EMBEDDED(X)
#undef X
};

const struct embedded *embedded_find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(embedded); i++) {
		if (!strcmp(name, embedded[i].name))
			return &embedded[i];
	}
	return NULL;
}

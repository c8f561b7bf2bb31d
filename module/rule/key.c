// SPDX-License-Identifier: GPL-2.0
/* The keys of the language by name. */
#include "rule/key.h"

#include <linux/errno.h>

#include "rule/text.h"

static const char * const key_names[KAP_KEY_NR] = {
#define X(id, text) [KAP_KEY_##id] = text,
	KAP_KEYS(X)
#undef X
};

/**
 * kap_key_name - how a key is written
 * @key: the key
 *
 * Context: any.
 * Return: a constant string.
 */
const char *kap_key_name(enum kap_word key)
{
	return key_names[key];
}

/**
 * kap_key_find - key of a name
 * @s: the name, need not be terminated
 * @len: its length
 *
 * Context: any.
 * Return: an enum kap_word, or -ENOENT.
 */
int kap_key_find(const char *s, size_t len)
{
	struct kap_text t = { s, s + len };
	int key;

	for (key = 0; key < KAP_KEY_NR; key++) {
		if (kap_text_is(t, key_names[key]))
			return key;
	}
	return -ENOENT;
}

// SPDX-License-Identifier: GPL-2.0
#include "rule/errors.h"

#include <linux/errno.h>
#include <linux/kernel.h>

static const struct {
	int err;
	const char *text;
	const char *name;
} errors[KAP_E_NR] = {
	[KAP_E_NONE] = { 0, "", "NONE" },
#define X(name, err, text) [KAP_E_##name] = { err, text, #name },
	KAP_ERRORS(X)
#undef X
};

/**
 * kap_error_errno - errno value of a reason
 * @error: the reason
 *
 * Context: any.
 * Return: the errno value, negative; 0 for KAP_E_NONE.
 */
int kap_error_errno(enum kap_error error)
{
	return -errors[error].err;
}

/**
 * kap_error_text - what the user reads
 * @error: the reason
 *
 * Context: any.
 * Return: a constant string.
 */
const char *kap_error_text(enum kap_error error)
{
	return errors[error].text;
}

/**
 * kap_error_name - name of a reason, as the test vectors write it
 * @error: the reason
 *
 * Context: any.
 * Return: a constant string.
 */
const char *kap_error_name(enum kap_error error)
{
	return errors[error].name;
}

/**
 * kap_error_format - write what a user reads in last_error
 * @diag: what was wrong
 * @buf: where to
 * @size: bytes of @buf
 *
 * Context: any.
 * Return: length of "LINE:COL-COL: message" and a newline; 0 if there is no error.
 */
size_t kap_error_format(const struct kap_diag *diag, char *buf, size_t size)
{
	size_t len;

	if (!diag->error)
		return 0;
	len = scnprintf(buf, size, "%u:%u-%u: %s", diag->line, diag->col,
			diag->end, kap_error_text(diag->error));
	if (diag->error == KAP_E_OVERLAP)
		len += scnprintf(buf + len, size - len, " (id=%llu to id=%llu)",
				 diag->id[0], diag->id[1]);
	return len + scnprintf(buf + len, size - len, "\n");
}

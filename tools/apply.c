// SPDX-License-Identifier: GPL-2.0
#include "apply.h"

#include <errno.h>
#include <string.h>

#include "cmd.h"

static void report(const struct kap_source *source,
		   const struct kap_refusal *r)
{
	const char *message = *r->message ? r->message : strerror(r->err);
	struct kap_place at = { .file = source->name };
	struct kap_span span = { r->col, r->end };
	struct kap_line line;

	/* whoever was faster, or our begin, flush or commit: no line is to blame */
	if (r->err != ESTALE && kap_source_line(source, r->line, &line))
		kap_source_report(KAP_ERROR, source, &line, span, "%s",
				  message);
	else
		kap_diag_report(KAP_ERROR, &at, "%s", message);
	if (r->err == ESTALE)
		kap_diag_hint("Nothing was changed here; try again.");
}

/**
 * kap_apply - change the rules
 * @change: KAP_CHANGE_ALL when @source replaces every rule
 * @source: commands or rules
 *
 * Return: an enum kap_exit; when the module refuses, the reason is reported
 * at the place of @source it names.
 */
int kap_apply(enum kap_change change, const struct kap_source *source)
{
	struct kap_refusal refusal;

	if (kap_sysfs_change(change, source->text, source->len, &refusal))
		return KAP_EXIT_OK;
	if (refusal.err)
		report(source, &refusal);
	return KAP_EXIT_FAILED;
}

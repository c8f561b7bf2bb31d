// SPDX-License-Identifier: GPL-2.0
#include "host/swept.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "host/sysfs.h"
#include "rules/source.h"

static bool read_swept(struct kap_swept *swept)
{
	struct kap_source source;
	bool ok;

	if (!kap_sysfs_source(&source, "apply"))
		return false;
	ok = sscanf(source.text,
		    "looked=%llu matched=%llu applied=%llu app_set=%llu",
		    &swept->looked, &swept->matched, &swept->applied,
		    &swept->app_set) == 4;
	if (!ok)
		kap_diag_error("what was done cannot be read: %s", source.name);
	kap_source_free(&source);
	return ok;
}

static void report_unknown(const char *what)
{
	bool number = !what[strspn(what, "0123456789")];

	kap_diag_error("all, id=N or name=X expected: %s", what);
	if (*what && !strchr(what, '='))
		kap_diag_hint("Did you mean %s=%s?", number ? "id" : "name",
			      what);
}

/**
 * kap_swept_apply - give connections that exist what their rules say
 * @what: "all", "id=N" or "name=X"
 * @swept: what was done
 *
 * Return: whether it was; if not, reported.
 */
bool kap_swept_apply(const char *what, struct kap_swept *swept)
{
	char *line;
	int err;

	if (asprintf(&line, "%s\n", what) < 0)
		abort();
	err = kap_sysfs_put("apply", line);
	free(line);
	if (err == ENOENT)
		kap_diag_error("no such rule: %s", what);
	else if (err == EINVAL)
		report_unknown(what);
	else if (err > 0)
		kap_diag_error("apply: %s", strerror(err));
	return !err && read_swept(swept);
}

/**
 * kap_swept_json - what was done, as JSON
 * @swept: by kap_swept_apply()
 *
 * Return: an object, a new reference.
 */
json_t *kap_swept_json(const struct kap_swept *swept)
{
	return json_pack("{sI sI sI sI}",
			 "looked", (json_int_t)swept->looked,
			 "matched", (json_int_t)swept->matched,
			 "applied", (json_int_t)swept->applied,
			 "app_set", (json_int_t)swept->app_set);
}

/**
 * kap_swept_print - what was done, in words
 * @swept: by kap_swept_apply()
 */
void kap_swept_print(const struct kap_swept *swept)
{
	unsigned long long skipped = swept->matched - swept->applied -
				     swept->app_set;

	printf("%llu connection%s looked at, %llu won by a rule: %llu changed, %llu had everything set",
	       swept->looked, swept->looked == 1 ? "" : "s", swept->matched,
	       swept->applied, swept->app_set);
	if (skipped)
		printf(", %llu skipped", skipped);
	putchar('\n');
}

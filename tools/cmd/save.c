// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/output.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "host/sysfs.h"
#include "rules/source.h"

/* Omit the ids: the module gives new ones when it reads the rules again. */
static size_t without_comment(const struct kap_line *line)
{
	const char *hash = memchr(line->s, '#', line->len);
	size_t len = hash ? (size_t)(hash - line->s) : line->len;

	while (len && line->s[len - 1] == ' ')
		len--;
	return len;
}

static int run(const struct kap_args *args)
{
	bool json = args->options & KAP_ARG_JSON;
	json_t *rules = json ? json_array() : NULL;
	struct kap_line line = { 0 };
	struct kap_source text;
	int ret = kap_sysfs_require();

	if (ret == KAP_EXIT_OK && !kap_sysfs_source(&text, "rules"))
		ret = KAP_EXIT_FAILED;
	if (ret != KAP_EXIT_OK) {
		json_decref(rules);
		return ret;
	}
	while (kap_source_next(&text, &line)) {
		int len = without_comment(&line);

		if (json)
			json_array_append_new(rules,
					      kap_json_bytes(line.s, len));
		else
			printf("%.*s\n", len, line.s);
	}
	if (json)
		kap_output_json(json_pack("{so}", "rules", rules));
	kap_source_free(&text);
	return ret;
}

const struct kap_command cmd_save = {
	.name = "save",
	.operands = "",
	.summary = "print the rules in force, for load",
	.instead = "To write a file: kapctl save >",
	.run = run,
};

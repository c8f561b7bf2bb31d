// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/output.h"
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "host/sys.h"
#include "host/sysfs.h"
#include "rule/limits.h"

/* A file of one line, without its newline; false when it is not there. */
static bool read_word(const char *path, char *buf, size_t size)
{
	if (kap_sys_peek(path, buf, size) <= 0)
		return false;
	buf[strcspn(buf, "\n")] = '\0';
	return *buf;
}

static json_t *module_json(const char *version, const char *abi)
{
	json_t *o = json_object();

	if (*version)
		json_object_set_new(o, "version", kap_json_string(version));
	if (*abi)
		json_object_set_new(o, "abi", json_integer(atoi(abi)));
	return o;
}

static int run(const struct kap_args *args)
{
	char version[64] = "", abi[32] = "";
	char *path = kap_sysfs_path("abi_version"), *dir = kap_sysfs_path("");
	bool loaded = !access(dir, F_OK);

	if (loaded) {
		read_word("module/kapolicy/version", version, sizeof(version));
		read_word(path, abi, sizeof(abi));
	}
	free(path);
	free(dir);
	if (args->options & KAP_ARG_JSON) {
		json_t *module = loaded ? module_json(version, abi) :
					  json_null();

		kap_output_json(json_pack("{s{sssi}so}", "kapctl", "version",
					  KAP_VERSION, "abi", KAP_ABI_VERSION,
					  "module", module));
		return KAP_EXIT_OK;
	}
	printf("kapctl %s (abi %d)\n", KAP_VERSION, KAP_ABI_VERSION);
	if (loaded)
		printf("module kapolicy %s (abi %s)\n",
		       *version ? version : "of unknown version",
		       *abi ? abi : "unknown");
	else
		printf("module kapolicy not loaded\n");
	return KAP_EXIT_OK;
}

const struct kap_command cmd_version = {
	.name = "version",
	.operands = "",
	.summary = "print the versions of kapctl and of the module",
	.run = run,
};

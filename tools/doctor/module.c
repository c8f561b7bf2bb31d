// SPDX-License-Identifier: GPL-2.0
/* The kernel, and the module: installed for it, loaded, of which version. */
#include "doctor/doctor.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/run.h"
#include "host/not_loaded.h"
#include "host/sys.h"
#include "host/sysfs.h"
#include "rule/limits.h"

#define OLDEST_MAJOR	5
#define OLDEST_MINOR	10

/**
 * kap_doctor_kernel - is this a kernel the module is made for?
 * @p: gets its release
 */
void kap_doctor_kernel(struct kap_patient *p)
{
	unsigned int major = 0, minor = 0;
	struct utsname uts;
	char rt[4] = "";

	uname(&uts);
	snprintf(p->release, sizeof(p->release), "%s", uts.release);
	kap_sys_peek("kernel/realtime", rt, sizeof(rt));
	if (sscanf(uts.release, "%u.%u", &major, &minor) == 2 &&
	    (major < OLDEST_MAJOR ||
	     (major == OLDEST_MAJOR && minor < OLDEST_MINOR))) {
		kap_doctor_say(KAP_PROBLEM, "kernel",
			       "%s: the module needs Linux %d.%d or later",
			       uts.release, OLDEST_MAJOR, OLDEST_MINOR);
		kap_doctor_fix("boot a newer kernel");
	} else if (*rt == '1' || strstr(uts.version, "PREEMPT_RT")) {
		kap_doctor_say(KAP_PROBLEM, "kernel",
			       "%s: PREEMPT_RT is not supported", uts.release);
		kap_doctor_fix("boot a kernel without PREEMPT_RT");
	} else {
		kap_doctor_say(KAP_OK, "kernel", "%s", uts.release);
	}
}

/* The value of "key:" at the start of a line; empty when there is none. */
static void field(const char *text, const char *key, char *value, size_t size)
{
	size_t len = strlen(key);
	const char *s;

	*value = '\0';
	for (s = text; s; s = strchr(s, '\n')) {
		s += *s == '\n';
		if (strncmp(s, key, len) || s[len] != ':')
			continue;
		s += len + 1;
		s += strspn(s, " \t");
		snprintf(value, size, "%.*s", (int)strcspn(s, "\n"), s);
		return;
	}
}

static void find_installed(struct kap_modinfo *installed)
{
	char *const argv[] = { "modinfo", "kapolicy", NULL };
	char text[4096];

	if (kap_run(argv, text, sizeof(text)))
		*text = '\0';
	field(text, "filename", installed->path, sizeof(installed->path));
	field(text, "version", installed->version, sizeof(installed->version));
	field(text, "signer", installed->signer, sizeof(installed->signer));
}

static void not_loaded(const struct kap_patient *p,
		       const struct kap_modinfo *installed)
{
	const char *why = kap_not_loaded_signature();

	if (!*installed->path) {
		kap_doctor_not_built(p);
	} else if (why) {
		kap_doctor_signature(p, installed, why);
	} else {
		kap_doctor_say(KAP_PROBLEM, "module",
			       "%s is installed for this kernel, but not loaded",
			       installed->version);
		kap_doctor_fix("modprobe kapolicy");
	}
}

static void compare_versions(const char *loaded,
			     const struct kap_modinfo *installed)
{
	int cmp = strverscmp(loaded, KAP_VERSION);

	if (!*installed->path) {
		kap_doctor_say(KAP_PROBLEM, "module",
			       "%s is loaded, but not installed for this kernel: it will not be there after a reboot",
			       loaded);
		kap_doctor_fix_package("kapolicy-dkms");
	} else if (*installed->version && strcmp(loaded, installed->version)) {
		kap_doctor_say(KAP_PROBLEM, "module",
			       "%s is loaded, but %s is installed",
			       loaded, installed->version);
		kap_doctor_fix("reboot");
		kap_doctor_fix("or, leaving new connections alone meanwhile: rmmod kapolicy && systemctl restart kapolicy");
	} else if (cmp) {
		kap_doctor_say(KAP_PROBLEM, "module",
			       "%s is %s than this kapctl, %s", loaded,
			       cmp < 0 ? "older" : "newer", KAP_VERSION);
		kap_doctor_fix_package(cmp < 0 ? "kapolicy-dkms" : "kapctl");
	} else {
		kap_doctor_say(KAP_OK, "module", "%s is loaded", loaded);
	}
}

static void rules_not_readable(const char *why)
{
	/* without the right to read the file, say nothing about it */
	if (strstr(why, strerror(EACCES))) {
		kap_doctor_say(KAP_NOTE, "module",
			       "what is in force is not looked at: %s", why);
		kap_doctor_fix("kapctl doctor    (as root)");
	} else {
		kap_doctor_say(KAP_PROBLEM, "module",
			       "what is in force cannot be read: %s", why);
		kap_doctor_fix("rmmod kapolicy && modprobe kapolicy && kapctl load");
	}
}

static void loaded(struct kap_patient *p, const struct kap_modinfo *installed)
{
	unsigned long long abi = 0;
	struct kap_held held = { 0 };
	char version[64] = "";

	if (kap_sys_peek("module/kapolicy/version", version,
			 sizeof(version)) <= 0)
		strcpy(version, "an unknown version");
	version[strcspn(version, "\n")] = '\0';
	kap_diag_hold(&held);
	if (kap_sysfs_number("abi_version", &abi) && abi == KAP_ABI_VERSION)
		p->has_live = kap_live_read(&p->live);
	kap_diag_hold(NULL);
	if (abi && abi != KAP_ABI_VERSION) {
		kap_doctor_say(KAP_PROBLEM, "module",
			       "%s has abi_version %llu, this kapctl %s knows %d",
			       version, abi, KAP_VERSION, KAP_ABI_VERSION);
		kap_doctor_fix_package(abi < KAP_ABI_VERSION ? "kapolicy-dkms" :
							       "kapctl");
	} else {
		compare_versions(version, installed);
	}
	if (held.count[KAP_ERROR])
		rules_not_readable(held.first[KAP_ERROR]);
	free(held.first[KAP_ERROR]);
	free(held.first[KAP_WARNING]);
}

/**
 * kap_doctor_module - is the module there, and the right one?
 * @p: gets what the module has in force
 */
void kap_doctor_module(struct kap_patient *p)
{
	char *dir = kap_sysfs_path("");
	struct kap_modinfo installed;

	find_installed(&installed);
	p->loaded = !access(dir, F_OK);
	free(dir);
	if (p->loaded)
		loaded(p, &installed);
	else
		not_loaded(p, &installed);
}

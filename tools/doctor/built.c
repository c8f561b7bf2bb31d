// SPDX-License-Identifier: GPL-2.0
/* Why the module is not built for this kernel. */
#include "doctor/doctor.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doctor/build_log.h"
#include "host/distro.h"
#include "host/sysfs.h"

#define DKMS	"/var/lib/dkms/kapolicy"

static __attribute__((format(printf, 1, 2)))
bool exists(const char *fmt, ...)
{
	va_list args;
	char *path;
	bool there;

	va_start(args, fmt);
	if (vasprintf(&path, fmt, args) < 0)
		abort();
	va_end(args);
	there = !access(path, F_OK);
	free(path);
	return there;
}

/*
 * The newest version dkms has; empty when it has none. Beside the versions
 * there are links called kernel-RELEASE-ARCH. Returns 0 or an errno value.
 */
static int newest(char *version, size_t size)
{
	const struct dirent *entry;
	DIR *dir = opendir(DKMS);

	*version = '\0';
	if (!dir)
		return errno == ENOENT ? 0 : errno;
	while ((entry = readdir(dir))) {
		const char *name = entry->d_name;

		if (name[0] != '.' && strncmp(name, "kernel-", 7) &&
		    strlen(name) < size && strverscmp(name, version) > 0)
			strcpy(version, name);
	}
	closedir(dir);
	return 0;
}

/* Read from its configuration whether a kernel was built by clang. */
static bool is_of_clang(const char *release)
{
	char *path, *line = NULL;
	bool clang = false;
	size_t room = 0;
	FILE *f;

	if (asprintf(&path, "/lib/modules/%s/build/.config", release) < 0)
		abort();
	f = fopen(path, "re");
	free(path);
	while (f && !clang && getline(&line, &room, f) >= 0)
		clang = !strcmp(line, "CONFIG_CC_IS_CLANG=y\n");
	if (f)
		fclose(f);
	free(line);
	return clang;
}

static bool has_apt(void)
{
	enum kap_distro distro = kap_distro();

	return distro == KAP_DISTRO_DEBIAN || distro == KAP_DISTRO_UBUNTU;
}

/* One command each: one that the archive lacks must not keep the others away. */
static void fix_packages(char *names)
{
	char *name, *rest = names;

	while ((name = strsep(&rest, " ")))
		kap_doctor_fix("%s %s", kap_distro_install(), name);
}

/* A module is built by what has built its kernel. */
static void fix_clang(const struct kap_patient *p)
{
	static const struct {
		const char *program;
		const char *package;
	} needed[] = {
		{ "clang", "clang" }, { "ld.lld", "lld" }, { "llvm-ar", "llvm" },
	};
	bool said = false;
	size_t i;

	if (!is_of_clang(p->release))
		return;
	for (i = 0; i < ARRAY_SIZE(needed); i++) {
		if (exists("/usr/bin/%s", needed[i].program))
			continue;
		if (!said)
			kap_doctor_more("this kernel was built by clang, so its modules need clang, lld and llvm");
		said = true;
		if (kap_distro_install())
			kap_doctor_fix("%s %s", kap_distro_install(),
				       needed[i].package);
		else
			kap_doctor_fix("install %s", needed[i].package);
	}
}

static void say_failed(const struct kap_patient *p, const char *version,
		       const char *path, const struct kap_build_log *log)
{
	size_t i;

	kap_doctor_say(KAP_PROBLEM, "module",
		       "dkms could not build %s for this kernel: see %s",
		       version, path);
	for (i = 0; i < log->n; i++)
		kap_doctor_more("%s", log->line[i]);
	if (kap_build_log_has(log, "No space left on device"))
		kap_doctor_fix("df -h /var/lib/dkms /tmp    (make room there)");
	if (kap_build_log_has(log, "GLIBC_"))
		kap_doctor_fix("install headers that were made for this release of the distribution");
	fix_clang(p);
}

static void fix_headers(const struct kap_patient *p)
{
	char *headers = kap_distro_headers(p->release);

	if (headers)
		fix_packages(headers);
	else
		kap_doctor_fix("install what modules for %s are built against, as /lib/modules/%s/build",
			       p->release, p->release);
	if (has_apt())
		kap_doctor_fix("if apt has no such package: apt full-upgrade, and reboot into the kernel it brings");
	free(headers);
}

static void not_installed(const struct kap_patient *p, bool headers)
{
	kap_doctor_say(KAP_PROBLEM, "module",
		       "not installed for this kernel, nor known to dkms%s",
		       headers ? "" : "; the kernel's headers are missing, too");
	if (!headers)
		fix_headers(p);
	kap_doctor_fix_package("kapolicy-dkms");
	kap_doctor_fix("modprobe kapolicy");
}

/**
 * kap_doctor_not_built - say why there is no module for this kernel
 * @p: its kernel
 */
void kap_doctor_not_built(const struct kap_patient *p)
{
	bool headers = exists("/lib/modules/%s/build/Makefile", p->release);
	char version[64], path[160];
	struct kap_build_log log;
	int err = newest(version, sizeof(version));

	if (err) {
		kap_doctor_say(KAP_PROBLEM, "module",
			       "not installed for this kernel; why, cannot be seen: "
			       DKMS ": %s", strerror(err));
		kap_doctor_fix("kapctl doctor    (as root)");
		return;
	}
	if (!*version) {
		not_installed(p, headers);
		return;
	}
	snprintf(path, sizeof(path), DKMS "/%s/build/make.log", version);
	if (!headers) {
		kap_doctor_say(KAP_PROBLEM, "module",
			       "%s is not built for this kernel: the kernel's headers are missing",
			       version);
		fix_headers(p);
	} else if (kap_build_log_read(&log, path, p->release)) {
		say_failed(p, version, path, &log);
	} else {
		kap_doctor_say(KAP_PROBLEM, "module",
			       "%s is known to dkms, but not installed for this kernel",
			       version);
	}
	/* with apt, installing the headers makes dkms build the module */
	if (headers || !has_apt())
		kap_doctor_fix("dkms install kapolicy/%s -k %s", version,
			       p->release);
	kap_doctor_fix("modprobe kapolicy");
}

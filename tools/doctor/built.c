// SPDX-License-Identifier: GPL-2.0
/* Why the module is not built for this kernel. */
#include "doctor/doctor.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/*
 * dkms leaves the log of a build where it was made, unless that succeeds. Its
 * first line says for which kernel it was; dkms 3.2 puts its own behind "#".
 * The line that says what was wrong becomes @error.
 */
static bool failed(const char *log, const char *release, char *error,
		   size_t size)
{
	char *line = NULL, *mine;
	FILE *f = fopen(log, "re");
	bool found = false;
	size_t room = 0;

	*error = '\0';
	if (!f)
		return false;
	if (asprintf(&mine, " for kernel %s ", release) < 0)
		abort();
	while (!*error && getline(&line, &room, f) >= 0) {
		if (strstr(line, mine))
			found = true;
		else if (*line != '#' && strstr(line, "rror:"))
			snprintf(error, size, "%.*s",
				 (int)strcspn(line, "\n"), line);
	}
	fclose(f);
	free(line);
	free(mine);
	return found;
}

static bool has_apt(void)
{
	enum kap_distro distro = kap_distro();

	return distro == KAP_DISTRO_DEBIAN || distro == KAP_DISTRO_UBUNTU;
}

static void fix_headers(const struct kap_patient *p)
{
	char *headers = kap_distro_headers(p->release);

	if (headers)
		kap_doctor_fix("%s %s", kap_distro_install(), headers);
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
	char version[64], log[160], error[256];
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
	snprintf(log, sizeof(log), DKMS "/%s/build/make.log", version);
	if (!headers) {
		kap_doctor_say(KAP_PROBLEM, "module",
			       "%s is not built for this kernel: the kernel's headers are missing",
			       version);
		fix_headers(p);
	} else if (failed(log, p->release, error, sizeof(error))) {
		kap_doctor_say(KAP_PROBLEM, "module",
			       "dkms could not build %s for this kernel: see %s",
			       version, log);
		if (*error)
			kap_doctor_more("%s", error);
	} else {
		kap_doctor_say(KAP_PROBLEM, "module",
			       "%s is known to dkms, but not installed for this kernel",
			       version);
	}
	/* there, the package with the headers has dkms build */
	if (headers || !has_apt())
		kap_doctor_fix("dkms install kapolicy/%s -k %s", version,
			       p->release);
	kap_doctor_fix("modprobe kapolicy");
}

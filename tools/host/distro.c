// SPDX-License-Identifier: GPL-2.0
#include "host/distro.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/sys.h"

static const struct {
	const char *id;
	enum kap_distro distro;
} ids[] = {
	{ "ubuntu", KAP_DISTRO_UBUNTU },	/* is like debian, too */
	{ "debian", KAP_DISTRO_DEBIAN },
	{ "fedora", KAP_DISTRO_FEDORA },
	{ "rhel", KAP_DISTRO_FEDORA },
	{ "suse", KAP_DISTRO_SUSE },
	{ "opensuse", KAP_DISTRO_SUSE },
	{ "arch", KAP_DISTRO_ARCH },
	{ "alpine", KAP_DISTRO_ALPINE },
};

/* Is @id one of the words behind "KEY=" in os-release? */
static bool has_word(const char *text, const char *key, const char *id)
{
	size_t len = strlen(key);
	const char *s, *end;

	for (s = text; s; s = strchr(s, '\n')) {
		s += *s == '\n';
		if (!strncmp(s, key, len))
			break;
	}
	if (!s)
		return false;
	for (s += len; *s && *s != '\n'; s = end) {
		s += strspn(s, "\"' ");
		end = s + strcspn(s, "\n\"' ");
		if ((size_t)(end - s) == strlen(id) && !strncmp(s, id, end - s))
			return true;
	}
	return false;
}

/**
 * kap_distro - which distribution is this, or like which is it?
 *
 * Return: it.
 */
enum kap_distro kap_distro(void)
{
	char text[4096];
	size_t i;

	if (kap_sys_peek("/etc/os-release", text, sizeof(text)) <= 0 &&
	    kap_sys_peek("/usr/lib/os-release", text, sizeof(text)) <= 0)
		return KAP_DISTRO_OTHER;
	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		if (has_word(text, "ID=", ids[i].id) ||
		    has_word(text, "ID_LIKE=", ids[i].id))
			return ids[i].distro;
	}
	return KAP_DISTRO_OTHER;
}

/**
 * kap_distro_install - the command that installs a package
 *
 * Return: it, the name of the package is to follow; NULL when not known.
 */
const char *kap_distro_install(void)
{
	static const char * const commands[] = {
		[KAP_DISTRO_DEBIAN] = "apt install",
		[KAP_DISTRO_UBUNTU] = "apt install",
		[KAP_DISTRO_FEDORA] = "dnf install",
		[KAP_DISTRO_SUSE] = "zypper install",
		[KAP_DISTRO_ARCH] = "pacman -S",
		[KAP_DISTRO_ALPINE] = "apk add",
		[KAP_DISTRO_OTHER] = NULL,
	};

	return commands[kap_distro()];
}

/**
 * kap_distro_package - how to install a package of ours, or a newer one
 * @name: its name
 *
 * Return: text to be freed.
 */
char *kap_distro_package(const char *name)
{
	static const char * const files[] = {
		[KAP_DISTRO_DEBIAN] = "_*.deb",
		[KAP_DISTRO_UBUNTU] = "_*.deb",
		[KAP_DISTRO_FEDORA] = "-[0-9]*.rpm",
		[KAP_DISTRO_SUSE] = "-[0-9]*.rpm",
		[KAP_DISTRO_ALPINE] = NULL,
	};
	const char *file = files[kap_distro()];
	char *text;
	int n;

	if (file)
		n = asprintf(&text, "%s ./%s%s", kap_distro_install(), name,
			     file);
	else
		n = asprintf(&text, "make install    (in the sources of kapolicy)");
	if (n < 0)
		abort();
	return text;
}

/* Return the flavour: "cloud-amd64" of 6.1.0-50-cloud-amd64. */
static const char *flavour(const char *release)
{
	const char *s = strchr(release, '-');

	if (!s)
		return "";
	s++;
	if (isdigit((unsigned char)*s)) {
		s = strchr(s, '-');
		s = s ? s + 1 : "";
	}
	return s;
}

/* Return the flavour of Arch and Alpine: "lts" of 6.6.30-1-lts. */
static const char *last_word(const char *release)
{
	const char *s = strrchr(release, '-');

	return s && isalpha((unsigned char)s[1]) ? s + 1 : "";
}

/**
 * kap_distro_headers - the packages with what modules are built against
 * @release: of the kernel, as uname -r prints it
 *
 * Return: their names; where there is one that follows new kernels, as well.
 * To be freed; NULL when not known.
 */
char *kap_distro_headers(const char *release)
{
	const char *kind = flavour(release), *word = last_word(release);
	enum kap_distro distro = kap_distro();
	char *text;
	int n;

	if (distro == KAP_DISTRO_OTHER)
		return NULL;
	if (distro == KAP_DISTRO_FEDORA)
		n = asprintf(&text, "kernel-devel-%s", release);
	else if (distro == KAP_DISTRO_SUSE)
		n = asprintf(&text, "kernel-%s-devel",
			     *word ? word : "default");
	else if (distro == KAP_DISTRO_ARCH)
		n = asprintf(&text, "linux-%s%sheaders", word, *word ? "-" : "");
	else if (distro == KAP_DISTRO_ALPINE)
		n = asprintf(&text, "linux-%s-dev", *word ? word : "lts");
	else if (!strcmp(kind, "pve"))
		n = asprintf(&text, "proxmox-headers-%s proxmox-default-headers",
			     release);
	else if (*kind)
		n = asprintf(&text, "linux-headers-%s linux-headers-%s",
			     release, kind);
	else
		n = asprintf(&text, "linux-headers-%s", release);
	if (n < 0)
		abort();
	return text;
}

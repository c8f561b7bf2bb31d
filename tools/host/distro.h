/* SPDX-License-Identifier: GPL-2.0 */
/* Names of packages in each distribution, and how to install them. */
#ifndef _KAPCTL_DISTRO_H
#define _KAPCTL_DISTRO_H

enum kap_distro {
	KAP_DISTRO_OTHER,
	KAP_DISTRO_DEBIAN,
	KAP_DISTRO_UBUNTU,
	KAP_DISTRO_FEDORA,
	KAP_DISTRO_SUSE,
	KAP_DISTRO_ARCH,
	KAP_DISTRO_ALPINE,
};

enum kap_distro kap_distro(void);
const char *kap_distro_install(void);
char *kap_distro_package(const char *name);
char *kap_distro_headers(const char *release);

#endif /* _KAPCTL_DISTRO_H */

// SPDX-License-Identifier: GPL-2.0
/* Is the installed module signed, on a kernel that requires it? */
#include "doctor/doctor.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/run.h"
#include "host/distro.h"

#define DKMS_KEY	"/var/lib/dkms/mok.pub"
#define UBUNTU_KEY	"/var/lib/shim-signed/mok/MOK.der"

enum enrolment { UNKNOWN, NO_MOKUTIL, NOT_ENROLLED, REQUESTED, ENROLLED };

/* The key that dkms signs modules with. */
static const char *key_file(void)
{
	return kap_distro() == KAP_DISTRO_UBUNTU ? UBUNTU_KEY : DKMS_KEY;
}

/* Its exit status says no more than whether there was anything to say. */
static enum enrolment ask_mokutil(const char *key)
{
	char *const argv[] = { "mokutil", "--test-key", (char *)key, NULL };
	char text[1024];

	if (kap_run(argv, text, sizeof(text)) < 0)
		return NO_MOKUTIL;
	if (strstr(text, "not enrolled"))
		return NOT_ENROLLED;
	if (strstr(text, "enrollment request"))
		return REQUESTED;
	return strstr(text, "already enrolled") ? ENROLLED : UNKNOWN;
}

static void fix_enrol(enum enrolment now, const char *key)
{
	const char *install = kap_distro_install();

	if (now == NO_MOKUTIL && install)
		kap_doctor_fix("%s mokutil", install);
	if (now != REQUESTED)
		kap_doctor_fix("mokutil --import %s    (asks for a password, wanted once)",
			       key);
	kap_doctor_fix("reboot, and in the blue screen \"MOK management\" choose \"Enroll MOK\"");
}

static void fix_sign(const struct kap_patient *p,
		     const struct kap_modinfo *installed, const char *key)
{
	if (strstr(installed->path, "/dkms/") || !access(key, F_OK)) {
		kap_doctor_fix("dkms build --force kapolicy/%s -k %s    (makes a key, and signs)",
			       installed->version, p->release);
		kap_doctor_fix("dkms install --force kapolicy/%s -k %s",
			       installed->version, p->release);
	} else {
		kap_doctor_fix("/lib/modules/%s/build/scripts/sign-file sha256 KEY CERTIFICATE %s",
			       p->release, installed->path);
	}
}

/**
 * kap_doctor_signature - say what a module that must be signed is missing
 * @p: its kernel
 * @installed: the module, which is not loaded
 * @why: why it must be signed
 */
void kap_doctor_signature(const struct kap_patient *p,
			  const struct kap_modinfo *installed, const char *why)
{
	const char *key = key_file();
	enum enrolment now = ask_mokutil(key);

	if (!*installed->signer) {
		kap_doctor_say(KAP_PROBLEM, "module",
			       "%s is installed, but not signed, and %s",
			       installed->version, why);
		fix_sign(p, installed, key);
		if (now != ENROLLED)
			fix_enrol(now, key);
		kap_doctor_fix("modprobe kapolicy");
	} else if (now == ENROLLED) {
		kap_doctor_say(KAP_PROBLEM, "module",
			       "%s is installed and signed, but not loaded",
			       installed->version);
		kap_doctor_fix("modprobe kapolicy");
	} else {
		kap_doctor_say(KAP_PROBLEM, "module",
			       "%s is signed by \"%s\", %s, and %s",
			       installed->version, installed->signer,
			       now == REQUESTED ?
			       "a key that waits for a reboot to be enrolled" :
			       now == NOT_ENROLLED ?
			       "a key that is not enrolled" :
			       "a key that may not be enrolled", why);
		fix_enrol(now, key);
	}
}

/* SPDX-License-Identifier: GPL-2.0 */
/* kapctl doctor: its checks, and how they report. */
#ifndef _KAPCTL_DOCTOR_H
#define _KAPCTL_DOCTOR_H

#include "host/live.h"
#include "rules/config.h"

enum kap_health { KAP_OK, KAP_NOTE, KAP_PROBLEM };

/**
 * struct kap_patient - what more than one check looks at
 * @release: of the kernel, as uname -r prints it
 * @off: kapolicy.off is on the kernel's command line
 * @loaded: the module is there
 * @live: what it has in force, when @has_live
 * @config: the files in /etc, when @has_config
 */
struct kap_patient {
	char release[65];
	bool off;
	bool loaded;
	bool has_live;
	bool has_config;
	struct kap_live live;
	struct kap_config config;
};

/**
 * struct kap_modinfo - what is installed for this kernel
 * @path: the file; empty when there is none
 * @version: its version; may be empty
 * @signer: who has signed it; empty when nobody has
 */
struct kap_modinfo {
	char path[256];
	char version[64];
	char signer[128];
};

void kap_doctor_say(enum kap_health health, const char *check,
		    const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void kap_doctor_more(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));
void kap_doctor_fix(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));
void kap_doctor_fix_package(const char *name);
bool kap_doctor_finish(void);

void kap_doctor_kernel(struct kap_patient *p);
void kap_doctor_module(struct kap_patient *p);
void kap_doctor_not_built(const struct kap_patient *p);
void kap_doctor_signature(const struct kap_patient *p,
			  const struct kap_modinfo *installed, const char *why);
void kap_doctor_switch(struct kap_patient *p);
void kap_doctor_files(struct kap_patient *p);
void kap_doctor_in_force(const struct kap_patient *p);
void kap_doctor_cgroups(const struct kap_patient *p);
void kap_doctor_service(const struct kap_patient *p);
void kap_doctor_features(const struct kap_patient *p);
void kap_doctor_traffic(const struct kap_patient *p);
void kap_doctor_preset(const struct kap_patient *p);
void kap_doctor_hook(const struct kap_patient *p);

#endif /* _KAPCTL_DOCTOR_H */

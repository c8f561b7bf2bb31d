// SPDX-License-Identifier: GPL-2.0
/* Will the rules be there after a reboot? */
#include "doctor/doctor.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/run.h"

#define UNIT	"kapolicy.service"

struct unit {
	char load[32];
	char enabled[32];
	char active[32];
	char reload[32];
};

static void property(const char *text, const char *key, char value[32])
{
	const char *s = strstr(text, key);

	*value = '\0';
	if (s && (s == text || s[-1] == '\n'))
		snprintf(value, 32, "%.*s",
			 (int)strcspn(s + strlen(key), "\n"), s + strlen(key));
}

static bool ask_systemd(struct unit *u)
{
	char *const argv[] = {
		"systemctl", "show", UNIT, "-p",
		"LoadState,UnitFileState,ActiveState,ReloadResult", NULL
	};
	char text[1024];

	if (kap_run(argv, text, sizeof(text)))
		return false;
	property(text, "LoadState=", u->load);
	property(text, "UnitFileState=", u->enabled);
	property(text, "ActiveState=", u->active);
	property(text, "ReloadResult=", u->reload);
	return *u->load;
}

static void not_found(void)
{
	kap_doctor_say(KAP_PROBLEM, "service",
		       UNIT " is not installed: there will be no rules after a reboot");
	kap_doctor_fix_package("kapctl");
}

static void not_active(const struct kap_patient *p, const struct unit *u)
{
	if (p->off) {
		kap_doctor_say(KAP_NOTE, "service",
			       UNIT " is enabled; kapolicy.off keeps it from loading rules");
	} else if (!p->loaded) {
		kap_doctor_say(KAP_PROBLEM, "service",
			       UNIT " has %s: the module is not there, see above",
			       strcmp(u->active, "failed") ? "not run" : "failed");
		kap_doctor_fix("when it is: systemctl restart kapolicy");
	} else {
		kap_doctor_say(KAP_PROBLEM, "service", UNIT " %s",
			       strcmp(u->active, "failed") ? "is not active" :
			       "has failed; why: journalctl -b -u kapolicy");
		kap_doctor_fix("systemctl restart kapolicy");
	}
}

/**
 * kap_doctor_service - is there a service that loads the rules at boot?
 * @p: the module is the first that it needs
 */
void kap_doctor_service(const struct kap_patient *p)
{
	struct unit u;

	if (access("/run/systemd/system", F_OK)) {
		kap_doctor_say(KAP_NOTE, "service",
			       "systemd does not run here; at boot, something else must run: modprobe kapolicy && kapctl load");
		return;
	}
	if (!ask_systemd(&u)) {
		kap_doctor_say(KAP_NOTE, "service",
			       "not looked at: systemctl does not answer");
	} else if (!strcmp(u.load, "not-found")) {
		not_found();
	} else if (!strcmp(u.load, "masked")) {
		kap_doctor_say(KAP_PROBLEM, "service",
			       UNIT " is masked: there will be no rules after a reboot");
		kap_doctor_fix("systemctl unmask kapolicy");
		kap_doctor_fix("systemctl enable --now kapolicy");
	} else if (strncmp(u.enabled, "enabled", strlen("enabled"))) {
		kap_doctor_say(KAP_PROBLEM, "service",
			       UNIT " is %s: there will be no rules after a reboot",
			       *u.enabled ? u.enabled : u.load);
		kap_doctor_fix("systemctl enable --now kapolicy");
	} else if (strcmp(u.active, "active")) {
		not_active(p, &u);
	} else if (*u.reload && strcmp(u.reload, "success")) {
		kap_doctor_say(KAP_PROBLEM, "service",
			       UNIT " could not be reloaded; the rules of before are in force");
		kap_doctor_fix("kapctl check    (shows why)");
		kap_doctor_fix("systemctl reload kapolicy");
	} else {
		kap_doctor_say(KAP_OK, "service", UNIT " is enabled and active");
	}
}

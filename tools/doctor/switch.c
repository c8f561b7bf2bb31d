// SPDX-License-Identifier: GPL-2.0
/* The two switches: enabled, and kapolicy.off at boot. */
#include "doctor/doctor.h"

#include <string.h>

#include "host/distro.h"
#include "host/sys.h"

#define WORD	"kapolicy.off"

/* systemd reads the word in the same way: kapolicy.off=0 counts as well. */
static bool on_command_line(void)
{
	char text[4096], *word, *rest = text;

	if (kap_sys_peek("/proc/cmdline", text, sizeof(text)) <= 0)
		return false;
	while ((word = strsep(&rest, "\n "))) {
		if (!strncmp(word, WORD, strlen(WORD)) &&
		    (!word[strlen(WORD)] || word[strlen(WORD)] == '='))
			return true;
	}
	return false;
}

static void fix_command_line(void)
{
	enum kap_distro distro = kap_distro();

	kap_doctor_fix("for good: take " WORD " out of GRUB_CMDLINE_LINUX* in /etc/default/grub, then: %s",
		       distro == KAP_DISTRO_DEBIAN || distro == KAP_DISTRO_UBUNTU ?
		       "update-grub" :
		       "grub2-mkconfig -o /boot/grub2/grub.cfg");
}

/**
 * kap_doctor_switch - has somebody switched it off?
 * @p: what is in force; gets whether kapolicy.off is there
 */
void kap_doctor_switch(struct kap_patient *p)
{
	p->off = on_command_line();
	if (p->has_live && !p->live.enabled) {
		kap_doctor_say(KAP_PROBLEM, "enabled",
			       "0%s: no connection is touched",
			       p->off ? ", by " WORD " on the kernel's command line" : "");
		kap_doctor_fix("kapctl enable");
		if (p->off) {
			kap_doctor_fix("kapctl load");
			fix_command_line();
		}
	} else if (p->off) {
		kap_doctor_say(KAP_PROBLEM, "enabled",
			       WORD " on the kernel's command line: the module comes up switched off, without rules");
		fix_command_line();
	} else if (p->has_live) {
		kap_doctor_say(KAP_OK, "enabled", "1");
	}
}

// SPDX-License-Identifier: GPL-2.0
#include "host/not_loaded.h"

#include <stdbool.h>
#include <string.h>

#include "base/diag.h"
#include "host/sys.h"

#define SECURE_BOOT \
	"firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"

/* An EFI variable is four bytes of attributes, then its value. */
static bool secure_boot(void)
{
	char buf[8];

	return kap_sys_peek(SECURE_BOOT, buf, sizeof(buf)) >= 5 && buf[4] == 1;
}

/* "none [integrity] confidentiality": is the word in brackets not "none"? */
static bool locked_down(void)
{
	char buf[128];

	return kap_sys_peek("kernel/security/lockdown", buf,
			      sizeof(buf)) > 0 &&
	       strchr(buf, '[') && !strstr(buf, "[none]");
}

/**
 * kap_not_loaded_signature - must a module be signed here?
 *
 * Return: why, or NULL when it need not.
 */
const char *kap_not_loaded_signature(void)
{
	return secure_boot() ? "Secure Boot is on" :
	       locked_down() ? "the kernel is locked down" : NULL;
}

/**
 * kap_not_loaded_report - say that the module is not loaded, and how it can be
 */
void kap_not_loaded_report(void)
{
	const char *why = kap_not_loaded_signature();

	if (!why) {
		kap_diag_error("the module is not loaded; load it with: modprobe kapolicy");
	} else {
		kap_diag_error("the module is not loaded; load it with: modprobe kapolicy (%s: it must be signed)",
			       why);
		kap_diag_hint("If modprobe says \"Key was rejected by service\" or \"Operation not permitted\",");
		kap_diag_hint("sign the module with a key enrolled by mokutil --import.");
	}
	kap_diag_hint("\"kapctl doctor\" finds out what is in the way.");
}

// SPDX-License-Identifier: GPL-2.0
/* Features that this kernel lacks, and connections that were not held. */
#include "doctor/doctor.h"

#include "host/sysfs.h"

static const struct {
	const char *file;
	const char *without;
} features[] = {
	{
		"features/hold",
		"this kernel does not show later setsockopt() calls to the module (no CONFIG_KPROBES, or PREEMPT_RT): clamp and force act once, auto gives no user timeout",
	},
	{
		"features/stall",
		"this kernel does not show window probes to the module (no CONFIG_KPROBES): auto gives no user timeout, and one given as a number ends connections whose reader pauses for longer",
	},
};

/**
 * kap_doctor_features - what does the kernel let the module do?
 * @p: what is in force
 */
void kap_doctor_features(const struct kap_patient *p)
{
	unsigned long long n;
	bool all = true;
	size_t i;

	if (!p->has_live)
		return;
	for (i = 0; i < sizeof(features) / sizeof(*features); i++) {
		if (!kap_sysfs_number(features[i].file, &n))
			return;
		if (n)
			continue;
		kap_doctor_say(KAP_NOTE, "features", "%s", features[i].without);
		all = false;
	}
	if (all)
		kap_doctor_say(KAP_OK, "features", "hold, stall");
	if (kap_sysfs_number("stats/not_held", &n) && n)
		kap_doctor_say(KAP_NOTE, "memory",
			       "%llu later changes by programs were not put right or followed, because there was no memory for it",
			       n);
}

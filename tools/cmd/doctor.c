// SPDX-License-Identifier: GPL-2.0
#include "cmd/args.h"
#include "cmd/cmd.h"
#include "doctor/doctor.h"

static int run(const struct kap_args *args)
{
	struct kap_patient p = { 0 };
	bool well;

	(void)args;
	kap_doctor_kernel(&p);
	kap_doctor_module(&p);
	kap_doctor_switch(&p);
	kap_doctor_features(&p);
	kap_doctor_files(&p);
	kap_doctor_in_force(&p);
	kap_doctor_cgroups(&p);
	kap_doctor_service(&p);
	kap_doctor_hook(&p);
	kap_doctor_traffic(&p);
	kap_doctor_preset(&p);
	well = kap_doctor_finish();
	kap_live_free(&p.live);
	kap_config_free(&p.config);
	return well ? KAP_EXIT_OK : KAP_EXIT_FAILED;
}

const struct kap_command cmd_doctor = {
	.name = "doctor",
	.operands = "",
	.summary = "find out what stops it from working here, and say how to fix it",
	.help = "Changes nothing. If the module has seen no connection yet, opens one over\n"
		"loopback that no rule counts. Needs no root, but may see less without. Exit\n"
		"status: 0 nothing is wrong, 1 something is. With --json, prints an array of\n"
		"check, state (ok, note, PROBLEM), text and fix.\n",
	.run = run,
};

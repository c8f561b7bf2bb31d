// SPDX-License-Identifier: GPL-2.0
/* What lies in the way of this machine's connections, as far as it can tell. */
#include "doctor/doctor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/sys.h"
#include "rules/presets.h"

#define DMI		"class/dmi/id/"
#define CONNTRACK	"/proc/sys/net/netfilter/nf_conntrack_tcp_timeout_established"
#define IPVS		"/proc/net/ip_vs"

/* What the firmware of a cloud's machines says. */
static const struct cloud {
	const char *file;
	const char *text;
	const char *preset;
	const char *where;
} clouds[] = {
	{ DMI "sys_vendor", "Amazon EC2", "aws-nat", "on AWS" },
	/* of Xen, as older instances are */
	{ DMI "bios_version", "amazon", "aws-nat", "on AWS" },
	{ DMI "chassis_asset_tag", "7783-7084-3265-9085-8269-3286-77",
	  "azure-lb", "on Azure" },
	{ DMI "product_name", "Google Compute Engine", "gcp-vpc",
	  "on Google Cloud" },
	{ DMI "chassis_asset_tag", "OracleCloud.com", "oci-nlb",
	  "on Oracle Cloud" },
};

static const struct kap_preset *preset_of(const char *name)
{
	size_t i = 0;

	while (strcmp(kap_presets[i].name, name))
		i++;
	return &kap_presets[i];
}

static const struct cloud *cloud_here(void)
{
	char text[128];
	size_t i;

	for (i = 0; i < sizeof(clouds) / sizeof(*clouds); i++) {
		if (kap_sys_peek(clouds[i].file, text, sizeof(text)) > 0 &&
		    strstr(text, clouds[i].text))
			return &clouds[i];
	}
	return NULL;
}

/*
 * Does a rule send its probes soon enough? Any will do: which connections go
 * through the box, nobody here knows. What it does not name is the kernel's.
 */
static bool has_rule(const struct kap_patient *p, unsigned int timeout)
{
	const struct kap_rules *rules = p->has_live ? &p->live.rules :
						      &p->config.rules;
	size_t i;

	for (i = 0; i < rules->n; i++) {
		const struct kap_rule *rule = rules->v[i].rule;
		unsigned int idle = rule->values.idle;

		if (rule->values.keepalive && (idle ? idle : 7200) < timeout)
			return true;
	}
	return false;
}

static void advise(const struct kap_patient *p, const char *name,
		   unsigned int timeout, const char *where)
{
	const struct kap_preset *preset = preset_of(name);

	if (!timeout)
		timeout = preset->timeout;
	if (has_rule(p, timeout)) {
		kap_doctor_say(KAP_OK, "preset",
			       "%s: a rule probes before %u s are over", where,
			       timeout);
		return;
	}
	kap_doctor_say(KAP_NOTE, "preset",
		       "connections idle for %u s are forgotten %s, and no rule probes sooner",
		       timeout, where);
	if (preset->idle < timeout)
		kap_doctor_fix("kapctl presets %s | kapctl add -", name);
	else
		kap_doctor_fix("kapctl add idle=%us", timeout / 3 ? timeout / 3 :
							    1);
}

/**
 * kap_doctor_preset - is there a preset for where this machine is?
 * @p: the rules
 */
void kap_doctor_preset(const struct kap_patient *p)
{
	const struct cloud *cloud = cloud_here();
	unsigned int timeout;
	char text[32];

	if (cloud)
		advise(p, cloud->preset, 0, cloud->where);
	if (kap_sys_peek(CONNTRACK, text, sizeof(text)) > 0 &&
	    sscanf(text, "%u", &timeout) == 1)
		advise(p, "linux-nat", timeout,
		       "by this host's connection tracking");
	if (kap_sys_peek(IPVS, text, sizeof(text)) > 0)
		advise(p, "ipvs", 0, "by this host's IPVS");
}

// SPDX-License-Identifier: GPL-2.0
#include "rules/presets.h"

/* In the order of the list: by owner of the box, then by timeout. */
const struct kap_preset kap_presets[] = {
	{
		"aws-nlb", "AWS Network Load Balancer",
		350, "60-6000 s for a TCP listener, fixed for a TLS listener",
		"https://docs.aws.amazon.com/elasticloadbalancing/latest/network/update-idle-timeout.html",
		120, 30, 4,
	}, {
		"aws-nat", "AWS NAT gateway and VPC endpoints",
		350, "fixed",
		"https://aws.amazon.com/blogs/networking-and-content-delivery/implementing-long-running-tcp-connections-within-vpc-networking/",
		120, 30, 4,
	}, {
		"aws-gwlb", "AWS Gateway Load Balancer",
		350, "60-6000 s",
		"https://docs.aws.amazon.com/elasticloadbalancing/latest/gateway/update-idle-timeout.html",
		120, 30, 4,
	}, {
		"aws-firewall", "AWS Network Firewall",
		350, "60-6000 s",
		"https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_FlowTimeouts.html",
		120, 30, 4,
	}, {
		"aws-ec2", "AWS EC2 security groups, Nitro v6 (since June 2025)",
		350, "60-432000 s for an interface; older instances start with 432000 s",
		"https://aws.amazon.com/blogs/networking-and-content-delivery/best-practices-for-tcp-connection-management-on-ec2/",
		120, 30, 4,
	}, {
		"azure-lb", "Azure Load Balancer: inbound, outbound and NAT rules",
		240, "4-100 minutes; forgets silently unless TCP reset is switched on",
		"https://learn.microsoft.com/azure/load-balancer/load-balancer-tcp-idle-timeout",
		120, 30, 3,
	}, {
		"azure-aks", "Azure Kubernetes Service, managed outbound load balancer",
		1800, "4-120 minutes",
		"https://learn.microsoft.com/javascript/api/@azure-rest/arm-containerservice/managedclusterloadbalancerprofile",
		600, 60, 5,
	}, {
		"gcp-vpc", "Google Cloud VPC firewall",
		600, "fixed",
		"https://cloud.google.com/compute/docs/troubleshooting/general-tips",
		240, 60, 5,
	}, {
		"oci-nlb", "Oracle Cloud Network Load Balancer",
		360, "set by command line or API only",
		"https://docs.oracle.com/iaas/Content/NetworkLoadBalancer/NetworkLoadBalancers/configure-idle-timeout.htm",
		120, 30, 4,
	}, {
		"ipvs", "Linux IPVS: Docker Swarm, kube-proxy in IPVS mode",
		900, "changed by ipvsadm --set",
		"https://github.com/moby/moby/issues/31208",
		290, 60, 5,
	}, {
		"linux-nat", "Linux netfilter connection tracking",
		432000, "changed by net.netfilter.nf_conntrack_tcp_timeout_established",
		"https://docs.kernel.org/networking/nf_conntrack-sysctl.html",
		7200, 75, 9,
	}, {
		"fritzbox", "AVM FRITZ!Box home routers",
		900, NULL,
		"https://rfc.archlinux.page/0051-tcp-keepalive",
		290, 60, 5,
	}, {
		"cisco-asa", "Cisco ASA and Firepower Threat Defense",
		3600, "5 minutes or more",
		"https://www.cisco.com/c/en/us/support/docs/security/secure-firewall-asa/222075-configure-connection-timeout-for-specifi.html",
		1200, 60, 5,
	}, {
		"fortiadc", "Fortinet FortiADC",
		3600, "1-86400 s",
		"https://docs.fortinet.com/document/fortiadc/7.4.3/cli-reference/726896/config-firewall-global",
		1200, 60, 5,
	}, {
		"rfc5382", "NAT that keeps to RFC 5382, REQ-5",
		7440, "the least the RFC allows; many boxes allow less",
		"https://www.rfc-editor.org/rfc/rfc5382#section-5",
		3600, 75, 9,
	},
};

const size_t kap_presets_n = sizeof(kap_presets) / sizeof(kap_presets[0]);

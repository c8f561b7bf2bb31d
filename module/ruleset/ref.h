/* SPDX-License-Identifier: GPL-2.0 */
/* References into the index, and the table of them by port. Pure. */
#ifndef _KAPOLICY_REF_H
#define _KAPOLICY_REF_H

#include <linux/types.h>

/*
 * A reference: nothing, a rule that is sure to match whoever comes there (its
 * place in matching order), or words of the index: tests of rules, or a node.
 */
#define KAP_REF_NONE	0U
#define KAP_REF_RULE	0x80000000U
#define KAP_REF_TRY	0x40000000U
#define KAP_REF_PLACE	(~KAP_REF_RULE)

/**
 * struct kap_ports - where the rules about a port are
 * @page: a reference for each of 256 ports; pages without rules are one page
 *
 * Exists when every rule has port= and none has cgroup=, as in most rule sets
 * there are: then most connections are told to be about no rule, and most
 * others which rule they are about, by two loads.
 */
struct kap_ports {
	const u32 *page[256];
};

/**
 * kap_ports_ref - where the rules about a port are
 * @ports: table
 * @port: service port, in host order
 *
 * Context: any.
 * Return: the reference.
 */
static inline u32 kap_ports_ref(const struct kap_ports *ports, u16 port)
{
	return ports->page[port >> 8][(u8)port];
}

#endif /* _KAPOLICY_REF_H */

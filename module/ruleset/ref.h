/* SPDX-License-Identifier: GPL-2.0 */
/* References into the index, and the table of them by port. Pure. */
#ifndef _KAPOLICY_REF_H
#define _KAPOLICY_REF_H

#include <linux/types.h>

/*
 * A reference is nothing, the place in matching order of a rule that is sure to
 * match whoever comes there, or the number of a word of the index. Flags tell
 * what stands at that word; without one it is a struct kap_node.
 */
#define KAP_REF_NONE	0U
#define KAP_REF_RULE	0x80000000U
#define KAP_REF_PLACE	(~KAP_REF_RULE)

/**
 * struct kap_ports - the rules about each port
 * @page: a reference for each of 256 ports; all pages without rules are one page
 *
 * An index has this table when every rule without cgroup= has port=. The probe
 * uses it when no rule has cgroup=, either. Two loads then tell for most
 * connections that no rule is about them, or which rule wins.
 */
struct kap_ports {
	const u32 *page[256];
};

/**
 * kap_ports_ref - look up a port
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

/**
 * kap_ports_ref_be - look up a port where it stands in a socket
 * @ports: table
 * @port: service port, in network order; its two bytes are the page and the
 *	place there, so the probe swaps and shifts nothing
 *
 * Context: any.
 * Return: the reference.
 */
static inline u32 kap_ports_ref_be(const struct kap_ports *ports,
				   const __be16 *port)
{
	const u8 *byte = (const u8 *)port;

	return ports->page[byte[0]][byte[1]];
}

#endif /* _KAPOLICY_REF_H */

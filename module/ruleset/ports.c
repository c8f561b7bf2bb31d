// SPDX-License-Identifier: GPL-2.0
#include "ruleset/index_build.h"

#include <linux/errno.h>

#define PAGE_PORTS	256

/*
 * The reference of every port when the rules are not all about ports. It is
 * neither KAP_REF_NONE nor has KAP_REF_RULE, so the probe asks kap_index_find(),
 * which has no such table then. It is never followed.
 */
#define ELSEWHERE	1U

static const u32 no_rules[PAGE_PORTS];
static const u32 elsewhere[PAGE_PORTS] = {
	[0 ... PAGE_PORTS - 1] = ELSEWHERE,
};

static const struct kap_ports no_ports = {
	.page = { [0 ... ARRAY_SIZE(no_ports.page) - 1] = elsewhere },
};

/* The page of one port; made when it is still the one without rules. */
static u32 *own_page(struct kap_ports *ports, u32 port)
{
	const u32 **page = &ports->page[port / PAGE_PORTS];
	u32 *own;

	if (*page != no_rules)
		return (u32 *)*page;
	own = kvcalloc(PAGE_PORTS, sizeof(*own), GFP_KERNEL);
	if (own)
		*page = own;
	return own;
}

/**
 * kap_ports_build - write the table of an index
 * @ix: index; gets the table
 * @c: the intervals of KAP_PORT
 * @refs: reference of each
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int kap_ports_build(struct kap_index *ix, const struct kap_cut *c,
		    const u32 *refs)
{
	u32 i, port, end;

	ix->ports = kvmalloc(sizeof(*ix->ports), GFP_KERNEL);
	if (!ix->ports)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(ix->ports->page); i++)
		ix->ports->page[i] = no_rules;
	for (i = 0; i < c->n; i++) {
		if (refs[i] == KAP_REF_NONE)
			continue;
		end = i + 1 < c->n ? c->bound[i + 1] : KAP_PORT_MAX + 1;
		for (port = c->bound[i]; port < end; port++) {
			u32 *page = own_page(ix->ports, port);

			if (!page)
				return -ENOMEM;
			page[port % PAGE_PORTS] = refs[i];
			kap_array_pause(port);
		}
	}
	return 0;
}

/**
 * kap_ports_free - free the table
 * @ports: table or NULL
 *
 * Context: process, may sleep.
 */
void kap_ports_free(struct kap_ports *ports)
{
	u32 i;

	if (!ports)
		return;
	for (i = 0; i < ARRAY_SIZE(ports->page); i++) {
		if (ports->page[i] != no_rules)
			kvfree(ports->page[i]);
	}
	kvfree(ports);
}

/**
 * kap_index_ports - the table of an index
 * @ix: index, or NULL
 *
 * Context: any; the table lives as long as the index.
 * Return: the table; when a rule may match whatever the port is, one that leads
 *	to kap_index_find() for every port.
 */
const struct kap_ports *kap_index_ports(const struct kap_index *ix)
{
	return !ix || ix->patterns || !ix->ports ? &no_ports : ix->ports;
}

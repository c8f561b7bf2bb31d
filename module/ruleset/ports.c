// SPDX-License-Identifier: GPL-2.0
#include "ruleset/index.h"
#include "ruleset/index_build.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#define PAGE_PORTS	256

/* Not the number of a node: who sees it looks in the trees. */
#define ELSEWHERE	1U

static const u32 no_rules[PAGE_PORTS];
static const u32 elsewhere[PAGE_PORTS] = {
	[0 ... PAGE_PORTS - 1] = ELSEWHERE,
};

/* Of a rule set that is not about ports, so that the probe need not ask. */
static const struct kap_ports no_ports = {
	.page = { [0 ... ARRAY_SIZE(no_ports.page) - 1] = elsewhere },
};

/* The page of @ref for one port, its own from now on. */
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
 * kap_ports_build - unfold intervals of ports
 * @ix: index; gets the table
 * @half: the intervals
 * @refs: reference of each
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int kap_ports_build(struct kap_index *ix, const struct kap_half *half,
		    const u32 *refs)
{
	u32 i, port, end;

	ix->ports = kvmalloc(sizeof(*ix->ports), GFP_KERNEL);
	if (!ix->ports)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(ix->ports->page); i++)
		ix->ports->page[i] = no_rules;
	for (i = 0; i < half->n; i++) {
		if (refs[i] == KAP_REF_NONE)
			continue;
		end = i + 1 < half->n ? half->bound[i + 1].lo : KAP_PORT_MAX + 1;
		for (port = half->bound[i].lo; port < end; port++) {
			u32 *page = own_page(ix->ports, port);

			if (!page)
				return -ENOMEM;
			page[port % PAGE_PORTS] = refs[i];
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
 * Return: the table; one that refers to the trees for every port, when a rule
 *	may match whatever the port is.
 */
const struct kap_ports *kap_index_ports(const struct kap_index *ix)
{
	return !ix || ix->n_patterns || !ix->ports ? &no_ports : ix->ports;
}

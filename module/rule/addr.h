/* SPDX-License-Identifier: GPL-2.0 */
/* Text form of addresses: RFC 4291 in, RFC 5952 out. Pure. */
#ifndef _KAPOLICY_ADDR_H
#define _KAPOLICY_ADDR_H

#include "rule/rule.h"

/* "ffff:" seven times, "ffff", "/128", NUL */
#define KAP_ADDR_TEXT		44

bool kap_addr_parse(const char *s, const char *end, struct kap_addr *addr,
		    bool *v4);
size_t kap_addr_format(const struct kap_addr *addr, bool v4, char *buf,
		       size_t size);
void kap_addr_bytes(const struct kap_addr *addr, u8 *to);
void kap_prefix_mask(struct kap_prefix *p);
struct kap_addr kap_prefix_last(const struct kap_prefix *p);

/* Order of two addresses of one family: <0, 0, >0. */
static inline int kap_addr_cmp(const struct kap_addr *a,
			       const struct kap_addr *b)
{
	if (a->hi != b->hi)
		return a->hi < b->hi ? -1 : 1;
	if (a->lo != b->lo)
		return a->lo < b->lo ? -1 : 1;
	return 0;
}

#endif /* _KAPOLICY_ADDR_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* Does one rule match all that another one matches? "Yes" is never wrong. */
#ifndef _KAPCTL_COVER_H
#define _KAPCTL_COVER_H

#include "rule/rule.h"

struct kap_entry;
struct kap_rules;

/* What a rule says of a field: its own list, and one that follows from it. */
struct kap_ranges {
	const struct kap_range *v;
	u32 n;
};

struct kap_prefixes {
	const struct kap_prefix *v;
	u32 n;
};

bool kap_cover_rule(const struct kap_rule *wide, const struct kap_rule *narrow);
u32 kap_cover_ranges(const struct kap_rule *rule, enum kap_field field,
		     struct kap_ranges list[2]);
struct kap_prefixes kap_cover_prefixes(const struct kap_rule *rule,
				       enum kap_field field);
size_t kap_cover_path(const char *pattern);
const struct kap_entry **kap_cover_find(const struct kap_rules *rules);

#endif /* _KAPCTL_COVER_H */

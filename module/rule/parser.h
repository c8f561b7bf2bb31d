/* SPDX-License-Identifier: GPL-2.0 */
/* The state of the parser, and what its parts share: errors and numbers. */
#ifndef _KAPOLICY_PARSER_H
#define _KAPOLICY_PARSER_H

#include "rule/cmd.h"
#include "rule/errors.h"

union kap_item {
	struct kap_range range;
	struct kap_prefix prefix;
};

/* A list of the rule in hand: a stretch of the parser's items. */
struct kap_items {
	union kap_item *v;
	u32 n;
};

/**
 * struct kap_parser - scratch of one writer, reused for every line
 * @line: the line in hand
 * @diag: where its first error goes
 * @cmd: what it is turned into
 * @rule: the rule so far, without what is stored behind it
 * @list: KAP_PORT .. KAP_UID, KAP_LADDR, KAP_RADDR; the others are empty
 * @cgroup: pattern, without a trailing slash
 * @name: value of name=
 * @detect: detect= was given
 * @skip: action=skip was given
 * @item: room for every list of the line in hand: @small, or memory that is
 *	freed at the end of the line
 * @spare: room to sort a list in; NULL with @small
 * @used: items handed out
 * @small: enough for most lines
 *
 * Not shared: whoever allocated it serialises its use.
 */
struct kap_parser {
	const char *line;
	struct kap_diag *diag;
	struct kap_cmd *cmd;
	struct kap_rule rule;
	struct kap_items list[KAP_INDEXED_FIELDS];
	struct kap_text cgroup;
	struct kap_text name;
	bool detect;
	bool skip;
	union kap_item *item;
	union kap_item *spare;
	u32 used;
	union kap_item small[KAP_ITEMS_SMALL];
};

int kap_parse_fail(struct kap_parser *p, enum kap_error error,
		   const char *s, const char *end);
bool kap_parse_digits(struct kap_text *t, u64 *out);
int kap_parse_number(struct kap_parser *p, struct kap_text v, u64 min, u64 max,
		     enum kap_error error, u64 *out);

static inline int kap_parse_fail_at(struct kap_parser *p, enum kap_error error,
				    struct kap_text at)
{
	return kap_parse_fail(p, error, at.s, at.end);
}

static inline int kap_parse_fail_span(struct kap_parser *p,
				      enum kap_error error, struct kap_span at)
{
	return kap_parse_fail(p, error, p->line + at.col - 1,
			      p->line + at.end);
}

#endif /* _KAPOLICY_PARSER_H */

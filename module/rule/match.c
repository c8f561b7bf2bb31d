// SPDX-License-Identifier: GPL-2.0
/*
 * The meaning of a rule, said once and plainly. index.c finds the same rule
 * faster; tests compare it with kap_match_walk().
 */
#include "rule/match.h"

#include <linux/kernel.h>
#include <linux/string.h>

#include "rule/addr.h"

/**
 * kap_prefixes_match - is an address in one of these prefixes
 * @p: prefixes of a rule: sorted, none inside another
 * @n: how many, at least one
 * @v4: whether the address is IPv4
 * @addr: the address
 *
 * Context: any.
 * Return: whether it is.
 */
bool kap_prefixes_match(const struct kap_prefix *p, u32 n, bool v4,
			const struct kap_addr *addr)
{
	struct kap_addr last;

	/* IPv4 sorts before IPv6 */
	while (n > 1) {
		u32 half = n / 2;

		if (p[half].v4 == v4 ? kap_addr_cmp(&p[half].addr, addr) <= 0 :
				       p[half].v4)
			p += half;
		n -= half;
	}
	if (p->v4 != v4 || kap_addr_cmp(&p->addr, addr) > 0)
		return false;
	last = kap_prefix_last(p);
	return kap_addr_cmp(addr, &last) <= 0;
}

/**
 * kap_component_matches - compare one component of a path
 * @p: its pattern, with "*" and "?"
 * @p_end: behind it
 * @s: the component
 * @s_end: behind it
 *
 * Context: any.
 * Return: whether it matches.
 */
bool kap_component_matches(const char *p, const char *p_end, const char *s,
			   const char *s_end)
{
	const char *star = NULL, *back = NULL;

	while (s < s_end) {
		if (p < p_end && *p == '*') {
			star = ++p;
			back = s;
		} else if (p < p_end && (*p == '?' || *p == *s)) {
			p++;
			s++;
		} else if (star) {
			p = star;
			s = ++back;
		} else {
			return false;
		}
	}
	while (p < p_end && *p == '*')
		p++;
	return p == p_end;
}

/* End of the component that starts at @s. */
static const char *component_end(const char *s)
{
	while (*s && *s != '/')
		s++;
	return s;
}

/**
 * kap_cgroup_matches - compare a cgroup path with a pattern
 * @pattern: as the parser leaves it: absolute, no empty component, no slash
 *	at the end unless it is "/"
 * @path: absolute path of a cgroup
 *
 * "**" stands for any number of components, none included. What lies below a
 * match matches too, so the first match of what follows a "**" decides and
 * only the last "**" is ever gone back to.
 *
 * Context: any.
 * Return: whether @path or one of its ancestors matches.
 */
bool kap_cgroup_matches(const char *pattern, const char *path)
{
	const char *p = pattern + 1, *s = path + 1;
	const char *p_star = NULL, *s_star = NULL;

	for (;;) {
		const char *p_end = component_end(p);
		const char *s_end = component_end(s);

		if (p == p_end)
			return true;
		if (p_end - p == 2 && p[0] == '*' && p[1] == '*') {
			if (!*p_end)
				return true;
			p = p_end + 1;
			p_star = p;
			s_star = s;
			continue;
		}
		if (s == s_end)
			return false;
		if (kap_component_matches(p, p_end, s, s_end)) {
			if (!*p_end)
				return true;
			p = p_end + 1;
		} else {
			if (!p_star)
				return false;
			p = p_star;
			s = s_star;
			s_end = component_end(s);
			s_star = *s_end ? s_end + 1 : s_end;
		}
		s = *s_end ? s_end + 1 : s_end;
	}
}

/**
 * kap_rule_matches - compare a connection with a rule
 * @rule: the rule
 * @key: the connection
 *
 * Context: any.
 * Return: whether every match key of @rule matches.
 */
bool kap_rule_matches(const struct kap_rule *rule, const struct kap_key *key)
{
	return kap_rule_matches_fields(rule, key) &&
	       (!rule->cgroup ||
		(key->cgroup && kap_cgroup_matches(rule->cgroup, key->cgroup)));
}

/**
 * kap_match_walk - the first rule that matches, found the plain way
 * @rules: rules in matching order
 * @n: how many
 * @key: the connection
 *
 * Context: any.
 * Return: the rule, or NULL.
 */
struct kap_rule *kap_match_walk(struct kap_rule *const *rules, u32 n,
				const struct kap_key *key)
{
	u32 i;

	for (i = 0; i < n; i++) {
		if (kap_rule_matches(rules[i], key))
			return rules[i];
	}
	return NULL;
}

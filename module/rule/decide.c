// SPDX-License-Identifier: GPL-2.0
/* What a rule makes of the options of a socket: at first, and later. */
#include "rule/decide.h"

#include <linux/minmax.h>

/**
 * kap_auto_timeout - compute the user timeout that "auto" gives
 * @v: values of a socket
 *
 * An idle connection lives as long as fewer than cnt probes in a row are lost.
 * The first term is half an interval before the tick that would send probe
 * cnt + 1. The second allows for the kernel's timers, which may fire an eighth
 * late: the tick before that one must come earlier than the user timeout.
 *
 * Context: any.
 * Return: milliseconds; 0 where idle, intvl or cnt is not set, and where it
 *	would be more than KAP_AUTO_MAX, for which the kernel's own limit is
 *	earlier.
 */
u32 kap_auto_timeout(const struct kap_values *v)
{
	u64 early, late;

	if (!v->idle || !v->intvl || !v->cnt)
		return 0;
	early = 1000ULL * v->idle + 1000ULL * v->intvl * v->cnt -
		500ULL * v->intvl;
	/* 9/8 of 1000 ms a second */
	late = 1125ULL * (v->idle + v->intvl * (v->cnt - 1U));
	early = max(early, late);
	return early > KAP_AUTO_MAX ? 0 : early;
}

/**
 * kap_rule_user_timeout - the user timeout a rule asks for
 * @rule: the rule
 * @v: values the socket has or ends up with; only user_timeout=auto looks at
 *	them
 *
 * Context: any.
 * Return: milliseconds; 0 where the rule gives none.
 */
u32 kap_rule_user_timeout(const struct kap_rule *rule,
			  const struct kap_values *v)
{
	if (!rule->auto_timeout)
		return rule->values.user_timeout;
	return rule->auto_off ? 0 : kap_auto_timeout(v);
}

/**
 * kap_rule_is_auto - tell whether "auto" decided on the user timeout of a socket
 * @rule: the rule that wins it
 * @v: values of the socket
 *
 * Context: any.
 * Return: whether the user timeout is the one that "auto" comes to, or there is
 *	none because it would come to too much.
 */
bool kap_rule_is_auto(const struct kap_rule *rule, const struct kap_values *v)
{
	return rule->auto_timeout && !rule->auto_off &&
	       v->idle && v->intvl && v->cnt &&
	       v->user_timeout == kap_auto_timeout(v);
}

/* Should the rule's value replace the application's? 0: it set none. */
static bool replaces(const struct kap_rule *rule, u32 app, u32 to)
{
	switch (rule->mode) {
	case KAP_FORCE:
		return app != to;
	case KAP_CLAMP:
		return !app || app > to;
	default:
		return !app;
	}
}

/* @to is complete but for the user timeout. */
static u32 decide_user_timeout(const struct kap_rule *rule, u32 app,
			       bool was_auto, const struct kap_values *to)
{
	u32 want = kap_rule_user_timeout(rule, to);

	if (was_auto)
		return want;
	/* "auto" left out leaves alone what the application set; force does not */
	if (!want && rule->mode != KAP_FORCE)
		return app;
	return replaces(rule, app, want) ? want : app;
}

static unsigned int decide(const struct kap_rule *rule,
			   const struct kap_values *app, bool was_auto,
			   struct kap_values *to)
{
	const struct kap_values *v = &rule->values;
	unsigned int change = 0;

	*to = *app;
	/* keepalive=off comes with mode=force only */
	if ((rule->opts & KAP_OPT_KEEPALIVE) && app->keepalive != v->keepalive) {
		change |= KAP_OPT_KEEPALIVE;
		to->keepalive = v->keepalive;
	}
	if ((rule->opts & KAP_OPT_IDLE) && replaces(rule, app->idle, v->idle)) {
		change |= KAP_OPT_IDLE;
		to->idle = v->idle;
	}
	if ((rule->opts & KAP_OPT_INTVL) &&
	    replaces(rule, app->intvl, v->intvl)) {
		change |= KAP_OPT_INTVL;
		to->intvl = v->intvl;
	}
	if ((rule->opts & KAP_OPT_CNT) && replaces(rule, app->cnt, v->cnt)) {
		change |= KAP_OPT_CNT;
		to->cnt = v->cnt;
	}
	if (rule->opts & KAP_OPT_USER_TIMEOUT)
		to->user_timeout = decide_user_timeout(rule, app->user_timeout,
						       was_auto, to);
	if (to->user_timeout != app->user_timeout)
		change |= KAP_OPT_USER_TIMEOUT;
	return change;
}

/**
 * kap_rule_decide - decide what a rule makes of a connection's options
 * @rule: the rule that won
 * @app: what the application set; 0 for what it left alone. A user timeout that
 *	equals what "auto" comes to for the other three was given by "auto",
 *	so it is computed anew in every mode.
 * @to: the options after the rule
 *
 * For a new connection, and for one that exists when the rule is applied to it.
 * The probe of new connections calls this only where kap_sock_fill_locked()
 * is not enough.
 *
 * Context: any.
 * Return: enum kap_opt bits of the options that change.
 */
unsigned int kap_rule_decide(const struct kap_rule *rule,
			     const struct kap_values *app,
			     struct kap_values *to)
{
	return decide(rule, app, kap_rule_is_auto(rule, app), to);
}

/**
 * kap_rule_decide_again - decide what follows from a later setsockopt()
 * @rule: the rule that wins the connection now
 * @before: the options before the call
 * @now: the options after it
 * @to: the options after the rule
 *
 * mode=default changes nothing but a user timeout that "auto" gave and that the
 * call left alone: it follows the other three. clamp and force are applied
 * again.
 *
 * Context: any.
 * Return: enum kap_opt bits of the options that change, compared with @now.
 */
unsigned int kap_rule_decide_again(const struct kap_rule *rule,
				   const struct kap_values *before,
				   const struct kap_values *now,
				   struct kap_values *to)
{
	bool was_auto = kap_rule_is_auto(rule, before) &&
			now->user_timeout == before->user_timeout;

	if (rule->mode != KAP_DEFAULT)
		return decide(rule, now, was_auto, to);
	*to = *now;
	if (!was_auto)
		return 0;
	to->user_timeout = kap_auto_timeout(now);
	return to->user_timeout == now->user_timeout ? 0 : KAP_OPT_USER_TIMEOUT;
}

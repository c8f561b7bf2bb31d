// SPDX-License-Identifier: GPL-2.0
#include "see/look.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/progress.h"
#include "host/sys.h"
#include "host/sysfs.h"
#include "see/direction.h"
#include "see/filter.h"
#include "see/inet_diag.h"
#include "see/owners.h"
#include "see/rule.h"

/* Connections can be looked at without the module, and without its rules. */
static bool read_live(struct kap_look *look)
{
	char *dir = kap_sysfs_path("rules");
	bool there = !access(dir, R_OK);

	if (!there && errno == EACCES)
		kap_diag_report(KAP_WARNING, NULL,
				"only root can read the rules: none is shown");
	free(dir);
	look->has_live = there && kap_live_read(&look->live);
	return !there || look->has_live;
}

/* Without these, "auto" gives no user timeout on this kernel. */
static void heed_features(struct kap_rules *rules)
{
	static const char * const files[] = { "features/hold", "features/stall" };
	bool off = false;
	char text[8];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(files); i++) {
		char *path = kap_sysfs_path(files[i]);

		off |= kap_sys_peek(path, text, sizeof(text)) > 0 &&
		       *text == '0';
		free(path);
	}
	for (i = 0; off && i < rules->n; i++)
		kap_rule_auto_off(rules->v[i].rule);
}

static bool read_rules(struct kap_look *look, const char *file)
{
	if (file && (!kap_source_read(&look->source, file) ||
		     !kap_rules_parse(&look->file, &look->source)))
		return false;
	if (!read_live(look))
		return false;
	heed_features(&look->file);
	heed_features(&look->live.rules);
	return true;
}

static void dump(struct kap_netns *ns, void *data)
{
	struct kap_look *look = data;
	int err;

	if (!kap_netns_enter(&look->nses, ns))
		return;
	err = kap_inet_diag_dump(&look->conns, ns);
	kap_netns_leave(&look->nses);
	if (err) {
		look->nses.skipped++;
		look->err = err;
	}
}

static void name_cgroups(struct kap_look *look)
{
	size_t i;

	kap_cgroups_start(&look->cgroups);
	for (i = 0; i < look->conns.n; i++) {
		struct kap_conn *c = &look->conns.v[i];

		if (c->cgroup_id)
			c->cgroup = kap_cgroups_find(&look->cgroups,
						     c->cgroup_id);
	}
}

static void reckon(struct kap_look *look)
{
	size_t i;

	for (i = 0; i < look->conns.n; i++) {
		struct kap_conn *c = &look->conns.v[i];

		c->idle_ms = kap_unnoticed_idle(&c->values);
		c->busy_ms = kap_unnoticed_busy(&c->values, &c->retries);
	}
}

static void keep_matching(struct kap_conns *all,
			  const struct kap_filter *filter)
{
	size_t i, n = 0;

	for (i = 0; i < all->n; i++) {
		if (kap_filter_matches(filter, &all->v[i]))
			all->v[n++] = all->v[i];
	}
	all->n = n;
}

/* With hidepid=, processes of others are not there to be denied. */
static bool some_without_owner(const struct kap_conns *all)
{
	size_t i;

	for (i = 0; i < all->n; i++) {
		if (all->v[i].inode && !all->v[i].owner)
			return true;
	}
	return false;
}

static void find_owners(struct kap_look *look)
{
	struct kap_owners o = {
		.all = &look->conns,
		.nses = &look->nses,
		.dump = dump,
		.data = look,
	};

	kap_owners_find(&o);
	kap_progress_end();
	look->gone = o.gone + o.closed_to_us;
	look->closed = o.closed_to_us;
	look->denied = o.denied || look->nses.denied ||
		       (geteuid() && some_without_owner(&look->conns));
	look->too_old = o.too_old;
}

static int cmp_conn(const void *a, const void *b)
{
	return kap_conn_cmp(a, b);
}

static bool list_sockets(struct kap_look *look)
{
	size_t i;

	kap_netns_collect(&look->nses);
	for (i = 0; i < look->nses.n; i++)
		dump(look->nses.v[i], look);
	return !look->err || look->nses.skipped != look->nses.n;
}

static void fill_in(struct kap_look *look, const struct kap_filter *filter)
{
	const struct kap_rules *live = &look->live.rules;
	struct kap_conns *all = &look->conns;

	find_owners(look);
	name_cgroups(look);
	kap_direction_find(all);
	keep_matching(all, filter);
	kap_rule_find_all(all, live, look->source.text ? &look->file : live);
	reckon(look);
	qsort(all->v, all->n, sizeof(*all->v), cmp_conn);
}

/**
 * kap_look_around - find connections, and all that is known of them
 * @look: the result; free it whatever comes back
 * @filter: which are asked for: words on one line
 * @file: the rules to be asked, or NULL for those in force
 *
 * Return: whether there is a result. If not, what is wrong with @filter or
 * with the rules has been reported; all else is said by kap_look_report().
 */
bool kap_look_around(struct kap_look *look, const char *filter,
		     const char *file)
{
	struct kap_filter f;
	bool ok;

	memset(look, 0, sizeof(*look));
	look->nses.own = -1;
	look->cgroups.fd = -1;
	ok = kap_filter_parse(&f, filter) && read_rules(look, file) &&
	     list_sockets(look);
	if (ok)
		fill_in(look, &f);
	kap_filter_free(&f);
	return ok;
}

/**
 * kap_look_report - say why connections could not be seen, or not all of them
 * @look: after kap_look_around()
 */
void kap_look_report(const struct kap_look *look)
{
	if (look->err && look->nses.skipped == look->nses.n)
		kap_diag_error("cannot list TCP sockets: %s%s",
			       strerror(look->err), look->err == ENOENT ?
			       " (load tcp_diag: CONFIG_INET_TCP_DIAG)" : "");
	if (look->too_old)
		kap_diag_report(KAP_WARNING, NULL,
				"this kernel does not let one process see the options of another (pidfd_getfd, Linux 5.6): they are not known");
	else if (look->closed)
		kap_diag_report(KAP_WARNING, NULL,
				"%u process%s not let others see the options of their sockets: they are not known",
				look->closed,
				look->closed == 1 ? " does" : "es do");
	if (look->denied && geteuid())
		kap_diag_report(KAP_WARNING, NULL,
				"only root sees everything: the sockets of others, their options, and other network namespaces are missing");
	else if (look->denied)
		kap_diag_report(KAP_WARNING, NULL,
				"some processes or network namespaces may not be seen from here (a container, or a security module): they are missing");
}

/**
 * kap_look_free - free it
 * @look: what kap_look_start() has filled in
 */
void kap_look_free(struct kap_look *look)
{
	kap_conns_free(&look->conns);
	kap_netns_free(&look->nses);
	kap_cgroups_free(&look->cgroups);
	kap_live_free(&look->live);
	kap_rules_free(&look->file);
	kap_source_free(&look->source);
}

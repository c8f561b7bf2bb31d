/* SPDX-License-Identifier: GPL-2.0 */
/* Connections as JSON and as text. */
#ifndef _KAPCTL_OUTPUT_CONN_H
#define _KAPCTL_OUTPUT_CONN_H

#include <jansson.h>
#include <stdbool.h>

#include "see/conn.h"

/* Fits what kap_conn_end() and kap_conn_duration() write. */
#define KAP_CONN_TEXT	64

json_t *kap_output_conn(const struct kap_conn *c, bool dry_run);
json_t *kap_output_end(const struct kap_conn *c, int end);
json_t *kap_output_seconds(u64 ms);
const char *kap_conn_end(const struct kap_conn *c, int end, char *buf);
const char *kap_conn_duration(u64 ms, char *buf);

#endif /* _KAPCTL_OUTPUT_CONN_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* An audit for machines. */
#ifndef _KAPCTL_OUTPUT_AUDIT_H
#define _KAPCTL_OUTPUT_AUDIT_H

struct kap_audit;

void kap_output_audit(const struct kap_audit *audit);
void kap_output_audit_metrics(const struct kap_audit *audit);

#endif /* _KAPCTL_OUTPUT_AUDIT_H */

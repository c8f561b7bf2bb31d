/* SPDX-License-Identifier: GPL-2.0 */
/* What to say when the module is not there. */
#ifndef _KAPCTL_NOT_LOADED_H
#define _KAPCTL_NOT_LOADED_H

const char *kap_not_loaded_signature(void);
void kap_not_loaded_report(void);

#endif /* _KAPCTL_NOT_LOADED_H */

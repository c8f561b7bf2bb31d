/* SPDX-License-Identifier: GPL-2.0 */
/* What takes long says on a terminal how far it is. */
#ifndef _KAPCTL_PROGRESS_H
#define _KAPCTL_PROGRESS_H

void kap_progress_step(const char *what);
void kap_progress_end(void);

#endif /* _KAPCTL_PROGRESS_H */

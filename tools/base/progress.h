/* SPDX-License-Identifier: GPL-2.0 */
/* The progress of a long run, shown on a terminal. */
#ifndef _KAPCTL_PROGRESS_H
#define _KAPCTL_PROGRESS_H

void kap_progress_step(const char *what);
void kap_progress_end(void);

#endif /* _KAPCTL_PROGRESS_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* Find the word that a misspelt one is meant to be. */
#ifndef _KAPCTL_NEAR_H
#define _KAPCTL_NEAR_H

/* Words longer than this are not compared. */
#define KAP_NEAR_MAX	32

const char *kap_near_find(const char *word, const char *const *list);
const char *kap_near_command(const char *word, const char *const *commands);

#endif /* _KAPCTL_NEAR_H */

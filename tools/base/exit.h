/* SPDX-License-Identifier: GPL-2.0 */
/* How kapctl ends. */
#ifndef _KAPCTL_EXIT_H
#define _KAPCTL_EXIT_H

enum kap_exit {
	KAP_EXIT_OK,
	KAP_EXIT_FAILED,	/* refused or failed */
	KAP_EXIT_USAGE,
	KAP_EXIT_NOT_LOADED,	/* the module is not there */
};

#endif /* _KAPCTL_EXIT_H */

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KAPOLICY_KUNIT_ARPA_INET_H
#define _KAPOLICY_KUNIT_ARPA_INET_H

#include <linux/inet.h>
#include <linux/socket.h>

static inline int inet_pton(int family, const char *text, void *to)
{
	return family == AF_INET ? in4_pton(text, -1, to, -1, NULL) :
				   in6_pton(text, -1, to, -1, NULL);
}

#endif /* _KAPOLICY_KUNIT_ARPA_INET_H */

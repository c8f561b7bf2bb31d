/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _KAPOLICY_COMPAT_NET_TCP_H
#define _KAPOLICY_COMPAT_NET_TCP_H

#include <linux/math64.h>
#include <net/tcp.h>

/*
 * Since when window probes have gone unanswered. Missing in some kernels of the
 * 5.10 series; see Kbuild for how it is found out.
 */
#ifdef KAP_HAVE_PROBES_TSTAMP
#define KAP_PROBES_TSTAMP	1
#define kap_set_probes_tstamp(icsk, stamp) \
	((icsk)->icsk_probes_tstamp = (stamp))
#else
#define KAP_PROBES_TSTAMP	0
#define kap_set_probes_tstamp(icsk, stamp)	((void)(icsk), (void)(stamp))
#endif

/*
 * Now, as retrans_stamp counts: in ms, or for a flow that asks for it in us,
 * since 6.7.
 */
#ifdef KAP_HAVE_USEC_TS
#define kap_tcp_stamp_us(tp)	((tp)->tcp_usec_ts)
#else
#define kap_tcp_stamp_us(tp)	false
#endif

#endif /* _KAPOLICY_COMPAT_NET_TCP_H */

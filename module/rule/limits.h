/* SPDX-License-Identifier: GPL-2.0 */
/* The bounds of the rule language and of the sysfs interface. */
#ifndef _KAPOLICY_LIMITS_H
#define _KAPOLICY_LIMITS_H

#define KAP_ABI_VERSION		1

/* A write of this many bytes or more needs a transaction. */
#define KAP_WRITE_MAX		4096
/* Bytes of a line without its newline, in a transaction. */
#define KAP_LINE_MAX		262144
/* The parser has room for so many list elements; longer lines allocate more. */
#define KAP_ITEMS_SMALL		2047

/* A read at this offset returns the error of the file's own transaction. */
#define KAP_ERROR_OFFSET	(1LL << 62)

#define KAP_RULES_DEFAULT	65536	/* max_rules at load */
#define KAP_RULES_MAX		1048576	/* what max_rules can be raised to */

/*
 * In sets up to this size each rule has counters for each processor, of about
 * 64 bytes. For larger sets that would take too long to allocate.
 */
#define KAP_PERCPU_RULES	1024

#define KAP_NAME_MAX		31
/* ids end below U64_MAX, because kap_parse_digits() saturates there */
#define KAP_ID_MAX		18446744073709551614ULL
#define KAP_ID_DIGITS		20
#define KAP_PRIO_MAX		65535
#define KAP_PRIO_DEFAULT	1000
#define KAP_PORT_MAX		65535
#define KAP_UID_MAX		4294967294U	/* (uid_t)-1 is no uid */

/* MAX_TCP_KEEPIDLE, _KEEPINTVL, _KEEPCNT of <net/tcp.h>; asserted in sock.c */
#define KAP_IDLE_MAX		32767		/* seconds */
#define KAP_INTVL_MAX		32767		/* seconds */
#define KAP_CNT_MAX		127
#define KAP_USER_TIMEOUT_MAX	2147483647	/* ms; the socket option is an int */

/* ms; a longer "auto" is left out, because tcp_retries2 gives up earlier */
#define KAP_AUTO_MAX		900000

#define KAP_DETECT_MIN		4	/* seconds: idle=1s intvl=1s cnt=3 */
#define KAP_DETECT_MAX		65530	/* seconds: 65531 would expand to idle=32768s */
#define KAP_DETECT_CNT		3

/* Longest cgroup path, with its NUL: kernfs has none longer than PATH_MAX. */
#define KAP_CGROUP_PATH_MAX	4096

#endif /* _KAPOLICY_LIMITS_H */

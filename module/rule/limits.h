/* SPDX-License-Identifier: GPL-2.0 */
/* Every bound of the rule language and of the sysfs interface, once. */
#ifndef _KAPOLICY_LIMITS_H
#define _KAPOLICY_LIMITS_H

#define KAP_ABI_VERSION		1

/* A write of this many bytes or more needs a transaction. */
#define KAP_WRITE_MAX		4096
/* Bytes of one line without its newline; outside a transaction see above. */
#define KAP_LINE_MAX		262144
/* Lists of up to this many elements in all need no memory of their own. */
#define KAP_ITEMS_SMALL		2047

/* Reading the rules file here: the error of its own failed transaction. */
#define KAP_ERROR_OFFSET	(1LL << 62)

#define KAP_RULES_DEFAULT	65536	/* max_rules at load */
#define KAP_RULES_MAX		1048576	/* what max_rules can be raised to */

/*
 * Rules of sets up to this size have counters of each processor: about 64 bytes
 * a rule and processor. In larger sets they take too long to allocate.
 */
#define KAP_PERCPU_RULES	1024

#define KAP_NAME_MAX		31
/* numbers that are too large are read as U64_MAX */
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

/* ms; with data in flight the kernel itself gives up after about as long */
#define KAP_AUTO_MAX		900000

#define KAP_DETECT_MIN		4	/* seconds: idle=1s intvl=1s cnt=3 */
#define KAP_DETECT_MAX		65530	/* seconds: the next comes to idle=32768s */
#define KAP_DETECT_CNT		3

/* Longest cgroup path, with its NUL; PATH_MAX bounds what kernfs can name. */
#define KAP_CGROUP_PATH_MAX	4096

#endif /* _KAPOLICY_LIMITS_H */

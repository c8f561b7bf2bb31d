/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every reason a write can be refused: X(name, errno, text).
 *
 * The texts are what users read in last_error and from kapctl. tests/vectors/
 * has at least one line for each name; the unit tests fail where one is missing.
 */
#ifndef _KAPOLICY_ERRORS_H
#define _KAPOLICY_ERRORS_H

#include <linux/types.h>

#define KAP_ERRORS(X) \
	/* words */ \
	X(CHAR,		EINVAL,	"unprintable character") \
	X(LINE,		EINVAL,	"line too long (262144 bytes at most)") \
	X(COMMAND,	EINVAL,	"unknown command (add, del, destroy, flush, begin, commit, abort or key=value)") \
	X(WORD,		EINVAL,	"key=value expected") \
	X(KEY,		EINVAL,	"unknown key") \
	X(REPEATED,	EINVAL,	"key given twice") \
	X(EXTRA,	EINVAL,	"nothing may follow this command") \
	X(DEL,		EINVAL,	"del takes one of id=N and name=X") \
	X(DESTROY,	EINVAL,	"destroy takes name=X") \
	X(EMPTY,	EINVAL,	"value missing") \
	/* values */ \
	X(NUMBER,	EINVAL,	"number expected") \
	X(ID,		EINVAL,	"id out of range (1-18446744073709551614)") \
	X(NAME,		EINVAL,	"bad name (1 to 31 of A-Z a-z 0-9 _ . -)") \
	X(PRIO,		EINVAL,	"prio out of range (0-65535)") \
	X(PORT,		EINVAL,	"port out of range (1-65535)") \
	X(UID,		EINVAL,	"uid out of range (0-4294967294)") \
	X(REVERSED,	EINVAL,	"range ends before it starts") \
	X(ADDR,		EINVAL,	"IPv4 or IPv6 address or prefix expected") \
	X(PREFIX,	EINVAL,	"prefix length out of range (0-32 for IPv4, 0-128 for IPv6)") \
	X(CGROUP,	EINVAL,	"absolute cgroup path expected, such as /system.slice/nginx.service") \
	X(CGROUP_FS,	EINVAL,	"cgroup path without /sys/fs/cgroup expected") \
	X(CGROUP_EMPTY,	EINVAL,	"empty component in the cgroup path") \
	X(CGROUP_STARS,	EINVAL,	"** must be a whole component of the cgroup path") \
	X(DIR,		EINVAL,	"out or in expected") \
	X(KEEPALIVE,	EINVAL,	"on or off expected") \
	X(MODE,		EINVAL,	"default, clamp or force expected") \
	X(ACTION,	EINVAL,	"skip expected") \
	X(UNIT,		EINVAL,	"unit needed (ms, s, m or h)") \
	X(BAD_UNIT,	EINVAL,	"unknown unit (ms, s, m or h)") \
	X(WHOLE,	EINVAL,	"whole seconds expected") \
	X(IDLE,		EINVAL,	"idle out of range (1s-32767s)") \
	X(INTVL,	EINVAL,	"intvl out of range (1s-32767s)") \
	X(CNT,		EINVAL,	"cnt out of range (1-127)") \
	X(USER_TIMEOUT,	EINVAL,	"user_timeout out of range (1ms-2147483647ms)") \
	X(DETECT,	EINVAL,	"detect out of range (4s-65530s)") \
	/* rules */ \
	X(AUTO,		EINVAL,	"user_timeout=auto needs idle, intvl and cnt") \
	X(DETECT_WITH,	EINVAL,	"detect cannot be combined with idle, intvl, cnt or keepalive=off") \
	X(OFF,		EINVAL,	"keepalive=off needs mode=force") \
	X(SKIP_WITH,	EINVAL,	"action=skip sets no option") \
	X(NOTHING,	EINVAL,	"rule sets nothing (keepalive, idle, intvl, cnt, user_timeout, detect or action=skip)") \
	/* changes */ \
	X(EXISTS,	EEXIST,	"name taken by another rule") \
	X(NO_ID,	ENOENT,	"no rule has this id") \
	X(NO_NAME,	ENOENT,	"no rule has this name") \
	X(FULL,		ENOSPC,	"more rules than max_rules") \
	X(OVERLAP,	ENOSPC,	"too many rules overlap in all that they match by") \
	X(MEMORY,	ENOMEM,	"out of memory") \
	/* writes and transactions */ \
	X(TOO_BIG,	E2BIG,	"write of 4096 bytes or more outside begin ... commit") \
	X(BEGIN,	EINVAL,	"begin must be the first command of a write") \
	X(IN_BEGIN,	EINVAL,	"begin inside a transaction") \
	X(NO_BEGIN,	EINVAL,	"no transaction is open on this file") \
	X(AFTER_COMMIT,	EINVAL,	"nothing may follow commit or abort in the same write") \
	X(OFFSET,	EINVAL,	"write does not continue where the last one of the transaction ended") \
	X(STALE,	ESTALE,	"transaction overtaken by another change of the rules") \
	X(DROPPED,	ESTALE,	"transaction dropped: too many were open at once")

enum kap_error {
	KAP_E_NONE,
#define X(name, err, text) KAP_E_##name,
	KAP_ERRORS(X)
#undef X
	KAP_E_NR
};

/**
 * struct kap_diag - what was wrong with a line, and where
 * @error: the reason
 * @line: line number, counted from 1 within the write or transaction
 * @col: first offending column, in bytes, counted from 1
 * @end: last offending column
 * @id: with KAP_E_OVERLAP, the ids of the first and last rule in question
 */
struct kap_diag {
	enum kap_error error;
	u32 line;
	u32 col;
	u32 end;
	u64 id[2];
};

int kap_error_errno(enum kap_error error);
const char *kap_error_text(enum kap_error error);
const char *kap_error_name(enum kap_error error);
size_t kap_error_format(const struct kap_diag *diag, char *buf, size_t size);

#endif /* _KAPOLICY_ERRORS_H */

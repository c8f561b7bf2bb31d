// SPDX-License-Identifier: GPL-2.0
/* Does the module notice a new connection? Opens one, and looks. */
#include "doctor/doctor.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "host/sysfs.h"

static int listener(int family, struct sockaddr_storage *addr, socklen_t *len)
{
	struct sockaddr_in in = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	struct sockaddr_in6 in6 = {
		.sin6_family = AF_INET6,
		.sin6_addr = in6addr_loopback,
	};
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memset(addr, 0, sizeof(*addr));
	if (family == AF_INET)
		memcpy(addr, &in, *len = sizeof(in));
	else
		memcpy(addr, &in6, *len = sizeof(in6));
	if (fd < 0 || bind(fd, (struct sockaddr *)addr, *len) ||
	    listen(fd, 1) || getsockname(fd, (struct sockaddr *)addr, len)) {
		if (fd >= 0)
			close(fd);
		return -1;
	}
	return fd;
}

/* Returns 0, or an errno value when there can be no connection. */
static int connect_to_self(int family)
{
	const struct timeval patience = { .tv_sec = 2 };
	struct sockaddr_storage addr;
	socklen_t len;
	int in = listener(family, &addr, &len), out, end, err = 0;

	if (in < 0)
		return errno;
	out = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(out, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	setsockopt(in, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (out < 0 || connect(out, (struct sockaddr *)&addr, len)) {
		err = errno;
	} else {
		end = accept(in, NULL, NULL);
		err = end < 0 ? errno : 0;
		if (end >= 0)
			close(end);
	}
	if (out >= 0)
		close(out);
	close(in);
	return err;
}

/**
 * kap_doctor_hook - does the module see connections?
 * @p: what is in force
 */
void kap_doctor_hook(const struct kap_patient *p)
{
	unsigned long long before, after;
	int err;

	/* without rules, or disabled, it is not meant to look */
	if (!p->has_live || !p->live.enabled || !p->live.rules.n)
		return;
	if (!kap_sysfs_number("stats/connections", &before))
		return;
	err = connect_to_self(AF_INET);
	if (err)
		err = connect_to_self(AF_INET6);
	if (err) {
		kap_doctor_say(KAP_NOTE, "hook",
			       "not tried: no connection over loopback: %s",
			       strerror(err));
		return;
	}
	if (!kap_sysfs_number("stats/connections", &after))
		return;
	if (after > before) {
		kap_doctor_say(KAP_OK, "hook",
			       "a connection over loopback was noticed");
		return;
	}
	kap_doctor_say(KAP_PROBLEM, "hook",
		       "a connection over loopback was not noticed: no rule has any effect");
	kap_doctor_fix("rmmod kapolicy && modprobe kapolicy && kapctl load");
	kap_doctor_fix("if that is no help, please report it with: kapctl doctor -j; uname -a; dmesg");
}

// SPDX-License-Identifier: GPL-2.0
/* Commands that move data and watch what becomes of a connection. */
#define _GNU_SOURCE
#include "prober.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

static char buffer[65536];

int poll_one(int fd, short events, double seconds)
{
	struct pollfd p = { .fd = fd, .events = events };
	struct timespec ts = { .tv_sec = (time_t)seconds };
	int n;

	ts.tv_nsec = (long)((seconds - ts.tv_sec) * 1e9);
	n = ppoll(&p, 1, &ts, NULL);
	return n < 0 ? -errno : n;
}

/* A socket made by startconnect is non-blocking: wait for room or data. */
static int transfer(int argc, char **argv, char *reply)
{
	int fd = name_to_fd(argv[1]), ready;
	int is_send = !strcmp(argv[0], "send");
	long left, size;
	ssize_t n;

	if (fd < 0)
		return fd;
	if (parse_long(argv[2], 1, 1 << 30, &size))
		return -EINVAL;
	for (left = size; left; left -= n) {
		size_t chunk = left < (long)sizeof(buffer) ? (size_t)left : sizeof(buffer);

		ready = poll_one(fd, is_send ? POLLOUT : POLLIN, PROBER_WAIT_SECONDS);
		if (ready <= 0)
			return ready ? ready : -EAGAIN;
		if (is_send)
			n = send(fd, buffer, chunk, MSG_NOSIGNAL | MSG_DONTWAIT);
		else
			n = recv(fd, buffer, chunk, MSG_DONTWAIT);
		if (n < 0 && errno == EAGAIN)
			n = 0;
		else if (n < 0)
			return -errno;
		else if (!n)
			break;
	}
	snprintf(reply, PROBER_REPLY_LEN, "%ld", size - left);
	return 0;
}

static int pending_error(int fd)
{
	int err;
	socklen_t len = sizeof(err);

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len))
		return errno;
	return err;
}

static int cmd_wait(int argc, char **argv, char *reply)
{
	int fd = name_to_fd(argv[1]), ready, err;
	double start = now_seconds(), seconds;

	if (fd < 0)
		return fd;
	if (parse_seconds(argv[2], &seconds))
		return -EINVAL;
	ready = poll_one(fd, POLLRDHUP, seconds);
	if (ready < 0)
		return ready;
	if (!ready) {
		strcpy(reply, "alive");
		return 0;
	}
	err = pending_error(fd);
	snprintf(reply, PROBER_REPLY_LEN, "%s %.3f",
		 err ? strerrorname_np(err) : "EOF", now_seconds() - start);
	return 0;
}

/*
 * pump C BYTES SECONDS: writes of that size whenever there is room, until the
 * connection ends or the time is over. Answers as wait does.
 */
static int cmd_pump(int argc, char **argv, char *reply)
{
	int fd = name_to_fd(argv[1]), ready, err;
	double start = now_seconds(), seconds;
	long size;

	if (fd < 0)
		return fd;
	if (parse_long(argv[2], 1, sizeof(buffer), &size) ||
	    parse_seconds(argv[3], &seconds))
		return -EINVAL;
	for (;;) {
		ready = poll_one(fd, POLLOUT, seconds - (now_seconds() - start));
		if (ready < 0)
			return ready;
		if (!ready) {
			strcpy(reply, "alive");
			return 0;
		}
		if (send(fd, buffer, size, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 &&
		    errno != EAGAIN)
			break;
		if (now_seconds() - start >= seconds) {
			strcpy(reply, "alive");
			return 0;
		}
	}
	err = errno;
	snprintf(reply, PROBER_REPLY_LEN, "%s %.3f", strerrorname_np(err), now_seconds() - start);
	return 0;
}

static int cmd_waitconn(int argc, char **argv, char *reply)
{
	int fd = name_to_fd(argv[1]), ready;
	double seconds;

	if (fd < 0)
		return fd;
	if (parse_seconds(argv[2], &seconds))
		return -EINVAL;
	ready = poll_one(fd, POLLOUT, seconds);
	if (ready <= 0)
		return ready ? ready : -EAGAIN;
	return -pending_error(fd);
}

static const char *const state_names[] = {
	[TCP_ESTABLISHED] = "ESTABLISHED",
	[TCP_SYN_SENT] = "SYN_SENT",
	[TCP_SYN_RECV] = "SYN_RECV",
	[TCP_FIN_WAIT1] = "FIN_WAIT1",
	[TCP_FIN_WAIT2] = "FIN_WAIT2",
	[TCP_TIME_WAIT] = "TIME_WAIT",
	[TCP_CLOSE] = "CLOSE",
	[TCP_CLOSE_WAIT] = "CLOSE_WAIT",
	[TCP_LAST_ACK] = "LAST_ACK",
	[TCP_LISTEN] = "LISTEN",
	[TCP_CLOSING] = "CLOSING",
};

static int cmd_state(int argc, char **argv, char *reply)
{
	struct tcp_info info;
	socklen_t len = sizeof(info);
	int fd = name_to_fd(argv[1]);

	if (fd < 0)
		return fd;
	memset(&info, 0, sizeof(info));
	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len))
		return -errno;
	if (info.tcpi_state >= ARRAY_SIZE(state_names) ||
	    !state_names[info.tcpi_state])
		return -ERANGE;
	strcpy(reply, state_names[info.tcpi_state]);
	return 0;
}

/* Back to an unconnected socket, as connect() to AF_UNSPEC does it. */
static int cmd_disconnect(int argc, char **argv, char *reply)
{
	const struct sockaddr nobody = { .sa_family = AF_UNSPEC };
	int fd = name_to_fd(argv[1]);

	if (fd < 0)
		return fd;
	return connect(fd, &nobody, sizeof(nobody)) ? -errno : 0;
}

static int cmd_sleep(int argc, char **argv, char *reply)
{
	struct timespec ts;
	double seconds;

	if (parse_seconds(argv[1], &seconds))
		return -EINVAL;
	ts.tv_sec = (time_t)seconds;
	ts.tv_nsec = (long)((seconds - ts.tv_sec) * 1e9);
	return nanosleep(&ts, NULL) ? -errno : 0;
}

const struct command io_commands[] = {
	{ "send", 2, 2, transfer, false },
	{ "recv", 2, 2, transfer, false },
	{ "wait", 2, 2, cmd_wait, false },
	{ "pump", 3, 3, cmd_pump, false },
	{ "waitconn", 2, 2, cmd_waitconn, false },
	{ "state", 1, 1, cmd_state, false },
	{ "disconnect", 1, 1, cmd_disconnect, false },
	{ "sleep", 1, 1, cmd_sleep, false },
	{ NULL, 0, 0, NULL, false },
};

// SPDX-License-Identifier: GPL-2.0
/*
 * many COUNT PROCESSES: connections over loopback, each with both ends in one
 * process. Prints a dot for each process that has all of its own, and waits.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <signal.h>
#include <unistd.h>

#define PORT	5000

static void fail(const char *what)
{
	perror(what);
	_exit(1);
}

static void hold(unsigned int count, unsigned int number)
{
	struct rlimit room = { 2 * count + 100, 2 * count + 100 };
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(PORT + number),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	if (setrlimit(RLIMIT_NOFILE, &room))
		fail("RLIMIT_NOFILE");
	if (bind(listener, (struct sockaddr *)&to, sizeof(to)) ||
	    listen(listener, 16))
		fail("listen");
	while (count--) {
		int fd = socket(AF_INET, SOCK_STREAM, 0);

		if (connect(fd, (struct sockaddr *)&to, sizeof(to)) ||
		    accept(listener, NULL, NULL) < 0)
			fail("connect");
	}
	if (write(STDOUT_FILENO, ".", 1) != 1)
		fail("write");
	pause();
}

int main(int argc, char **argv)
{
	unsigned int n = argc == 3 ? strtoul(argv[2], NULL, 10) : 0, i;

	if (!n)
		return 2;
	for (i = 0; i < n; i++) {
		if (!fork()) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			hold(strtoul(argv[1], NULL, 10) / n, i);
			_exit(1);
		}
	}
	wait(NULL);
	return 1;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * refuse - runs a program for which the kernel does not have a system call.
 *
 *	refuse NUMBER ERRNO COMMAND...
 *
 * The call fails with ERRNO, as on a kernel before it, or under a seccomp
 * filter of a container.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { 4, filter };

	if (argc < 4) {
		fprintf(stderr, "usage: refuse NUMBER ERRNO COMMAND...\n");
		return 2;
	}
	filter[1].k = (unsigned int)atoi(argv[1]);
	filter[2].k |= (unsigned int)atoi(argv[2]);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) {
		fprintf(stderr, "# refuse: %s\n", strerror(errno));
		return 1;
	}
	execvp(argv[3], argv + 3);
	fprintf(stderr, "# refuse: %s: %s\n", argv[3], strerror(errno));
	return 1;
}

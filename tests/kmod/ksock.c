// SPDX-License-Identifier: GPL-2.0
/*
 * ksock - opens one kernel TCP connection to 127.0.0.1:port when it is loaded
 * and shows the resulting options in /sys/module/ksock/parameters, so that
 * a test can see that kapolicy leaves kernel sockets alone.
 */
#include <linux/in.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/net.h>
#include <linux/tcp.h>
#include <net/net_namespace.h>
#include <net/sock.h>
#include <net/tcp.h>

static ushort port;
module_param(port, ushort, 0444);
MODULE_PARM_DESC(port, "port on 127.0.0.1 to connect to");

/* Results; what was never set on the socket is 0. */
static int keepalive;
module_param(keepalive, int, 0444);
static uint idle;
module_param(idle, uint, 0444);
static uint intvl;
module_param(intvl, uint, 0444);
static uint cnt;
module_param(cnt, uint, 0444);
static uint user_timeout;
module_param(user_timeout, uint, 0444);

static struct socket *sock;

static void ksock_read_options(struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	lock_sock(sk);
	keepalive = sock_flag(sk, SOCK_KEEPOPEN);
	idle = tp->keepalive_time / HZ;
	intvl = tp->keepalive_intvl / HZ;
	cnt = tp->keepalive_probes;
	user_timeout = inet_csk(sk)->icsk_user_timeout;
	release_sock(sk);
}

static int __init ksock_init(void)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int err;

	err = sock_create_kern(&init_net, AF_INET, SOCK_STREAM, IPPROTO_TCP, &sock);
	if (err)
		return err;
	/* Its address argument has had two types: let the compiler convert. */
	err = kernel_connect(sock, (void *)&to, sizeof(to), 0);
	if (err) {
		sock_release(sock);
		return err;
	}
	ksock_read_options(sock->sk);
	return 0;
}
module_init(ksock_init);

static void __exit ksock_exit(void)
{
	sock_release(sock);
}
module_exit(ksock_exit);

MODULE_DESCRIPTION("kapolicy test: one kernel TCP connection");
MODULE_LICENSE("GPL");

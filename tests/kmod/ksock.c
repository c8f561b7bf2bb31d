// SPDX-License-Identifier: GPL-2.0
/*
 * ksock - kernel TCP sockets, for tests that see that kapolicy leaves them
 * alone. Loaded with port=N it connects to 127.0.0.1:N. With listen=1 it
 * listens there instead, and takes a connection when `accept` is written to;
 * with hold=1 its listener holds the network namespace, as those of sunrpc do
 * since 2024. /sys/module/ksock/parameters shows the options of the socket
 * that was connected or accepted.
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
MODULE_PARM_DESC(port, "port on 127.0.0.1");
static bool listen;
module_param(listen, bool, 0444);
MODULE_PARM_DESC(listen, "listen instead of connecting");
static bool hold;
module_param(hold, bool, 0444);
MODULE_PARM_DESC(hold, "the listener holds its network namespace");

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

static int ksock_accept(const char *val, const struct kernel_param *kp)
{
	struct socket *child;
	int err;

	if (!sock)
		return -ENOTCONN;
	err = kernel_accept(sock, &child, 0);
	if (err)
		return err;
	ksock_read_options(child->sk);
	sock_release(child);
	return 0;
}

static const struct kernel_param_ops accept_ops = { .set = ksock_accept };
module_param_cb(accept, &accept_ops, NULL, 0200);

static int ksock_listen(struct sockaddr_in *at)
{
	struct sock *sk = sock->sk;
	int err;

	sock_set_reuseaddr(sk);
	if (hold) {
		get_net(sock_net(sk));
		sk->sk_net_refcnt = 1;
	}
	/* Its address argument has had two types: let the compiler convert. */
	err = kernel_bind(sock, (void *)at, sizeof(*at));
	return err ? err : kernel_listen(sock, 16);
}

static int __init ksock_init(void)
{
	struct sockaddr_in at = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int err;

	err = sock_create_kern(&init_net, AF_INET, SOCK_STREAM, IPPROTO_TCP, &sock);
	if (err)
		return err;
	if (listen)
		err = ksock_listen(&at);
	else
		err = kernel_connect(sock, (void *)&at, sizeof(at), 0);
	if (err) {
		sock_release(sock);
		return err;
	}
	if (!listen)
		ksock_read_options(sock->sk);
	return 0;
}
module_init(ksock_init);

static void __exit ksock_exit(void)
{
	sock_release(sock);
}
module_exit(ksock_exit);

MODULE_DESCRIPTION("kapolicy test: a kernel TCP socket");
MODULE_LICENSE("GPL");

// SPDX-License-Identifier: GPL-2.0
#include "see/inet_diag.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <string.h>

#include "see/conn.h"

#define RTO_MIN		200	/* ms */
#define BUFFER		65536

/* A socket that waits for its time to be over, or for an ACK, is no more. */
#define STATES	(BIT(KAP_ESTABLISHED) | BIT(KAP_SYN_SENT) | \
		 BIT(KAP_FIN_WAIT1) | BIT(KAP_FIN_WAIT2) | \
		 BIT(KAP_CLOSE_WAIT) | BIT(KAP_LAST_ACK) | \
		 BIT(KAP_LISTEN) | BIT(KAP_CLOSING))

struct dump {
	struct kap_conns *all;
	const struct kap_netns *ns;
};

static void take_addr(struct kap_conn *c, int i, const u32 *from, bool v6)
{
	struct kap_addr *to = &c->addr[i];

	if (!v6) {
		to->lo = ntohl(from[0]);
		return;
	}
	to->hi = (u64)ntohl(from[0]) << 32 | ntohl(from[1]);
	to->lo = (u64)ntohl(from[2]) << 32 | ntohl(from[3]);
}

/* An IPv4-mapped socket is matched as IPv4. */
static void unmap(struct kap_conn *c)
{
	int i;

	for (i = 0; i < 2; i++) {
		if (c->addr[i].hi || c->addr[i].lo >> 32 != 0xffff)
			return;
	}
	for (i = 0; i < 2; i++)
		c->addr[i].lo &= U32_MAX;
	c->v4 = true;
}

static void take_info(struct kap_conn *c, const struct tcp_info *info)
{
	c->silent_ms = min(info->tcpi_last_data_recv, info->tcpi_last_ack_recv);
	c->retries.rto = max_t(u32, RTO_MIN, info->tcpi_rto / 1000 >>
			       min_t(u32, info->tcpi_backoff, 31));
}

static int take_attr(const struct nlattr *attr, void *data)
{
	struct tcp_info info = { 0 };
	struct kap_conn *c = data;
	size_t len = mnl_attr_get_payload_len(attr);

	if (mnl_attr_get_type(attr) == INET_DIAG_INFO) {
		memcpy(&info, mnl_attr_get_payload(attr),
		       min(len, sizeof(info)));
		take_info(c, &info);
	} else if (mnl_attr_get_type(attr) == INET_DIAG_CGROUP_ID) {
		if (len == sizeof(uint64_t))
			c->cgroup_id = mnl_attr_get_u64(attr);
	}
	return MNL_CB_OK;
}

/*
 * A socket that no descriptor leads to has only its timer to tell: keepalive's
 * is running, or none is.
 */
static void take_timer(struct kap_conn *c, const struct inet_diag_msg *m)
{
	if (m->idiag_inode || (m->idiag_state != KAP_ESTABLISHED &&
			       m->idiag_state != KAP_CLOSE_WAIT) ||
	    (m->idiag_timer != 0 && m->idiag_timer != 2))
		return;
	c->values.keepalive = m->idiag_timer == 2;
	c->known = KAP_OPT_KEEPALIVE;
}

static int take_socket(const struct nlmsghdr *nlh, void *data)
{
	const struct inet_diag_msg *m = mnl_nlmsg_get_payload(nlh);
	struct dump *d = data;
	struct kap_conn *c;
	int i;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*m))
		return MNL_CB_OK;
	c = kap_conns_add(d->all, m->idiag_state == KAP_LISTEN);
	c->v4 = m->idiag_family == AF_INET;
	take_addr(c, 0, m->id.idiag_src, !c->v4);
	take_addr(c, 1, m->id.idiag_dst, !c->v4);
	if (!c->v4)
		unmap(c);
	c->port[0] = ntohs(m->id.idiag_sport);
	c->port[1] = ntohs(m->id.idiag_dport);
	c->ns = d->ns;
	c->inode = m->idiag_inode;
	c->uid = m->idiag_uid;
	c->state = m->idiag_state;
	c->unacked = m->idiag_wqueue;
	c->retries = d->ns->retries;
	c->retries.rto = RTO_MIN;
	for (i = 0; i < 5; i++)
		c->by[i] = KAP_BY_UNKNOWN;
	take_timer(c, m);
	mnl_attr_parse(nlh, sizeof(*m), take_attr, c);
	return MNL_CB_OK;
}

static int dump_family(struct mnl_socket *nl, u8 family, struct dump *d)
{
	static char buf[BUFFER];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct inet_diag_req_v2 *req;
	ssize_t n;
	int ret;

	nlh->nlmsg_type = SOCK_DIAG_BY_FAMILY;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	nlh->nlmsg_seq = family;
	req = mnl_nlmsg_put_extra_header(nlh, sizeof(*req));
	req->sdiag_family = family;
	req->sdiag_protocol = IPPROTO_TCP;
	req->idiag_ext = BIT(INET_DIAG_INFO - 1);
	req->idiag_states = STATES;
	if (mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) < 0)
		return errno;
	do {
		n = mnl_socket_recvfrom(nl, buf, sizeof(buf));
		if (n < 0)
			return errno;
		ret = mnl_cb_run(buf, n, family, mnl_socket_get_portid(nl),
				 take_socket, d);
	} while (ret > MNL_CB_STOP);
	return ret < 0 ? errno : 0;
}

/**
 * kap_inet_diag_dump - add the sockets of the namespace we are in
 * @all: where to
 * @ns: the namespace
 *
 * Return: 0 or an errno value; ENOENT when the kernel has no tcp_diag.
 */
int kap_inet_diag_dump(struct kap_conns *all, const struct kap_netns *ns)
{
	struct mnl_socket *nl = mnl_socket_open2(NETLINK_SOCK_DIAG,
						 SOCK_CLOEXEC);
	struct dump d = { all, ns };
	int err, err6 = 0;

	if (!nl)
		return errno;
	err = mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0 ? errno : 0;
	if (!err)
		err = dump_family(nl, AF_INET, &d);
	if (!err)
		err6 = dump_family(nl, AF_INET6, &d);
	mnl_socket_close(nl);
	/* a kernel without IPv6 knows no such sockets */
	return err6 && err6 != ENOENT ? err6 : err;
}

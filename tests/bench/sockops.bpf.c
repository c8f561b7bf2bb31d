// SPDX-License-Identifier: GPL-2.0
/*
 * The peer: what one would write today. A hash map by service port, five
 * bpf_setsockopt() on each end of a connection whose port is in it.
 */
#include <linux/bpf.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define SOL_SOCKET		1
#define SO_KEEPALIVE		9
#define SOL_TCP			6
#define TCP_KEEPIDLE		4
#define TCP_KEEPINTVL		5
#define TCP_KEEPCNT		6
#define TCP_USER_TIMEOUT	18

/* As struct values of rules.h. */
struct values {
	__u32 keepalive, idle, intvl, cnt, user_timeout;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__type(key, __u16);
	__type(value, struct values);
} ports SEC(".maps");

static __always_inline void set(struct bpf_sock_ops *ctx, int level, int option,
				__u32 *value)
{
	bpf_setsockopt(ctx, level, option, value, sizeof(*value));
}

SEC("sockops")
int keepalive(struct bpf_sock_ops *ctx)
{
	struct values *v;
	__u16 port;

	switch (ctx->op) {
	case BPF_SOCK_OPS_ACTIVE_ESTABLISHED_CB:
		port = bpf_ntohl(ctx->remote_port);
		break;
	case BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB:
		port = ctx->local_port;
		break;
	default:
		return 1;
	}
	v = bpf_map_lookup_elem(&ports, &port);
	if (!v)
		return 1;
	set(ctx, SOL_TCP, TCP_KEEPIDLE, &v->idle);
	set(ctx, SOL_TCP, TCP_KEEPINTVL, &v->intvl);
	set(ctx, SOL_TCP, TCP_KEEPCNT, &v->cnt);
	set(ctx, SOL_TCP, TCP_USER_TIMEOUT, &v->user_timeout);
	set(ctx, SOL_SOCKET, SO_KEEPALIVE, &v->keepalive);
	return 1;
}

char _license[] SEC("license") = "GPL";

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: --timeout 600
# May share a machine with others.
# Every match key, matching and nearly matching, seen from both ends of one
# connection: client 10.99.1.1:40001 (uid 1000, cgroup /keys/client) in host a,
# server 10.99.1.2:5432 (uid 2000, cgroup /keys/server) in host b.

# shellcheck source=tests/selftest/lib.sh
. "$(dirname "$0")/lib.sh"

UNTOUCHED='keepalive=0 idle=7200 intvl=75 cnt=9 user_timeout=0'
MATCHED='keepalive=1 idle=111 intvl=75 cnt=9 user_timeout=0'

setup()
{
	host a
	host b
	link a b
	make_cgroup /keys/client /keys/server
	session p
	must_ask p netns b
	must_ask p cgroup /keys/server
	must_ask p uid 2000
	must_ask p listen l4 "${IP4[b.a]}" 5432
	must_ask p listen l6 "${IP6[b.a]}" 5432
	must_ask p socket lm 6
	must_ask p set lm v6only 0
	must_ask p bind lm :: 5433
	must_ask p listenon lm
	must_ask p netns a
	must_ask p cgroup /keys/client
	must_ask p uid 1000
}

# Opens c (client) and s (server). Mapped sockets have a listener of their own
# at port 5433, so for them rules say PORT where the others say 5432.
open_pair()	# FAMILY: 4, 6 or m
{
	case $1 in
	4) must_ask p connect c "${IP4[b.a]}" 5432 from "${IP4[a.b]}" 40001 ;;
	6) must_ask p connect c "${IP6[b.a]}" 5432 from "${IP6[a.b]}" 40001 ;;
	m) must_ask p connect6 c "${IP4[b.a]}" 5433 from "${IP4[a.b]}" 40001 ;;
	esac
	must_ask p accept s "l$1"
}

# Resets, so that the next pair can have the same ports.
close_pair()
{
	local end

	for end in c s; do
		must_ask p set $end linger 0
		must_ask p close $end
	done
}

# Sets ENDS: which ends have the values of the rule.
classify_ends()
{
	local c s

	must_ask p get c
	c=$REPLY
	must_ask p get s
	s=$REPLY
	case "$c/$s" in
	"$MATCHED/$UNTOUCHED") ENDS=out ;;
	"$UNTOUCHED/$MATCHED") ENDS=in ;;
	"$MATCHED/$MATCHED") ENDS=both ;;
	"$UNTOUCHED/$UNTOUCHED") ENDS=none ;;
	*) ENDS="client: $c, server: $s" ;;
	esac
}

check()		# FAMILIES EXPECTED KEYS...
{
	local families=$1 expected=$2 family

	shift 2
	for family in ${families//,/ }; do
		local keys=$*

		[ "$family" != m ] || keys=${keys//5432/5433}
		only_rules "$keys idle=111s"
		open_pair "$family"
		classify_ends
		close_pair
		tap_is "$ENDS" "$expected" "IPv${family/m/4-mapped}: ${keys:-no match key}"
	done
}

# Families, ends that match, match keys
check_table()
{
	local families expected keys

	while read -r families expected keys; do
		case $families in
		'' | '#'*) continue ;;
		esac
		# shellcheck disable=SC2086	# keys are words
		check "$families" "$expected" $keys
	done
}

load_module
setup

check_table << 'TABLE'
# no key at all; ports
4,6,m both
4,6,m both port=5432
4,6,m none port=5431
4,6,m none port=40001
4,6,m none port=15432
4     both port=80,443,5432
4     both port=5432,80
4     none port=80,443,5431,5433
4,6,m both port=5000-6000
4     both port=5432-5432
4     both port=1-5432
4     both port=5432-65535
4     none port=5433-65535
4     none port=1-5431
4     both port=22,5000-5431,5432-5440,9000
4     none port=22,5000-5431,5433-5440,9000
4     both port=1-65535
4,6,m in   lport=5432
4,6,m out  lport=40001
4,6,m none lport=40002
4     both lport=5432,40001
4     out  lport=40000-40002
4     in   lport=5000-5500
4,6,m out  rport=5432
4,6,m in   rport=40001
4,6,m none rport=5431
4     both rport=5000-41000
4     out  lport=40001 rport=5432
4     none lport=5432 rport=5432
4     in   lport=5432 rport=40001
4     out  port=5432 rport=5432
4     none port=5432 lport=40002

# direction
4,6,m out  dir=out
4,6,m in   dir=in
4,6,m out  dir=out port=5432
4,6,m in   dir=in port=5432
4,6,m none dir=out port=40001
4,6,m none dir=in port=40001
4     in   dir=in lport=5432
4     none dir=out lport=5432
4     in   dir=in rport=40001
4     none dir=in rport=5432

# addresses; an IPv4-mapped socket is an IPv4 socket
4,m   out  laddr=10.99.1.1
4,m   in   raddr=10.99.1.1
4,m   in   laddr=10.99.1.2
4,m   out  raddr=10.99.1.2
4,m   none laddr=10.99.1.3
4,m   none raddr=11.99.1.1
4     out  laddr=10.99.1.1/32
4     out  laddr=10.99.1.0/31
4     in   laddr=10.99.1.2/31
4,m   both laddr=10.99.1.0/24
4     both raddr=10.99.1.0/30
4     none raddr=10.99.1.4/30
4     both raddr=10.96.0.0/14
4     none raddr=10.100.0.0/14
4,m   both laddr=10.0.0.0/8
4     both laddr=0.0.0.0/1
4     none laddr=128.0.0.0/1
4,m   both laddr=0.0.0.0/0
4,m   none laddr=::/0
4,m   none raddr=fc00:99:1::/64
4     out  laddr=192.0.2.1,10.99.1.1
4     none laddr=192.0.2.1,198.51.100.0/24
4,m   both laddr=fc00:99:1::/64,10.99.1.0/24
4     both laddr=10.99.1.1,10.99.1.2
4     out  laddr=10.99.1.1 raddr=10.99.1.2
4     none laddr=10.99.1.1 raddr=10.99.1.1
6     out  laddr=fc00:99:1::1
6     in   raddr=fc00:99:1::1
6     in   laddr=fc00:99:1::2
6     none laddr=fc00:99:1::3
6     out  laddr=fc00:99:1::1/128
6     out  laddr=fc00:99:1::/127
6     in   laddr=fc00:99:1::2/127
6     both laddr=fc00:99:1::/126
6     both laddr=fc00:99:1::/64
6     none laddr=fc00:99:2::/64
6     none laddr=fc00:99:1:0:1::/80
6     both laddr=fc00:99::/47
6     none laddr=fc00:99:2::/47
6     both raddr=fc00::/7
6     none raddr=fe00::/7
6     both raddr=8000::/1
6     none raddr=::/1
6     both laddr=::/0
6     none laddr=0.0.0.0/0
6     none laddr=10.99.1.0/24
6     both raddr=10.99.1.0/24,fc00:99:1::/64
6     out  raddr=10.99.1.0/24,fc00:99:1::2

# owner
4,6,m out  uid=1000
4,6,m in   uid=2000
4,6,m none uid=0
4     none uid=1001
4     both uid=1000,2000
4     out  uid=999-1001
4     none uid=1001-1999
4     both uid=0-4294967294
4     in   uid=5,1500-2500

# cgroup
4,6,m out  cgroup=/keys/client
4,6,m in   cgroup=/keys/server
4,6,m both cgroup=/keys
4     both cgroup=/
4     none cgroup=/keys/cli
4     none cgroup=/keys/clients
4     none cgroup=/client
4     none cgroup=/keys/client/sub

# everything at once, then each key but one
4     out  dir=out port=5432 lport=40001 rport=5432 laddr=10.99.1.1 raddr=10.99.1.2 uid=1000 cgroup=/keys/client
4     none dir=in port=5432 lport=40001 rport=5432 laddr=10.99.1.1 raddr=10.99.1.2 uid=1000 cgroup=/keys/client
4     none dir=out port=5433 lport=40001 rport=5432 laddr=10.99.1.1 raddr=10.99.1.2 uid=1000 cgroup=/keys/client
4     none dir=out port=5432 lport=40002 rport=5432 laddr=10.99.1.1 raddr=10.99.1.2 uid=1000 cgroup=/keys/client
4     none dir=out port=5432 lport=40001 rport=5433 laddr=10.99.1.1 raddr=10.99.1.2 uid=1000 cgroup=/keys/client
4     none dir=out port=5432 lport=40001 rport=5432 laddr=10.99.1.2 raddr=10.99.1.2 uid=1000 cgroup=/keys/client
4     none dir=out port=5432 lport=40001 rport=5432 laddr=10.99.1.1 raddr=10.99.1.1 uid=1000 cgroup=/keys/client
4     none dir=out port=5432 lport=40001 rport=5432 laddr=10.99.1.1 raddr=10.99.1.2 uid=1001 cgroup=/keys/client
4     none dir=out port=5432 lport=40001 rport=5432 laddr=10.99.1.1 raddr=10.99.1.2 uid=1000 cgroup=/keys/server
TABLE

# The other oracle: the timers of both ends, as ss shows them.
for family in 4 6 m; do
	only_rules 'dir=out idle=111s' 'dir=in idle=222s'
	open_pair $family
	tap_like "$(ss_keepalive a sport = 40001)" '^1(0[0-9]|1[01])$' \
		"IPv${family/m/4-mapped}: ss shows the client's timer"
	tap_like "$(ss_keepalive b dport = 40001)" '^2(1[0-9]|2[0-2])$' \
		"IPv${family/m/4-mapped}: ss shows the server's timer"
	close_pair
done

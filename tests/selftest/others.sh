#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: --timeout 600
# Sockets that are left alone: MPTCP, SCTP, SMC, the kernel's own, UDP, unix.

# shellcheck source=tests/selftest/lib.sh
. "$(dirname "$0")/lib.sh"

MATCHED='keepalive=1 idle=111 intvl=75 cnt=9 user_timeout=50000'

load_module
only_rules 'name=all idle=111s user_timeout=50s'

# MPTCP makes TCP subflows in the kernel; they are left alone as well.
mptcp_is_left_alone()
{
	session m
	if ! ask m mptcp l 4; then
		tap_skip 'MPTCP is left alone' "no MPTCP here ($REPLY)"
		end_session m
		return
	fi
	must_ask m bind l 127.0.0.1 6001
	must_ask m listenon l
	must_ask m mptcp c 4
	must_ask m connectto c 127.0.0.1 6001
	must_ask m accept s l
	must_ask m send c 10
	must_ask m recv s 10
	must_ask m get c
	tap_like "$REPLY" '^keepalive=0 .*user_timeout=(0|-)$' 'MPTCP, out: left alone'
	must_ask m get s
	tap_like "$REPLY" '^keepalive=0 .*user_timeout=(0|-)$' 'MPTCP, in: left alone'
	tap_is "$(ss_keepalive - sport = 6001) $(ss_keepalive - dport = 6001)" 'none none' \
		'MPTCP: the subflows have no keepalive timer'
	must_ask m connect plain 127.0.0.1 6001
	must_ask m accept plainside l
	must_ask m get plain
	tap_is "$REPLY" "$MATCHED" 'plain TCP to an MPTCP listener: the TCP end gets the values'
	# Go servers listen so by default: what accept() gives is a plain TCP socket.
	must_ask m get plainside
	tap_is "$REPLY" "$MATCHED" 'plain TCP to an MPTCP listener: the accepted end gets the values'
	for from in 127.0.0.1 ::1; do
		must_ask m mptcp dual 6
		must_ask m bind dual :: 6002
		must_ask m listenon dual
		must_ask m connect from $from 6002
		must_ask m accept to dual
		must_ask m get to
		tap_is "$REPLY" "$MATCHED" "plain TCP from $from to an MPTCP listener on :: gets the values"
		must_ask m close from
		must_ask m close to
		must_ask m close dual
	done
	end_session m
}
mptcp_is_left_alone

modprobe sctp 2> /dev/null
probe_script << 'EOS'
@made sctp l 4
@bind bind l 127.0.0.1 6003
@listen listenon l
@made2 sctp c 4
@connect connectto c 127.0.0.1 6003
@accept accept s l
@out get c
@in get s
EOS
if [ -z "${ANS[made]}" ]; then
	tap_is "${ANS[connect]}${ANS[accept]}" '' 'SCTP: connects'
	tap_like "${ANS[out]}" '^keepalive=0 ' 'SCTP, out: left alone'
	tap_like "${ANS[in]}" '^keepalive=0 ' 'SCTP, in: left alone'
else
	tap_skip 'SCTP is left alone' "no SCTP here (${ANS[made]})"
fi

# Without a device that has RDMA, SMC falls back to TCP, by sockets that stay the kernel's.
modprobe smc 2> /dev/null
probe_script << 'EOS'
@made smc l 4
@bind bind l 127.0.0.1 6007
@listen listenon l
@made2 smc c 4
@connect connectto c 127.0.0.1 6007
@accept accept s l
@out get c
@in get s
@plain connect p 127.0.0.1 6007
@plainaccept accept q l
@plainout get p
@plainin get q
EOS
if [ -z "${ANS[made]}" ]; then
	tap_is "${ANS[connect]}${ANS[accept]}" '' 'SMC: connects'
	tap_like "${ANS[out]}" '^keepalive=0 .*user_timeout=(0|-)$' 'SMC, out: left alone'
	tap_like "${ANS[in]}" '^keepalive=0 .*user_timeout=(0|-)$' 'SMC, in: left alone'
	tap_is "${ANS[plainout]}" "$MATCHED" 'plain TCP to an SMC listener: the TCP end gets the values'
	tap_like "${ANS[plainin]}" '^keepalive=0 .*user_timeout=(0|-)$' 'plain TCP to an SMC listener: the accepted end is left alone'
else
	tap_skip 'SMC is left alone' "no SMC here (${ANS[made]})"
fi

probe_script << 'EOS'
udp l 4
bind l 127.0.0.1 6004
udp c 4
connectto c 127.0.0.1 6004
send c 10
recv l 10
@udp get c
unixpair x y
send x 10
recv y 10
@unix get x
EOS
tap_is "${ANS[udp]}" 'keepalive=0 idle=- intvl=- cnt=- user_timeout=-' 'UDP: left alone'
tap_is "${ANS[unix]}" 'keepalive=0 idle=- intvl=- cnt=- user_timeout=-' 'unix: left alone'

# A kernel socket, connected to a program or accepted from one: the program's end gets the values.
KSOCK=/kapolicy/tests/kmod/ksock.ko
ksock_values()
{
	local word

	for word in keepalive idle intvl cnt user_timeout; do
		printf '%s=%s ' $word "$(< /sys/module/ksock/parameters/$word)"
	done
}
NOTHING='keepalive=0 idle=0 intvl=0 cnt=0 user_timeout=0 '
kernel_connects()
{
	session k
	must_ask k listen l 127.0.0.1 6005
	tap_cmd 'a kernel socket connects' insmod $KSOCK port=6005
	must_ask k accept s l
	tap_is "$(ksock_values)" "$NOTHING" 'kernel socket, out: left alone'
	must_ask k get s
	tap_is "$REPLY" "$MATCHED" "kernel socket, out: the program's end gets the values"
	rmmod ksock
	end_session k
}
kernel_accepts()	# HOLD WHAT
{
	session k
	tap_cmd "$2 listens" insmod $KSOCK port=6006 listen=1 hold="$1"
	must_ask k connect c 127.0.0.1 6006
	tap_cmd "$2 accepts" sh -c 'echo 1 > /sys/module/ksock/parameters/accept'
	tap_is "$(ksock_values)" "$NOTHING" "$2, in: left alone"
	must_ask k get c
	tap_is "$REPLY" "$MATCHED" "$2, in: the program's end gets the values"
	end_session k
	rmmod ksock
}
if [ -e $KSOCK ]; then
	kernel_connects
	kernel_accepts 0 'a kernel listener'
	kernel_accepts 1 'a kernel listener that holds its network namespace'
else
	tap_skip 'kernel sockets are left alone' "no $KSOCK"
fi

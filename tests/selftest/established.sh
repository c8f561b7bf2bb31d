#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: --timeout 600
# May share a machine with others.
# Unusual ways to become established: Fast Open, simultaneous open, repair mode,
# SYN cookies, a program that is late with accept() or out of descriptors.

# shellcheck source=tests/selftest/lib.sh
. "$(dirname "$0")/lib.sh"

UNTOUCHED='keepalive=0 idle=7200 intvl=75 cnt=9 user_timeout=0'
MATCHED='keepalive=1 idle=111 intvl=75 cnt=9 user_timeout=50000'

# A sysctl for the time of this test.
set_sysctl()	# NAME VALUE
{
	local file=/proc/sys/${1//.//} old

	old=$(< "$file") || return 1
	at_exit write_file "$file" "$old"
	write_file "$file" "$2"
}

write_file()	# FILE TEXT
{
	echo "$2" > "$1"
}

# Prints a TcpExt counter of /proc/net/netstat.
tcp_ext()	# NAME
{
	local names values i

	{
		read -ra names
		read -ra values
	} < <(grep ^TcpExt: /proc/net/netstat)
	for i in "${!names[@]}"; do
		[ "${names[i]}" != "$1" ] || echo "${values[i]}"
	done
}

# Does SESSION answer ANSWER to COMMAND?
session_sees()	# SESSION COMMAND ANSWER
{
	must_ask "$1" "$2"
	[ "$REPLY" = "$3" ]
}

# Both ends have the values, getsockopt says.
both_matched()	# DESC
{
	tap_is "${ANS[out]-}" "$MATCHED" "$1: out"
	tap_is "${ANS[in]-}" "$MATCHED" "$1: in"
}

load_module
only_rules 'name=all idle=111s user_timeout=50s'
host a
host b
link a b

set_sysctl net.ipv4.tcp_fastopen $((0x1 | 0x2 | 0x4 | 0x200))
probe_script << 'EOS'
listen l 127.0.0.1 6010
set l fastopen 5
socket c 4
fastopen c 127.0.0.1 6010 10
accept s l
recv s 10
@state state c
@out get c
@in get s
EOS
both_matched 'TCP Fast Open'
probe_script << 'EOS'
listen l ::1 6010
set l fastopen 5
socket c 6
set c keepalive 1
set c idle 33
fastopen c ::1 6010 10
accept s l
recv s 10
@out get c
@in get s
EOS
tap_is "${ANS[out]}" 'keepalive=1 idle=33 intvl=75 cnt=9 user_timeout=50000' 'TCP Fast Open: what the application set stays'
tap_is "${ANS[in]}" "$MATCHED" 'TCP Fast Open: the other end'
tap_is "$(tcp_ext TCPFastOpenPassive)" 2 'Fast Open was used indeed'

# Fast Open lets a program accept, and set options, before the handshake has
# ended: here the SYN-ACK is lost, and comes again later.
session f
must_ask f netns b
must_ask f listen l "${IP4[b.a]}" 6030
must_ask f set l fastopen 5
must_ask f netns a
in_host b sysctl -qw net.ipv4.tcp_fastopen=$((0x203))
in_host a sysctl -qw net.ipv4.tcp_fastopen=$((0x7))
for mode in default force; do
	only_rules "name=all idle=111s user_timeout=50s mode=$mode"
	must_ask f socket c 4
	link_neighbour b a 02:00:00:00:de:ad
	must_ask f startfastopen c "${IP4[b.a]}" 6030 10
	must_ask f accept s l
	must_ask f state s
	tap_is "$REPLY" SYN_RECV "Fast Open, $mode: accepted before it is established"
	must_ask f get s
	tap_is "$REPLY" "$UNTOUCHED" "Fast Open, $mode: not touched yet"
	must_ask f set s idle 33
	link_neighbour b a "${MAC[a.b]}"
	must_ask f waitconn c 20
	must_ask f send c 1
	wait_for 20 session_sees f 'state s' ESTABLISHED
	must_ask f get s
	case $mode in
	default) tap_is "$REPLY" "${MATCHED/111/33}" 'Fast Open, default: what the program set meanwhile stays' ;;
	force) tap_is "$REPLY" "$MATCHED" 'Fast Open, force: it does not' ;;
	esac
	must_ask f close c
	must_ask f close s
done
end_session f
only_rules 'name=all idle=111s user_timeout=50s'

# Simultaneous open: a socket connected to itself, and two that cross.
probe_script << 'EOS'
socket c 4
bind c 127.0.0.1 6011
connectto c 127.0.0.1 6011
@state state c
@self get c
EOS
tap_is "${ANS[state]}/${ANS[self]}" "ESTABLISHED/$MATCHED" 'a socket connected to itself'

# The kernel arms no timer on this path, not even for a program that has
# turned keepalive on itself.
simultaneous_open()	# APP-KEEPALIVE
{
	local desc="simultaneous open (application: keepalive=$1)"

	session x
	must_ask x netns a
	must_ask x socket c 4
	must_ask x set c keepalive "$1"
	must_ask x bind c "${IP4[a.b]}" 6012
	must_ask x netns b
	must_ask x socket d 4
	must_ask x set d keepalive "$1"
	must_ask x bind d "${IP4[b.a]}" 6013
	cable_out b		# the first SYN of each is lost, the second ones cross
	must_ask x startconnect c "${IP4[b.a]}" 6013
	must_ask x startconnect d "${IP4[a.b]}" 6012
	cable_in b
	ask x waitconn c 20
	ask x waitconn d 20
	must_ask x state c
	tap_is "$REPLY" ESTABLISHED "$desc: established"
	must_ask x get c
	tap_is "$REPLY" "$MATCHED" "$desc: one end"
	must_ask x get d
	tap_is "$REPLY" "$MATCHED" "$desc: the other end"
	tap_like "$(ss_keepalive a sport = 6012) $(ss_keepalive b sport = 6013)" \
		'^(9[0-9]|1(0[0-9]|1[01])) (9[0-9]|1(0[0-9]|1[01]))$' "$desc: both timers tick"
	must_ask x set c linger 0
	must_ask x close c
	end_session x
}
simultaneous_open 0
simultaneous_open 1

# Repair mode, as CRIU restores connections: connect() sends nothing.
probe_script << 'EOS'
socket c 4
bind c 127.0.0.1 6014
@repair set c repair 1
connectto c 127.0.0.1 6015
@state state c
@out get c
EOS
tap_is "${ANS[state]}/${ANS[out]}" "ESTABLISHED/$MATCHED" 'a socket in repair mode'

set_sysctl net.ipv4.tcp_syncookies 2
probe_script << 'EOS'
listen l 127.0.0.1 6016
connect c 127.0.0.1 6016
accept s l
@out get c
@in get s
listen l6 ::1 6016
connect c6 ::1 6016
accept s6 l6
@in6 get s6
EOS
both_matched 'SYN cookies'
tap_is "${ANS[in6]}" "$MATCHED" 'SYN cookies: IPv6, in'
write_file /proc/sys/net/ipv4/tcp_syncookies 1

probe_script << 'EOS'
listen l 127.0.0.1 6017
set l defer_accept 5
socket c 4
startconnect c 127.0.0.1 6017
waitconn c 5
send c 10
accept s l
@out get c
@in get s
EOS
both_matched 'TCP_DEFER_ACCEPT, non-blocking connect'

# Established, but the program never calls accept(): only ss can see it.
session q
must_ask q listen l 127.0.0.1 6018
must_ask q connect c 127.0.0.1 6018
tap_like "$(ss_keepalive - sport = 6018)" '^(9[0-9]|1(0[0-9]|1[01]))$' 'not yet accepted, nothing sent: the timer ticks'
end_session q

# The same for a program that is out of descriptors.
probe_script << 'EOS'
listen l 127.0.0.1 6022
connect c 127.0.0.1 6022
nofile 3
@full accept s l
nofile 1024
accept s l
@in get s
@out get c
EOS
tap_is "${ANS[full]}" 'err EMFILE' 'accept without a free descriptor fails'
both_matched 'accepted when there is one again'

# The listener is gone before the connection is accepted: it is reset.
probe_script << 'EOS'
listen l 127.0.0.1 6019
connect c 127.0.0.1 6019
close l
@wait wait c 5
EOS
tap_like "${ANS[wait]}" '^ECONNRESET ' 'listener closed with a connection in its queue'

# One socket, two connections: values of the first one stay with the socket.
probe_script << 'EOS'
listen l 127.0.0.1 6020
socket c 4
connectto c 127.0.0.1 6020
accept s l
@first get c
set s linger 0
close s
@gone wait c 5
disconnect c
connectto c 127.0.0.1 6020
@second get c
EOS
tap_is "${ANS[first]}" "$MATCHED" 'a socket that connects'
tap_is "${ANS[second]}" "$MATCHED" 'and connects again after a reset'

# Values that came from a rule count as set when the socket is used again,
# but a socket that failed to connect must not have been touched.
probe_script << 'EOS'
socket c 4
@refused connectto c 127.0.0.1 1
@untouched get c
EOS
tap_is "${ANS[refused]}/${ANS[untouched]}" "err ECONNREFUSED/$UNTOUCHED" 'a socket that was refused'

# A connection whose first SYN and SYN-ACK are lost.
session y
must_ask y netns b
must_ask y listen l "${IP6[b.a]}" 6021
must_ask y netns a
must_ask y socket c 6
cable_out b
must_ask y startconnect c "${IP6[b.a]}" 6021
must_ask y get c
tap_is "$REPLY" "$UNTOUCHED" 'connecting, not yet connected: untouched'
cable_in b
must_ask y waitconn c 20
must_ask y accept s l
must_ask y get c
tap_is "$REPLY" "$MATCHED" 'connected by a retransmitted SYN: out'
must_ask y get s
tap_is "$REPLY" "$MATCHED" 'connected by a retransmitted SYN: in'
end_session y

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: --timeout 600
# May share a machine with others.
# What a program sets on a connection that is established: put right under clamp
# and force, followed by user_timeout=auto, left alone otherwise.

# shellcheck source=tests/selftest/lib.sh
. "$(dirname "$0")/lib.sh"

load_module

tap_is "$(< $KAP/features/hold) $(< $KAP/features/stall)" '1 1' 'this kernel can hold and stall'

# Both ends of a connection whose outgoing end is to port 5432: c and s.
open_pair()
{
	session p
	must_ask p listen l 127.0.0.1 5432
	must_ask p connect c 127.0.0.1 5432
	must_ask p accept s l
}

# A fresh connection, on which WORD OPTION VALUE... are called.
after()		# WORD OPTION VALUE [OPTION VALUE...]
{
	local word=$1 rest

	shift
	open_pair
	while [ $# -gt 0 ]; do
		if ! ask p "$word" c "$1" "$2"; then
			rest=$REPLY
			end_session p
			REPLY=$rest
			return 1
		fi
		shift 2
	done
	must_ask p get c
	rest=$REPLY
	end_session p
	REPLY=$rest
}

values()	# KEEPALIVE IDLE INTVL CNT USER_TIMEOUT
{
	echo "keepalive=$1 idle=$2 intvl=$3 cnt=$4 user_timeout=$5"
}

probes()	# the probes of ours that are attached, by function
{
	sed -n 's/.* \([a-z0-9_]*\)+0x[0-9a-f]*.*/\1/p' /sys/kernel/debug/kprobes/list | sort -u | tr '\n' ' '
}

mountpoint -q /sys/kernel/debug || mount -t debugfs none /sys/kernel/debug

# --- each probe is attached only while a rule needs it ----------------------

attached()	# DESC PROBES RULE...
{
	local desc=$1 expected=$2

	shift 2
	only_rules "$@"
	tap_is "$(probes)" "$expected" "attached: $desc"
}

flush
tap_is "$(probes)" '' 'attached: nothing without rules'
attached 'nothing for defaults without a user timeout' '' 'port=5432 idle=60s intvl=20s cnt=3'
attached 'both for window probes, with a user timeout' 'tcp_enter_loss tcp_send_probe0 ' 'port=5432 user_timeout=60s'
attached 'TCP options as well, with auto' 'tcp_enter_loss tcp_send_probe0 tcp_setsockopt ' 'port=5432 detect=30s'
attached 'TCP options and SO_KEEPALIVE under clamp' 'sock_setsockopt tcp_setsockopt ' 'port=5432 idle=60s mode=clamp'
attached 'SO_KEEPALIVE alone' 'sock_setsockopt ' 'port=5432 keepalive=on mode=force'
attached 'TCP options alone' 'tcp_enter_loss tcp_send_probe0 tcp_setsockopt ' 'port=5432 user_timeout=60s mode=force'
echo 0 > $KAP/enabled
tap_is "$(probes)" '' 'attached: nothing when disabled'
echo 1 > $KAP/enabled
tap_is "$(probes)" 'tcp_enter_loss tcp_send_probe0 tcp_setsockopt ' 'attached: the same as before when enabled again'
flush
tap_is "$(probes)" '' 'attached: nothing after flush'

# --- force and clamp are put right -------------------------------------------

only_rules 'name=r dir=out port=5432 detect=40s mode=force'
whole=$(values 1 22 6 3 38250)
after set keepalive 1 idle 300 intvl 100 cnt 3
tap_is "$REPLY" "$whole" 'force: 300/100/3 as redis sets it'
tap_is "$(counter r held) $(stat held)" '2 2' 'force: the two calls that changed something are counted'
for option in 'keepalive 0' 'idle 5' 'intvl 1' 'cnt 1' 'user_timeout 0' 'user_timeout 999999'; do
	# shellcheck disable=SC2086
	after set $option
	tap_is "$REPLY" "$whole" "force: $option"
done
after set nodelay 1
tap_is "$REPLY" "$whole" 'force: an option that rules do not name'
held=$(stat held)
after set idle 22 intvl 6 cnt 3 keepalive 1 user_timeout 38250
tap_is "$REPLY $(stat held)" "$whole $held" 'force: what is so already is not counted'
after set idle 99999
tap_is "$REPLY" 'err EINVAL' 'force: a value the kernel refuses'
open_pair
ask p set c idle 99999
must_ask p get c
tap_is "$REPLY" "$whole" '... leaves the values'
end_session p
open_pair
must_ask p set s idle 99
must_ask p get s
tap_is "$REPLY" "$(values 0 99 75 9 0)" 'the other end, which the rule does not win, keeps what it sets'
end_session p

only_rules 'name=r dir=out port=5432 detect=40s mode=clamp'
after set idle 300 intvl 100 cnt 30 user_timeout 0 keepalive 0
tap_is "$REPLY" "$whole" 'clamp: all above'
after set idle 10
tap_is "$REPLY" "$(values 1 10 6 3 25000)" 'clamp: below stays, and auto follows'
after set idle 10 idle 300
tap_is "$REPLY" "$whole" 'clamp: below, then above'
after set user_timeout 9000 intvl 5
tap_is "$REPLY" "$(values 1 22 5 3 9000)" 'clamp: a lower user timeout of its own stays'

# --- auto follows --------------------------------------------------------------

only_rules 'name=r dir=out port=5432 detect=40s'
after set keepalive 1 idle 30 intvl 30
tap_is "$REPLY" "$(values 1 30 30 3 105000)" 'default: a Go client: its times stay, auto follows'
tap_is "$(counter r held)" 2 '... twice'
after set idle 30 user_timeout 5000 intvl 30
tap_is "$REPLY" "$(values 1 30 30 3 5000)" 'default: a user timeout of its own is never touched again'
after set idle 3000
tap_is "$REPLY" "$(values 1 3000 6 3 0)" 'default: what would come to more than 900 s is left out'
after set keepalive 0
tap_is "$REPLY" "$(values 0 22 6 3 38250)" 'default: keepalive off stays off'
only_rules 'name=r dir=out port=5432 idle=22s intvl=6s cnt=3 user_timeout=39s'
after set idle 30 intvl 30
tap_is "$REPLY" "$(values 1 30 30 3 39000)" 'default: a number does not follow'

# --- by whatever road ------------------------------------------------------------

only_rules 'name=r dir=out port=5432 detect=40s mode=force'
after tset idle 300 keepalive 0
tap_is "$REPLY" "$whole" 'road: another thread'
after cset idle 300 keepalive 0
if [[ $REPLY == err* ]]; then
	tap_skip 'road: a 32-bit program' 'there is no such call here'
else
	tap_is "$REPLY" "$whole" 'road: a 32-bit program'
fi
after uset idle 300 keepalive 0
case $REPLY in
'err '*) tap_skip 'road: io_uring' "$REPLY: since Linux 6.7" ;;
*) tap_is "$REPLY" "$whole" 'road: io_uring' ;;
esac
open_pair
must_ask p export c 9
must_ask p system "printf 'import d 9\nset d idle 300\n' | $PROBER -e"
must_ask p get c
tap_is "$REPLY" "$whole" 'road: a passed descriptor'
end_session p
probe_script << 'END'
listen6 l 5432
connect6 c ::1 5432
set c idle 300
@v6 get c
connect6 m 127.0.0.1 5432
set m idle 300
@mapped get m
END
tap_is "${ANS[v6]}" "$whole" 'road: IPv6'
tap_is "${ANS[mapped]}" "$whole" 'road: IPv4-mapped IPv6'

# --- the rules of that moment ------------------------------------------------------

flush
open_pair
must_ask p set c idle 300
only_rules 'name=r dir=out port=5432 detect=40s mode=force'
must_ask p get c
tap_is "$REPLY" "$(values 0 300 75 9 0)" 'older than the rule: untouched'
must_ask p set c nodelay 1
must_ask p set c cnt 4
must_ask p get c
tap_is "$REPLY" "$whole" 'older than the rule: won when the program sets an option it names'
only_rules 'name=r dir=out port=5432 idle=50s mode=force'
must_ask p set c intvl 9
must_ask p get c
tap_is "$REPLY" "$(values 1 22 9 3 38250)" 'another rule: an option it does not name is left alone'
must_ask p set c idle 9
must_ask p get c
tap_is "$REPLY" "$(values 1 50 9 3 38250)" 'another rule: the one it names is put right'
only_rules 'name=s prio=1 port=5432 action=skip' 'dir=out port=5432 idle=50s mode=force'
must_ask p set c idle 9
must_ask p get c
tap_is "$REPLY" "$(values 1 9 9 3 38250)" 'an exception in front of it'
flush
end_session p

# --- half closed, listening, connecting ----------------------------------------------

only_rules 'name=r dir=out port=5432 detect=40s mode=force'
open_pair
must_ask p shutdown c
must_ask p set c idle 300
must_ask p get c
tap_is "$REPLY" "$whole" 'half closed'
must_ask p socket d 4
must_ask p set d idle 300
must_ask p get d
tap_is "$REPLY" "$(values 0 300 75 9 0)" 'not connected: left alone'
end_session p

# --- traced ---------------------------------------------------------------------------

T=/sys/kernel/tracing
mountpoint -q $T || mount -t tracefs none $T
echo 1 > $T/events/kapolicy/kapolicy_held/enable
: > $T/trace
after set idle 300
echo 0 > $T/events/kapolicy/kapolicy_held/enable
tap_like "$(grep kapolicy_held $T/trace)" "rule=$(rule_id r) dir=out .*rport=5432 .* idle=300->22 intvl=6->6 cnt=3->3 user_timeout=38250->38250" \
	'trace: from what the program set to what holds'

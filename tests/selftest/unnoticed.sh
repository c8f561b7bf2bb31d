#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: --virtual --timeout 600
# How long a dead peer stays unnoticed: the cable is cut, and the end comes when kapctl connections said.

# shellcheck source=tests/selftest/lib.sh
. "$(dirname "$0")/lib.sh"

# Prints a time of the one connection out, in ms; "never" when there is none.
told()	# KEY
{
	kapctl connections -j dir=out program=prober |
		awk -v key="\"$1\": " '/"dir"/ {
			s = substr($0, index($0, key) + length(key))
			if (s ~ /^null/) print "never"; else printf "%d\n", s * 1000
		}'
}

# One connection, with these options, whose peer is gone.
unnoticed()	# idle|busy IDLE INTVL CNT USER_TIMEOUT
{
	local how=$1 idle=$2 intvl=$3 cnt=$4 user_timeout=$5 start want took
	local desc="$how: idle=$idle intvl=$intvl cnt=$cnt user_timeout=$user_timeout"

	must_ask p netns b
	must_ask p listen l "${IP4[b.a]}" 5432
	must_ask p netns a
	must_ask p connect c "${IP4[b.a]}" 5432
	must_ask p accept s l
	must_ask p close l
	[ "$idle" = 0 ] || must_ask p set c keepalive 1
	[ "$idle" = 0 ] || must_ask p set c idle "$idle"
	must_ask p set c intvl "$intvl"
	must_ask p set c cnt "$cnt"
	must_ask p set c user_timeout "$user_timeout"
	want=$(told "unnoticed_${how}_s")
	start=$(told silent_s)
	uptime_ms
	start=$((UPTIME_MS - start))
	cable_out a b
	if [ "$how" = busy ]; then
		must_ask p send c 10
		uptime_ms
		start=$UPTIME_MS
	fi
	must_ask p wait c 20000
	uptime_ms
	took=$((UPTIME_MS - start))
	cable_in a b
	if [[ $REPLY == alive ]]; then
		tap_is never "$want" "$desc: never"
	elif [ "$want" != never ] && [ $took -ge $((want - want / 100 - 100)) ] &&
		[ $took -le $((want + want / 8 + 1000)) ]; then
		tap_ok "$desc: $want ms"
	else
		tap_not_ok "$desc" "told:  $want ms" "took:  $took ms ($REPLY)"
	fi
	must_ask p close c
	must_ask p close s
}

host a
host b
link a b
session p

# Without a user timeout, with one below, at and between the ticks (by more than they may be late), and far behind.
while read -r values; do
	# shellcheck disable=SC2086
	unnoticed $values
done << EOF
idle 0 75 9 0
idle 0 75 9 30000
idle 15 5 3 0
idle 15 5 3 28125
idle 15 5 3 1000
idle 15 5 3 20000
idle 15 5 3 24000
idle 15 5 3 60000
idle 10 1 10 0
idle 60 60 1 0
idle 120 30 4 232500
idle 300 30 2 345000
idle 7200 75 9 0
idle 1 1 1 0
idle 1 10 3 5000
busy 0 75 9 0
busy 15 5 3 0
busy 15 5 3 28125
busy 0 75 9 1000
busy 0 75 9 30000
busy 7200 75 9 120000
busy 15 5 3 900000
EOF

in_host a sysctl -qw net.ipv4.tcp_retries2=8
unnoticed busy 0 75 9 0
in_host a sysctl -qw net.ipv4.tcp_retries2=3
unnoticed busy 15 5 3 0
end_session p

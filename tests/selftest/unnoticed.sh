#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: --virtual --timeout 600
# How long a dead peer stays unnoticed: all cables are cut, and each end comes when kapctl connections said.

# shellcheck source=tests/selftest/lib.sh
. "$(dirname "$0")/lib.sh"

WAIT=34000	# s; longer than any of them but never

# A program for each connection, so that all can wait at once. The hosts differ in what a namespace decides.
host b
for h in a few none short; do
	host $h
	link $h b
done
in_host few sysctl -qw net.ipv4.tcp_retries2=8
in_host none sysctl -qw net.ipv4.tcp_retries2=0
in_host short sysctl -qw net.ipv4.tcp_retries2=3 net.ipv4.tcp_keepalive_time=20 \
	net.ipv4.tcp_keepalive_intvl=4 net.ipv4.tcp_keepalive_probes=5

declare -a how from values lport begun
session server
must_ask server netns b
for h in a few none short; do
	must_ask server listen "l4$h" "${IP4[b.$h]}" 5432
	must_ask server listen "l6$h" "${IP6[b.$h]}" 5432
done

# A connection with these options: 0 leaves one alone, and idle=- keepalive as well.
opened()	# NUMBER HOST 4|6 IDLE INTVL CNT USER_TIMEOUT
{
	local p=p$1 h=$2 to=${IP4[b.$2]}

	[ "$3" = 4 ] || to=${IP6[b.$2]}
	session "$p"
	must_ask "$p" netns "$h"
	must_ask "$p" connect c "$to" 5432
	must_ask server accept "s$1" "l$3$h"
	must_ask "$p" peer c
	REPLY=${REPLY% remote=*}
	lport[$1]=${REPLY##*:}
	[ "$4" = - ] || must_ask "$p" set c keepalive 1
	[ "$4" = - ] || [ "$4" = 0 ] || must_ask "$p" set c idle "$4"
	[ "$5" = 0 ] || must_ask "$p" set c intvl "$5"
	[ "$6" = 0 ] || must_ask "$p" set c cnt "$6"
	must_ask "$p" set c user_timeout "$7"
}

# What is told of all: port, and ms until noticed when idle, when busy, and of silence.
told()
{
	kapctl connections -j dir=out program=prober | awk '
		function ms(key,  s) {
			s = substr($0, index($0, key) + length(key))
			return s ~ /^null/ ? "never" : sprintf("%d", s * 1000)
		}
		/"dir"/ { print ms("\"port\": ") / 1000, ms("\"unnoticed_idle_s\": "), ms("\"unnoticed_busy_s\": "), ms("\"silent_s\": ") }'
}

# Without a user timeout, with one below, at and between the ticks (by more than they may be late), and far
# behind; the shortest last, because none may send a probe before all are there.
n=0
while read -r "how[n]" "from[n]" "values[n]"; do
	# shellcheck disable=SC2086
	opened $n ${from[n]/./ } ${values[n]}
	n=$((n + 1))
done << EOF
idle a.4 - 75 9 0
idle a.4 - 75 9 30000
busy a.4 - 75 9 0
busy a.6 - 75 9 0
busy a.4 - 75 9 1
busy a.4 - 75 9 1000
busy a.4 - 75 9 30000
busy a.6 - 75 9 30000
busy few.4 - 75 9 0
busy few.4 - 75 9 60000
busy none.4 - 75 9 0
busy none.4 - 75 9 5000
busy short.4 - 0 0 0
idle a.4 32767 75 9 0
idle a.4 7200 75 9 0
idle a.4 7200 75 9 1000
busy a.4 7200 75 9 120000
idle a.4 300 120 2 500000
idle a.4 120 30 4 232500
idle a.6 120 30 4 232500
idle a.4 120 30 4 0
idle a.4 60 60 1 0
idle a.4 60 10 127 0
idle a.4 60 600 3 180000
idle short.4 0 0 0 0
idle short.6 0 0 0 28000
idle short.4 40 0 0 0
idle a.4 15 5 3 0
idle a.4 15 5 3 1
idle a.4 15 5 3 1000
idle a.4 15 5 3 15000
idle a.4 15 5 3 20000
idle a.4 15 5 3 24000
idle a.4 15 5 3 28125
idle a.4 15 5 3 60000
busy a.4 15 5 3 0
busy a.4 15 5 3 28125
busy a.4 15 5 3 900000
busy short.4 15 5 3 0
idle a.4 10 1 10 0
idle a.4 1 10 3 5000
idle a.4 1 1 1 0
EOF
tap_cmd 'at least 40 combinations' test $n -ge 40

uptime_ms
start=$UPTIME_MS
declare -A idle busy silent
while read -r port i b s; do
	idle[$port]=$i busy[$port]=$b silent[$port]=$s
done < <(told)
for h in a few none short; do
	cable_out $h b
done
for ((i = 0; i < n; i++)); do
	[ "${how[i]}" = idle ] || must_ask p$i send c 10
	uptime_ms
	begun[i]=$UPTIME_MS
	echo "wait c $WAIT" >&"${session_in[p$i]}"
done

for ((i = 0; i < n; i++)); do
	desc="${how[i]}, ${from[i]}: ${values[i]}"
	port=${lport[i]}
	IFS= read -r REPLY <&"${session_out[p$i]}"
	seconds=${REPLY##* }
	if [ "${how[i]}" = idle ]; then
		want=${idle[$port]} since=$((start - ${silent[$port]}))
	else
		want=${busy[$port]} since=${begun[i]}
	fi
	if [[ $REPLY == *alive ]]; then
		tap_is never "$want" "$desc: never"
		continue
	fi
	# three decimals, so ms
	took=$((begun[i] + 10#${seconds/./} - since))
	if [ "$want" != never ] && [ $took -ge $((want - want / 100 - 100)) ] &&
		[ $took -le $((want + want / 8 + 1000)) ]; then
		tap_ok "$desc: $want ms"
	else
		tap_not_ok "$desc" "told:  $want ms" "took:  $took ms ($REPLY)"
	fi
done

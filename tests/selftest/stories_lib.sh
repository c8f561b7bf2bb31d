# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Sourced by stories*.sh after lib.sh: connections from host a that are left
# alone, and when and how they end. Both ends of a connection live on in
# prober sessions, so that many can be waited for at the same time.
#
#     serve b 5432              session b in host b listens on that port
#     dial c b 5432             session c in host a has the connection c; the
#                               end at host b is the socket c of session b
#     cable_out b               b loses power
#     await c 100               from now on, at most 100 s
#     ended c ETIMEDOUT 28.125 30 ...
#                               reads the answer to await and asserts the error,
#                               and that it came 28.125 to 30 s after the silence
#                               began, which is at dial, heard or send_lost
#
# shellcheck disable=SC2034,SC2154	# variables are shared with lib.sh and the tests

declare -A silent_since=() setup_ms=()
TOOK_MS=0
ENDED=

# Milliseconds in SECONDS with up to three decimals.
to_ms()		# SECONDS
{
	local part=000

	[[ $1 != *.* ]] || part=${1#*.}000
	echo $((10#${1%.*} * 1000 + 10#${part:0:3}))
}

to_seconds()	# MILLISECONDS
{
	printf '%d.%03d\n' $(($1 / 1000)) $(($1 % 1000))
}

# When a timer set to SECONDS has fired for sure: the kernel's timer wheel is
# never early and up to an eighth late.
late()		# SECONDS
{
	to_seconds $(($(to_ms "$1") * 9 / 8 + 100))
}

# Session HOST runs in host HOST and listens on the ports, IPv4 and IPv6.
serve()		# HOST PORT...
{
	local host=$1

	session "$host"
	must_ask "$host" netns "$host"
	shift
	while [ $# -gt 0 ]; do
		must_ask "$host" listen6 "l$1" "$1"
		shift
	done
}

# The connection c of a new session NAME in host a; the socket NAME of session
# SERVER is its other end.
dial()		# NAME SERVER PORT [ADDRESS]
{
	session "$1"
	must_ask "$1" netns a
	dial_again "$@"
}

dial_again()	# NAME SERVER PORT [ADDRESS]
{
	heard "$1"
	must_ask "$1" connect c "${4:-${IP4[$2.a]}}" "$3"
	must_ask "$2" accept "$1" "l$3"
}

hang_up()	# NAME SERVER
{
	end_session "$1"
	must_ask "$2" close "$1"
}

# Notes that NAME heard from its peer just now, or will in a moment.
heard()		# NAME
{
	uptime_ms
	silent_since[$1]=$UPTIME_MS
}

# Data that nobody is going to acknowledge: counts as the begin of the silence.
send_lost()	# NAME
{
	heard "$1"
	must_ask "$1" send c 100
}

# BYTES from NAME to SERVER and back; says which way nothing arrived.
talk()		# NAME SERVER BYTES
{
	if ! { ask "$1" send c "$3" && ask "$2" recv "$1" "$3" && [ "$REPLY" = "$3" ]; }; then
		REPLY="to $2: $REPLY"
		return 1
	fi
	heard "$1"
	if ! { ask "$2" send "$1" "$3" && ask "$1" recv c "$3" && [ "$REPLY" = "$3" ]; }; then
		REPLY="from $2: $REPLY"
		return 1
	fi
	REPLY=$3
}

# Begins to wait for the end of socket c, or SOCKET, of session NAME.
await()		# NAME SECONDS [SOCKET]
{
	uptime_ms
	setup_ms[$1]=$((UPTIME_MS + 10 - silent_since[$1]))
	printf 'wait %s %s\n' "${3:-c}" "$2" >&"${session_in[$1]}"
}

# Sets ENDED to ETIMEDOUT, alive, ... and TOOK_MS to the milliseconds waited.
outcome()	# NAME
{
	local _

	IFS= read -r REPLY <&"${session_out[$1]}" || REPLY='no answer'
	read -r _ ENDED TOOK_MS <<< "$REPLY"
	TOOK_MS=$(to_ms "${TOOK_MS:-0}")
}

# What came to pass before `await` belongs to the silence, but when it began
# is known to some milliseconds only: it has to be in the bounds at both ends.
ended()		# NAME ERROR EARLIEST LATEST DESC
{
	local desc

	outcome "$1"
	desc="$5: $2 after $(to_seconds "$TOOK_MS") s"
	if [ "$ENDED" != "$2" ]; then
		tap_not_ok "$5: $2" "got:      $REPLY" "expected: $2 after $3 to $4 s"
	elif [ $((TOOK_MS + setup_ms[$1])) -lt "$(to_ms "$3")" ] || [ "$TOOK_MS" -gt "$(to_ms "$4")" ]; then
		tap_not_ok "$5: $2 in time" "got:      $(to_seconds "$TOOK_MS") s" \
			"expected: $3 to $4 s" "the wait began ${setup_ms[$1]} ms into the silence"
	else
		tap_ok "$desc (promised $3 to $4 s)"
	fi
}

still_alive()	# NAME DESC
{
	outcome "$1"
	tap_is "$REPLY" 'ok alive' "$2"
}

# --- on the wire ------------------------------------------------------------

# Counts the packets that HOST receives for and sends from its port PORT.
watch_wire()	# HOST PORT
{
	in_host "$1" nft -f - << NFT || tap_bail "no nft"
table inet wire
delete table inet wire
table inet wire {
	counter received { }
	counter sent { }
	chain in { type filter hook input priority 0; tcp dport $2 counter name received; }
	chain out { type filter hook output priority 0; tcp sport $2 counter name sent; }
}
NFT
}

# Sets RECEIVED and SENT, the packets since watch_wire.
read_wire()	# HOST
{
	local name

	for name in received sent; do
		REPLY=$(in_host "$1" nft list counter inet wire $name)
		REPLY=${REPLY#*packets }
		printf -v "${name^^}" '%s' "${REPLY%% *}"
	done
}

# Keeps the time of each packet for port PORT that HOST sends to PEER.
record_sent()	# HOST PEER PORT
{
	: > "$TMP/sent"
	ip netns exec "$1" tcpdump -Z root -i "to_$2" -Q out -n -tt -l "tcp dst port $3" > "$TMP/sent" 2> "$TMP/tcpdump" &
	recorder=$!
	at_exit kill $recorder
	wait_for 10 grep -q listening "$TMP/tcpdump" || tap_bail "tcpdump: $(< "$TMP/tcpdump")"
}

# Sets GAPS to how many pauses there were between the packets of record_sent,
# GAP_MIN and GAP_MAX to the shortest and the longest, in milliseconds.
read_gaps()
{
	kill "$recorder"
	wait "$recorder"
	read -r GAPS GAP_MIN GAP_MAX < <(awk '
		!/ IP6? / { next }
		n++ {
			gap = ($1 - last) * 1000
			if (n == 2 || gap < min) min = gap
			if (gap > max) max = gap
		}
		{ last = $1 }
		END { printf "%d %d %d\n", n - 1, min, max }' "$TMP/sent")
}

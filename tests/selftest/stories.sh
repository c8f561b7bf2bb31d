#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: --virtual --timeout 900
# May share a machine with others.
# What becomes of a connection whose peer is alive and silent, has lost power,
# or was rebooted; without a rule and with one, hours in real numbers.

# shellcheck source=tests/selftest/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/selftest/stories_lib.sh
. "$SELFTEST/stories_lib.sh"

HOUR=3600

load_module
host a
host b
link a b
serve b 5432 5433

# Values of a connection that no rule has touched, but for the first.
untouched='idle=7200 intvl=75 cnt=9 user_timeout=0'

# --- the peer is alive and has nothing to say for hours ----------------------

# Three hours of silence; afterwards both ends still reach each other.
silent_hours()	# DESC
{
	dial c b 5432
	watch_wire b 5432
	await c $((3 * HOUR))
	still_alive c "$1: alive after 3 h"
	read_wire b
	talk c b 100
	tap_is "$REPLY" 100 "$1: data passes in both directions"
}

flush
silent_hours 'peer alive, no rule'
tap_is "$RECEIVED $SENT" '0 0' 'peer alive, no rule: not one packet in 3 h'
hang_up c b

only_rules 'name=alive dir=out port=5432 idle=60s intvl=20s cnt=3'
silent_hours 'peer alive, rule'

# A probe every 60 s, each answered, and nothing else: 3 h are 180 times 60 s,
# and 160 times 67.5 s, the latest that the timer wheel allows.
tap_is "$SENT" "$RECEIVED" "peer alive, rule: all of the $RECEIVED probes were answered"
tap_cmd "peer alive, rule: $RECEIVED probes in 3 h (promised 160 to 180)" \
	test "$RECEIVED" -ge 160 -a "$RECEIVED" -le 180
tap_is "$(counter alive timed_out)" 0 'peer alive, rule: no dead peer was counted'
must_ask c get c
tap_is "$REPLY" 'keepalive=1 idle=60 intvl=20 cnt=3 user_timeout=0' 'peer alive, rule: the values are still there'
hang_up c b

# The same by the clock of the packets themselves.
dial c b 5432
record_sent a b 5432
await c $HOUR
still_alive c 'peer alive, by tcpdump: alive after 1 h'
read_gaps
tap_cmd "peer alive, by tcpdump: $GAPS pauses, $GAP_MIN to $GAP_MAX ms, between the probes (promised 60 to 67.5 s)" \
	test "$GAPS" -ge 52 -a "$GAPS" -le 59 -a "$GAP_MIN" -ge 60000 -a "$GAP_MAX" -le 67600
hang_up c b

# --- the peer loses power while nothing is said ------------------------------

flush
dial c b 5432
must_ask c get c
tap_is "$REPLY" "keepalive=0 $untouched" 'power lost, no rule: the program set nothing'
dial d b 5433 "${IP6[b.a]}"
must_ask d set c keepalive 1
cable_out b
await c $((6 * HOUR))
await d $((6 * HOUR))
ended d ETIMEDOUT 7875 "$(late 7875)" "power lost, no rule, keepalive on: the kernel's own 7200 + 9 * 75 s"
still_alive c 'power lost, no rule: still hanging after 2 h, and after 6'
must_ask c state c
tap_is "$REPLY" ESTABLISHED 'power lost, no rule: ESTABLISHED, as if nothing had happened'
cable_in b
hang_up c b
hang_up d b

# Only the rule that won counts the dead peer. The IPv6 connection falls to another.
only_rules 'name=elsewhere prio=1 dir=out port=5444 idle=5s intvl=1s cnt=1' \
	'name=lan prio=2 dir=out port=5432 raddr=10.99.0.0/16 idle=60s intvl=20s cnt=3' \
	'name=lan6 prio=3 dir=out raddr=fc00:99::/32 detect=30s' \
	'name=wide prio=4 dir=out idle=300s intvl=20s cnt=3'
connections=$(stat connections)
dial c b 5432
dial d b 5433 "${IP6[b.a]}"
watch_wire a 5432
cable_out b
await c $HOUR
await d $HOUR
ended d ETIMEDOUT 28.125 "$(late 30)" 'power lost, detect=30s, IPv6'
ended c ETIMEDOUT 120 "$(late 120)" 'power lost, idle=60s intvl=20s cnt=3'
tap_is "$(counter lan timed_out) $(counter lan6 timed_out)" '1 1' 'power lost: the two rules that won counted it'
tap_is "$(counter elsewhere timed_out) $(counter wide timed_out)" '0 0' 'power lost: no other rule did'
tap_is "$(stat timed_out)" 2 'power lost: stats/timed_out is the sum'
tap_is $(($(stat connections) - connections)) 4 'power lost: four ends were opened'
must_ask c state c
tap_is "$REPLY" CLOSE 'power lost: closed'
cable_in b
hang_up c b
hang_up d b

# --- the peer loses power with data in flight --------------------------------

# Keepalive does nothing while data is unacknowledged; only a user timeout
# helps. The kernel gives up after 15 retransmissions, at 924 s or somewhat
# later, depending on the round-trip time.
flush
dial none b 5432
only_rules 'name=keep dir=out port=5432 idle=60s intvl=20s cnt=3'
dial keep b 5432
rules 'name=user dir=out port=5433 user_timeout=60s' 'name=both dir=out port=5434 idle=60s intvl=20s cnt=3 user_timeout=auto'
dial user b 5433
must_ask b listen6 l5434 5434
dial both b 5434
cable_out b
for name in none keep user both; do
	send_lost $name
	await $name $HOUR
done
ended user ETIMEDOUT 60 "$(late 60)" 'data in flight, user_timeout=60s'
ended both ETIMEDOUT 112.5 "$(late 112.5)" 'data in flight, user_timeout=auto of 60/20/3'
ended none ETIMEDOUT 850 1100 'data in flight, no rule'
ended keep ETIMEDOUT 850 1100 'data in flight, keepalive alone does not help'
tap_is "$(counter keep timed_out) $(counter user timed_out) $(counter both timed_out)" '1 1 1' \
	'data in flight: each rule counted its own'
cable_in b
for name in none keep user both; do
	hang_up $name b
done

# --- the peer was rebooted ---------------------------------------------------

# Host b loses power, and comes back with its address and without its sockets.
reboot()	# NAME...
{
	local name

	cable_out b
	for name; do
		# The reset that this causes is lost.
		must_ask b set "$name" linger 0
		must_ask b close "$name"
	done
	cable_in b
}

only_rules 'name=reboot dir=out port=5432 idle=60s intvl=20s cnt=3'
dial c b 5432
dial d b 5433
reboot c d
watch_wire b 5432
await c $HOUR
await d $((3 * HOUR))
ended c ECONNRESET 60 "$(late 60)" 'rebooted, idle=60s: at the first probe'
read_wire b
tap_is "$RECEIVED $SENT" '1 1' 'rebooted: one probe, one RST'
tap_is "$(counter reboot timed_out)" 0 'rebooted: no time-out was counted'
still_alive d 'rebooted, no rule: still hanging after 3 h'
send_lost d
await d 10
ended d ECONNRESET 0 1 'rebooted, no rule: the program learns it when it next sends'

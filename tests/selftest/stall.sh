#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: --virtual --timeout 1500
# A user timeout that a rule gives counts silence: readers that pause live, peers
# that die while their window is closed are found.

# shellcheck source=tests/selftest/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/selftest/stories_lib.sh
. "$SELFTEST/stories_lib.sh"

load_module
host a
host b
link a b
serve b 5432

# The connection c of session NAME, on which writes of BYTES begin.
begin_pump()	# NAME BYTES SECONDS [ADDRESS]
{
	dial "$1" b 5432 "${4:-}"
	printf 'pump c %s %s\n' "$2" "$3" >&"${session_in[$1]}"
}

# The reader of NAME takes BYTES every 20 s, until SECONDS have passed.
read_slowly()	# NAME BYTES SECONDS
{
	local passed

	for ((passed = 0; passed < $3; passed += 20)); do
		must_ask b sleep 20
		ask b recv "$1" "$2" || return 0
	done
}

# The peer is out of reach for so long, some time into the pause.
outage()	# SECONDS [SECONDS-BEFORE]
{
	must_ask b sleep "${2:-300}"
	cable_out b
	must_ask b sleep "$1"
	cable_in b
}

# --- the reader pauses ---------------------------------------------------------

only_rules 'name=detect dir=out port=5432 detect=30s'
watch_wire b 5432
begin_pump p 60000 7200
still_alive p 'detect=30s: a reader that pauses for two hours lives'
read_wire b
tap_cmd "... at $RECEIVED packets, no more than sixteen window probes in a user timeout" \
	test "$RECEIVED" -le $((16 * 7200 * 1000 / 28125 + 200))
begin_pump q 60000 900 "${IP6[b.a]}"
still_alive q 'detect=30s: the same over IPv6'
hang_up p b
hang_up q b

# Messages of a few bytes fill the reader's memory before they fill its window:
# then the window is closed over data in flight.
begin_pump p 1 900
still_alive p 'detect=30s: a reader that pauses, small messages'
hang_up p b

only_rules 'name=number dir=out port=5432 user_timeout=45s'
begin_pump p 60000 7200
still_alive p 'user_timeout=45s: a reader that pauses for two hours lives'
hang_up p b

# A user timeout of the program's own keeps the kernel's meaning.
only_rules 'name=detect dir=out port=5432 detect=30s'
dial p b 5432
must_ask p set c user_timeout 20000
printf 'pump c 60000 900\n' >&"${session_in[p]}"
outcome p
tap_like "$REPLY" '^ok ETIMEDOUT (19|2[0-9])\.' "the program's own user timeout: ends a reader that pauses"
hang_up p b

# --- the rule changes meanwhile --------------------------------------------------

only_rules 'name=detect dir=out port=5432 detect=30s'
begin_pump p 60000 900
must_ask b sleep 100
only_rules 'name=number dir=out port=5432 user_timeout=40s'
still_alive p 'what auto gave counts silence whatever rule has come since'
hang_up p b

# --- silence before the rule ------------------------------------------------------

# Of cnt=3, two probes are lost after an hour in which nobody asked the peer.
only_rules
dial p b 5432
must_ask b sleep 3600
only_rules 'name=detect dir=out port=5432 detect=30s'
cable_out b
echo all > $KAP/apply || tap_bail 'apply'
must_ask b sleep 9
cable_in b
printf 'wait c 300\n' >&"${session_in[p]}"
still_alive p 'apply, after an hour of silence: two lost probes do not end it'
cable_out b
heard p
await p 100
ended p ETIMEDOUT 12 40 '... and a dead peer is found'
cable_in b
hang_up p b

only_rules 'name=detect dir=out port=5432 detect=30s'
dial p b 5432
must_ask p set c idle 500
must_ask b sleep 200
cable_out b
must_ask p set c idle 10
must_ask b sleep 7
cable_in b
printf 'wait c 300\n' >&"${session_in[p]}"
still_alive p 'so does a program that shortens its idle time after a silence'
hang_up p b

# --- it opens the window a little, again and again -----------------------------

for bytes in 100 3000; do
	begin_pump p 60000 1200
	read_slowly p $bytes 1200
	still_alive p "detect=30s: a reader of $bytes bytes every 20 s lives"
	hang_up p b
done

# --- the peer is out of reach for a while ---------------------------------------

for seconds in 8 13 19; do
	begin_pump p 60000 900
	outage $seconds
	still_alive p "detect=30s: an outage of $seconds s while the window is closed"
	hang_up p b
done
# Wherever between two probes it begins.
for before in 300 301; do
	begin_pump p 60000 900
	outage 27 $before
	still_alive p "detect=30s: an outage of 27 s, $before s after the window was closed"
	hang_up p b
	begin_pump p 1 900
	outage 27 $before
	still_alive p "detect=30s: an outage of 27 s, $before s into small messages"
	hang_up p b
done
begin_pump p 60000 900
outage 32
outcome p
tap_like "$REPLY" '^ok ETIMEDOUT 3[0-9][0-9]\.' 'detect=30s: an outage of 32 s ends it'
hang_up p b

# --- the peer dies while its window is closed ------------------------------------

# 28,125 ms after the last probe that was answered, at the next probe.
dead_peer()	# DESC BYTES [ADDRESS]
{
	begin_pump p "$2" 900 "${3:-}"
	must_ask b sleep 300
	cable_out b
	outcome p
	tap_cmd "$1: found ${TOOK_MS} ms after the beginning, 300 s of which it lived ($ENDED)" \
		test "$ENDED" = ETIMEDOUT -a "$TOOK_MS" -ge 322000 -a "$TOOK_MS" -le 335000
	cable_in b
	hang_up p b
}

dead_peer 'cable cut' 60000
dead_peer 'cable cut, IPv6' 60000 "${IP6[b.a]}"
dead_peer 'cable cut, small messages' 1

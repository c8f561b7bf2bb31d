#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: --virtual --timeout 900
# May share a machine with others.
# The accepting end: listeners that have SO_KEEPALIVE on already, whose
# children tick before the rule is asked; and rules for both ends.

# shellcheck source=tests/selftest/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/selftest/stories_lib.sh
. "$SELFTEST/stories_lib.sh"

HOUR=3600

load_module
host a
host b
link a b

# A program in host b that listens on PORT; SETTINGS are what it asks for.
server()	# SESSION PORT SETTINGS
{
	local setting

	session "$1"
	must_ask "$1" netns b
	must_ask "$1" socket l 4
	for setting in $3; do
		must_ask "$1" set l "${setting%=*}" "${setting#*=}"
	done
	must_ask "$1" bind l 0.0.0.0 "$2"
	must_ask "$1" listenon l
}

# Host a connects to SESSION's port. The end in host b is the one awaited.
opened()	# SESSION PORT
{
	heard "$1"
	must_ask client connect "$1" "${IP4[b.a]}" "$2"
	[ "$1" = backlog ] || must_ask "$1" accept c l
}

# Asserts that the timer of the end in host b is between LOW and HIGH seconds.
ticks()		# PORT LOW HIGH DESC
{
	local left

	left=$(ss_keepalive b sport = "$1")
	if [ "$left" != none ] && [ "$left" -ge "$2" ] && [ "$left" -le "$3" ]; then
		tap_ok "$4"
	else
		tap_not_ok "$4" "got:      $left" "expected: $2 to $3 s"
	fi
}

session client
must_ask client netns a

# --- listeners with SO_KEEPALIVE on ------------------------------------------

server child 5432 keepalive=1
server own 5433 'keepalive=1 idle=30'
server plain 5434 ''
server backlog 5435 keepalive=1
server none 5436 keepalive=1

only_rules 'name=child port=5432 dir=in idle=60s intvl=20s cnt=3' 'name=own port=5433 dir=in idle=60s intvl=20s cnt=3' \
	'name=plain port=5434 dir=in idle=60s intvl=20s cnt=3' 'name=backlog port=5435 dir=in detect=30s'
opened child 5432
ticks 5432 50 68 'listener with keepalive on: the child ticks with 60 s from the first second'
opened own 5433
ticks 5433 25 34 'listener with idle=30: the child ticks with what the program chose'
opened plain 5434
ticks 5434 50 68 'listener without keepalive: the child ticks with 60 s from the first second'
opened backlog 5435
ticks 5435 13 17 'listener with keepalive on: a child that is not accepted yet ticks with 15 s'
opened none 5436
ticks 5436 7080 8100 'listener with keepalive on, no rule: the child ticks with two hours'

must_ask child get c
tap_is "$REPLY" 'keepalive=1 idle=60 intvl=20 cnt=3 user_timeout=0' 'listener with keepalive on: getsockopt agrees'
must_ask child get l
tap_is "$REPLY" 'keepalive=1 idle=7200 intvl=75 cnt=9 user_timeout=0' 'listener with keepalive on: it is not touched'

cable_out a
for name in child own plain; do
	await $name $((3 * HOUR)) c
done
await none $((3 * HOUR)) c
ended child ETIMEDOUT 120 "$(late 120)" 'listener with keepalive on: the child'
ended own ETIMEDOUT 90 "$(late 90)" "listener with idle=30: the child, intvl and cnt are the rule's"
ended plain ETIMEDOUT 120 "$(late 120)" 'listener without keepalive: the child'
tap_is "$(in_host b ss -Htn state established sport = 5435)" '' 'not accepted: ended without the program'
tap_is "$(counter backlog timed_out)" 1 'not accepted: the dead peer was counted'
ended none ETIMEDOUT 7875 "$(late 7875)" "listener with keepalive on, no rule: the kernel's own 7200 + 9 * 75 s"
tap_is "$(counter child timed_out) $(counter own timed_out) $(counter plain timed_out)" '1 1 1' \
	'each rule counted its dead peer'
cable_in a
for name in child own plain backlog none; do
	must_ask client set $name linger 0
	must_ask client close $name
	end_session $name
done

# --- rules for both ends -----------------------------------------------------

only_rules 'name=in dir=in port=5432 idle=30s intvl=10s cnt=3' 'name=out dir=out port=5432 idle=60s intvl=20s cnt=3'
serve b 5432 5433
dial c b 5432
heard b
must_ask c get c
tap_is "$REPLY" 'keepalive=1 idle=60 intvl=20 cnt=3 user_timeout=0' 'both ends: the client has its values'
must_ask b get c
tap_is "$REPLY" 'keepalive=1 idle=30 intvl=10 cnt=3 user_timeout=0' 'both ends: the server has its own'
cable_out b
await c $HOUR
await b $HOUR c
ended b ETIMEDOUT 60 "$(late 60)" 'both ends: the server'
ended c ETIMEDOUT 120 "$(late 120)" 'both ends: the client'
tap_is "$(counter in timed_out) $(counter out timed_out)" '1 1' 'both ends: each was counted by its own rule'
cable_in b
hang_up c b

# While both live, each asks for itself: a probe that comes in is no sign of life.
dial c b 5432
watch_wire b 5432
await c $HOUR
still_alive c 'both ends, peer alive: alive after 1 h'
read_wire b
tap_is "$RECEIVED" "$SENT" 'both ends, peer alive: all probes were answered'
# In an hour 120 by the server and 60 by the client, an eighth less at worst.
tap_cmd "both ends, peer alive: $SENT probes, every 30 s by the server and every 60 s by the client (promised 159 to 180)" \
	test "$SENT" -ge 159 -a "$SENT" -le 180
hang_up c b

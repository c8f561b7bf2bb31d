#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: --virtual --timeout 900
# May share a machine with others.
# What counts as a dead peer found (timed_out), and what does not: by whatever
# error the kernel gives up, but not when somebody has answered.

# shellcheck source=tests/selftest/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/selftest/stories_lib.sh
. "$SELFTEST/stories_lib.sh"

load_module
host a
host b
link a b

# From now on the hosts ask for each other by ARP, as on any LAN.
for end in 'a b' 'b a'; do
	read -r from to <<< "$end"
	ip -n "$from" neigh del "${IP4[$to.$from]}" dev "to_$to"
done

# Host b is switched off: nobody answers ARP for its address any more.
dies()
{
	ip -n b addr del "${IP4[b.a]}/24" dev to_a
}

comes_back()
{
	ip -n b addr add "${IP4[b.a]}/24" dev to_a
	ip -n a neigh flush dev to_b
}

serve b 5432 5433 5434
only_rules 'name=lan dir=out port=5432 user_timeout=100s' 'name=idle dir=out port=5433 detect=30s' \
	'name=answered port=5434,5435 detect=30s user_timeout=20s' 'name=late port=5436 user_timeout=50s'

dial lan b 5432
must_ask lan send c 10
dies
# Or else the entry stays for 15 to 45 s, and with the longest time nobody asks for the peer before the end.
ip -n a neigh flush dev to_b
send_lost lan
await lan 300
ended lan EHOSTUNREACH 99 150 'a peer on the same LAN that dies with data in flight'
tap_is "$(counter lan timed_out)" 1 'it is counted as a dead peer found'
comes_back

# The network says something in between, but the peer is back in time.
dial back b 5432
must_ask back send c 10
dies
ip -n a neigh flush dev to_b
must_ask back send c 10
sleep 6
comes_back
must_ask b recv back 20
tap_is "$REPLY" 20 'a peer that comes back in time gets its data'
must_ask b send back 10
must_ask back recv c 10
must_ask b set back linger 0
must_ask b close back
heard back
await back 10
ended back ECONNRESET 0 1 'it resets the connection later'
tap_is "$(counter lan timed_out)" 1 'which is not counted'

dial idle b 5433
dies
await idle 100
ended idle ETIMEDOUT 26 40 'an idle connection to a peer on the same LAN'
tap_is "$(counter idle timed_out)" 1 'it is counted as a dead peer found'
comes_back

dial reset b 5434
must_ask b set reset linger 0
must_ask b close reset
await reset 10
ended reset ECONNRESET 0 1 'a reset'
session refused
must_ask refused netns a
ask refused connect c "${IP4[b.a]}" 5435
tap_is "$REPLY" 'err ECONNREFUSED' 'a refused connection'
dial closed b 5434
must_ask b close closed
await closed 10
ended closed EOF 0 1 'a closed connection'
tap_is "$(counter answered timed_out)" 0 'none of these is counted'
tap_is "$(stat timed_out)" 2 'nor in stats'

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: --virtual --timeout 900
# Programs that keep times of their own, before or after they connect: no number
# of lost probes that cnt allows ends a connection, and a cut cable does, in time.

# shellcheck source=tests/selftest/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/selftest/stories_lib.sh
. "$SELFTEST/stories_lib.sh"

load_module
host a
host b
link a b
serve b 5432 5433

# Each is the connection c of session NAME in host a.
go_client()	# NAME
{
	dial "$1" b 5432
	must_ask "$1" set c idle 30
	must_ask "$1" set c intvl 30
}

own_idle()	# NAME IDLE
{
	session "$1"
	must_ask "$1" netns a
	must_ask "$1" socket c 4
	must_ask "$1" set c keepalive 1
	must_ask "$1" set c idle "$2"
	heard "$1"
	must_ask "$1" connectto c "${IP4[b.a]}" 5432
	must_ask b accept "$1" l5432
}

idle_60() { own_idle "$1" 60; }
idle_40() { own_idle "$1" 40; }

# Counts what host a sends to port 5432.
count_probes()
{
	in_host a nft -f - <<- NFT || tap_bail "no nft"
	table inet probes
	delete table inet probes
	table inet probes {
		counter sent { }
		chain out { type filter hook output priority 0; tcp dport 5432 counter name sent; }
	}
	NFT
}

were_sent()	# PROBES
{
	REPLY=$(in_host a nft list counter inet probes sent)
	REPLY=${REPLY#*packets }
	[ "${REPLY%% *}" -ge "$1" ]
}

# PROBES in a row are lost, and the next is answered.
loses()		# PROGRAM PROBES
{
	"$1" p
	count_probes
	cable_out b
	# to look costs more than the program does in a second
	until were_sent "$2"; do
		must_ask b sleep 1
	done
	cable_in b
	await p 1000
	still_alive p "$1: $2 lost of 3, alive after 1,000 s"
	talk p b 100
	tap_is "$REPLY" 100 "$1: data passes in both directions"
	hang_up p b
}

dies()		# PROGRAM EARLIEST LATEST
{
	"$1" p
	cable_out b
	await p 1000
	ended p ETIMEDOUT "$2" "$3" "$1: cable cut"
	cable_in b
	hang_up p b
}

only_rules 'name=r dir=out port=5432 detect=40s'
for program in go_client idle_60 idle_40; do
	loses $program 1
	loses $program 2
done
dies go_client 105 "$(late 120)"
dies idle_60 81 "$(late 84)"
dies idle_40 58.5 "$(late 64)"
tap_is "$(counter r timed_out)" 3 'each dead peer was counted, and no other connection'

# --- a server that sets 300/100/3 on what it accepts, as redis does ------------

for mode in clamp force; do
	only_rules "name=r dir=in port=5433 detect=40s mode=$mode"
	dial p b 5433
	must_ask b set p keepalive 1
	must_ask b set p idle 300
	must_ask b set p intvl 100
	must_ask b set p cnt 3
	heard b
	cable_out a
	await b 1000 p
	ended b ETIMEDOUT 38.25 "$(late 40)" "mode=$mode: the peer of a server that sets 300/100/3"
	tap_is "$(counter r timed_out)" 1 "mode=$mode: it was counted"
	cable_in a
	hang_up p b
done

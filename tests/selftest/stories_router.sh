#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: --virtual --timeout 900
# May share a machine with others.
# A router between host a and host b: one that reports that b cannot be
# reached, and one that is a NAT and forgets connections after 350 s.

# shellcheck source=tests/selftest/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/selftest/stories_lib.sh
. "$SELFTEST/stories_lib.sh"

HOUR=3600

load_module
host a
host r
host b
link a r
link r b
in_host r sysctl -qw net.ipv4.ip_forward=1
ip -n a route add default via "${IP4[r.a]}"
ip -n b route add default via "${IP4[r.b]}"
serve b 5432 5433 5434 5435
B=${IP4[b.r]}

# --- the router reports that the host is unreachable -------------------------

# b is off, and r, which asks for b's hardware address, finds out.
power_off_b()
{
	cable_out b
	ip -n b link set to_r arp off
	ip -n r neigh del "$B" dev to_b
}

power_on_b()
{
	ip -n b link set to_r arp on
	cable_in b
}

# Sets REPORTS to how often host a was told "host unreachable" so far.
read_reports()
{
	REPORTS=$(in_host a nstat -asz IcmpInDestUnreachs | awk '/IcmpInDestUnreachs/ { print $2 }')
}

flush
dial none b 5432 "$B"
dial hope b 5433 "$B"
must_ask hope set c keepalive 1
rules 'name=idle dir=out port=5432 idle=60s intvl=20s cnt=3' 'name=busy dir=out port=5435 detect=30s'
dial idle b 5432 "$B"
dial busy b 5435 "$B"
power_off_b
send_lost busy
await busy $HOUR
await idle $HOUR
await none $((3 * HOUR))
await hope $((3 * HOUR))

# The report on a keepalive probe does not count: its sequence number, one
# before the window, is not that of data on the way. That on a data packet
# does, as the reason to give when the user timeout is over.
ended busy EHOSTUNREACH 28.125 "$(late 30)" 'unreachable, data in flight, detect=30s'
ended idle ETIMEDOUT 120 "$(late 120)" 'unreachable, idle=60s intvl=20s cnt=3'
read_reports
tap_cmd "unreachable: the router said so ($REPORTS times)" test "$REPORTS" -ge 2
ended hope ETIMEDOUT 7875 "$(late 7875)" 'unreachable, no rule, keepalive on'
still_alive none 'unreachable, no rule: still hanging after 3 h'
tap_is "$(counter idle timed_out)" 1 'unreachable: the time-out was counted'
tap_is "$(counter busy timed_out)" 1 'unreachable: a dead peer by whatever error the kernel ends the wait'
send_lost none
await none $HOUR
ended none EHOSTUNREACH 600 1100 'unreachable, data in flight, no rule'
power_on_b
for name in none hope idle busy; do
	hang_up $name b
done

# --- a NAT that forgets after 350 s ------------------------------------------

# As the clouds have them: what has been forgotten is dropped without a word.
nat()
{
	in_host r nft -f - << NFT || tap_bail "no NAT"
table ip nat
delete table ip nat
table ip nat {
	chain post { type nat hook postrouting priority srcnat; oifname to_b masquerade; }
	chain pass { type filter hook forward priority filter; ct state invalid drop; }
}
NFT
	in_host r sysctl -qw net.netfilter.nf_conntrack_tcp_timeout_established=350 \
		net.netfilter.nf_conntrack_tcp_loose=0 || tap_bail "no conntrack"
}

# The rule that kapctl recommends for it, or, without kapctl, one like it.
load_preset()
{
	if [ -x /kapolicy/kapctl ] && /kapolicy/kapctl presets aws-nlb > "$TMP/preset"; then
		/kapolicy/kapctl load - < "$TMP/preset" || tap_bail "kapctl does not load its preset"
	else
		tap_diag 'no kapctl: a rule like that of its preset'
		only_rules 'name=aws-nlb idle=120s intvl=30s cnt=4 user_timeout=auto'
	fi
	tap_diag "$(< $KAP/rules)"
}

# Traffic every 20 minutes, three times; REPLY says how it went.
work_an_hour()	# NAME
{
	local i

	for i in 1 2 3; do
		must_ask "$1" sleep 1200
		talk "$1" b 100 || return 1
	done
	REPLY='3 times'
}

nat
flush
dial c b 5432 "$B"
must_ask b peer c
tap_like "$REPLY" "remote=\[::ffff:${IP4[r.b]}]:" 'NAT: b sees the address of the router'
work_an_hour c
tap_is "$REPLY" 'to b: err EAGAIN' 'NAT, no rule: what is sent after 20 minutes never arrives'
await c $HOUR
ended c ETIMEDOUT 850 1100 'NAT, no rule: the client hangs for another quarter of an hour'
# Both ends are told nothing, so the server would wait forever.
heard c
silent_since[b]=${silent_since[c]}
await b $((3 * HOUR)) c
still_alive b 'NAT, no rule: the server is still waiting 3 h later'
hang_up c b

load_preset
dial c b 5432 "$B"
must_ask c get c
tap_diag "$REPLY"
work_an_hour c
tap_is "$REPLY" '3 times' 'NAT, preset aws-nlb: traffic every 20 minutes gets through'
must_ask c state c
tap_is "$REPLY" ESTABLISHED 'NAT, preset aws-nlb: the connection survives'
await c $((3 * HOUR))
still_alive c 'NAT, preset aws-nlb: and three silent hours more'
talk c b 100
tap_is "$REPLY" 100 'NAT, preset aws-nlb: which it survives as well'
hang_up c b

# A rule that is too slow for the NAT does not help.
only_rules 'name=slow idle=600s intvl=30s cnt=3 user_timeout=auto'
dial c b 5432 "$B"
await c $HOUR
ended c ETIMEDOUT 742.5 "$(late 772.5)" 'NAT, idle=600s: the probes are dropped as well'
tap_cmd 'NAT, idle=600s: at least one dead peer was counted' test "$(counter slow timed_out)" -ge 1
hang_up c b

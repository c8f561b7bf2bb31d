#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: --virtual --timeout 900
# The settings that people copy from the web, and detect=30s: the peer falls
# silent, and the connection ends at idle + intvl * cnt, whether there is no
# user timeout or user_timeout=auto, which bounds data in flight as well.

# shellcheck source=tests/selftest/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/selftest/stories_lib.sh
. "$SELFTEST/stories_lib.sh"

HOUR=3600

# Idle, interval and count; the shortest ones last, since they tick already
# while the others are being opened. The second is that of Redis for N=300.
SETTINGS='7000/40/10 300/100/3 60/20/3 5/1/3 5/1/1'

load_module
host a
host b
link a b

# Of each setting three connections, on ports of their own: idle without and
# with a user timeout (plain, auto) and with data in flight (busy).
names=() ports=() texts=()
add_connection()	# NAME RULE
{
	names+=("$1")
	ports+=($((5400 + ${#ports[@]})))
	texts+=("name=$1 dir=out port=${ports[-1]} $2")
}

for setting in $SETTINGS; do
	IFS=/ read -r idle intvl cnt <<< "$setting"
	values="idle=${idle}s intvl=${intvl}s cnt=$cnt"
	setting=${setting//\//x}
	add_connection "busy$setting" "$values user_timeout=auto"
	add_connection "plain$setting" "$values"
	add_connection "auto$setting" "$values user_timeout=auto"
done
add_connection detectidle detect=30s
add_connection detectbusy detect=30s

# Counts the probes and data that leave host a, but not the RST at the end.
count_sent()
{
	local port

	{
		echo 'table inet count {'
		for port in "${ports[@]}"; do
			echo "counter p$port { }"
		done
		echo 'chain out { type filter hook output priority 0; tcp flags & (rst | syn) != 0 accept;'
		for port in "${ports[@]}"; do
			echo "tcp dport $port counter name p$port"
		done
		echo '}'
		echo '}'
	} | in_host a nft -f - || tap_bail "no nft"
}

# Sets SENT to how many packets for PORT have left host a.
read_sent()	# PORT
{
	SENT=$(in_host a nft list counter inet count "p$1")
	SENT=${SENT#*packets }
	SENT=${SENT%% *}
}

only_rules "${texts[@]}"
serve b "${ports[@]}"
for i in "${!names[@]}"; do
	dial "${names[i]}" b "${ports[i]}"
done
count_sent
cable_out b
for name in "${names[@]}"; do
	[[ $name != *busy* ]] || send_lost "$name"
	await "$name" $((3 * HOUR))
done

# --- settings from the web ---------------------------------------------------

port=5400
for setting in $SETTINGS; do
	IFS=/ read -r idle intvl cnt <<< "$setting"
	name=${setting//\//x}
	sum=$((idle + intvl * cnt))
	auto=$(to_seconds $((sum * 1000 - intvl * 500)))

	ended "busy$name" ETIMEDOUT "$auto" "$(late "$auto")" "$setting, user_timeout=auto, data in flight"
	ended "plain$name" ETIMEDOUT $sum "$(late $sum)" "$setting"
	plain_ms=$TOOK_MS
	read_sent $((port + 1))
	tap_is "$SENT" "$cnt" "$setting: cnt=$cnt probes were lost"

	ended "auto$name" ETIMEDOUT "$auto" "$(late $sum)" "$setting, user_timeout=auto"
	sooner=$((plain_ms - TOOK_MS))
	read_sent $((port + 2))
	if [ $((idle / 8)) -lt "$intvl" ]; then
		tap_cmd "$setting: the same moment, user_timeout=auto or none ($sooner ms apart)" \
			test ${sooner#-} -le $((intvl * 500))
		tap_is "$SENT" "$cnt" "$setting, user_timeout=auto: cnt=$cnt probes were lost"
	else
		# The first probe may be some intervals late. The user timeout
		# counts from the silence, so it then ends what cnt would not yet.
		tap_cmd "$setting: user_timeout=auto is sooner by no more than the first probe was late ($sooner ms)" \
			test $sooner -ge -$((intvl * 500)) -a $sooner -le $((idle * 125 + intvl * 500))
		tap_cmd "$setting, user_timeout=auto: $SENT probes were lost, more than one" \
			test "$SENT" -ge 2 -a "$SENT" -le "$cnt"
	fi
	port=$((port + 3))
done

# --- detect=30s --------------------------------------------------------------

ended detectidle ETIMEDOUT 27.5 "$(late 30)" 'detect=30s, idle'
read_sent "$port"
tap_is "$SENT" 3 'detect=30s, idle: three probes were lost'
ended detectbusy ETIMEDOUT 27.5 30 'detect=30s, data in flight'

for name in "${names[@]}"; do
	[ "$(counter "$name" timed_out)" = 1 ] || break
done
tap_is "$name $(counter "$name" timed_out)" "${names[-1]} 1" 'each rule counted its dead peer'
tap_is "$(stat timed_out)" ${#names[@]} 'and stats/timed_out is their sum'

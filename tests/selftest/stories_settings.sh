#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: --virtual --timeout 900
# May share a machine with others.
# The settings that people copy from the web, and detect=30s: the peer falls
# silent, and the connection ends at idle + intvl * cnt without a user timeout,
# and with user_timeout=auto at the same tick or soon after, never before cnt
# probes were lost. Data in flight ends at what auto comes to.

# shellcheck source=tests/selftest/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/selftest/stories_lib.sh
. "$SELFTEST/stories_lib.sh"

HOUR=3600

# Idle, interval and count; the shortest ones last, since they tick already
# while the others are being opened. Of the first, auto would come to more than
# 900 s, and is left out; of the second, to more than idle + intvl * cnt. The
# third is that of Redis for N=300.
SETTINGS='7000/40/10 600/10/5 300/100/3 60/20/3 5/1/3 5/1/1'

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

# Sets AUTO_MS to what user_timeout=auto comes to.
auto_of()	# IDLE INTVL CNT
{
	local after=$((($1 + $2 * $3) * 1000 - $2 * 500)) latest=$((($1 + $2 * ($3 - 1)) * 1125))

	AUTO_MS=$((after > latest ? after : latest))
}

port=5400
for setting in $SETTINGS; do
	IFS=/ read -r idle intvl cnt <<< "$setting"
	name=${setting//\//x}
	sum=$((idle + intvl * cnt))
	auto_of "$idle" "$intvl" "$cnt"
	auto=$(to_seconds $AUTO_MS)

	if [ $AUTO_MS -gt 900000 ]; then
		# the kernel gives up after 15 retransmissions
		ended "busy$name" ETIMEDOUT 850 1100 "$setting, user_timeout=auto is left out, data in flight"
	else
		ended "busy$name" ETIMEDOUT "$auto" "$(late "$auto")" "$setting, user_timeout=auto, data in flight"
	fi
	ended "plain$name" ETIMEDOUT $sum "$(late $sum)" "$setting"
	plain_ms=$TOOK_MS
	read_sent $((port + 1))
	tap_is "$SENT" "$cnt" "$setting: cnt=$cnt probes were lost"

	if [ $AUTO_MS -gt 900000 ] || [ $AUTO_MS -le $((sum * 1000)) ]; then
		ended "auto$name" ETIMEDOUT $sum "$(late $sum)" "$setting, user_timeout=auto"
		sooner=$((plain_ms - TOOK_MS))
		read_sent $((port + 2))
		tap_cmd "$setting: the same moment, user_timeout=auto or none ($sooner ms apart)" \
			test ${sooner#-} -le $((intvl * 500))
		tap_is "$SENT" "$cnt" "$setting, user_timeout=auto: cnt=$cnt probes were lost"
	else
		# The last of cnt probes may be an eighth late, and auto waits for it.
		ended "auto$name" ETIMEDOUT "$auto" "$(late $((AUTO_MS / 1000 + intvl)))" "$setting, user_timeout=auto"
		read_sent $((port + 2))
		tap_cmd "$setting, user_timeout=auto: $SENT probes were lost, $cnt or some more" \
			test "$SENT" -ge "$cnt" -a "$SENT" -le $((cnt + idle / 8 / intvl + 1))
	fi
	port=$((port + 3))
done

# --- detect=30s --------------------------------------------------------------

ended detectidle ETIMEDOUT 28.125 "$(late 30)" 'detect=30s, idle'
read_sent "$port"
tap_is "$SENT" 3 'detect=30s, idle: three probes were lost'
ended detectbusy ETIMEDOUT 28.125 30 'detect=30s, data in flight'

for name in "${names[@]}"; do
	[ "$(counter "$name" timed_out)" = 1 ] || break
done
tap_is "$name $(counter "$name" timed_out)" "${names[-1]} 1" 'each rule counted its dead peer'
tap_is "$(stat timed_out)" ${#names[@]} 'and stats/timed_out is their sum'

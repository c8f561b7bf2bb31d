#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Real programs under rules: what they set themselves, what each mode makes of it, and whether they notice
# a dead peer when they should. Runs in the guest that tests/programs/run starts. KTAP; lines that begin
# with "#|" are the table.

# shellcheck source=tests/selftest/lib.sh
. /kapolicy/tests/selftest/lib.sh
# shellcheck source=tests/programs/servers.sh
. "$(dirname "$0")/servers.sh"

# ROW NAME, DIRECTION, COMM:REMOTE-PORT or for "in" LOCAL-PORT:ROW of the other end, package
ROWS='curl        out  curl:80           curl
nginx       in   80:curl           nginx
nginx-up    out  nginx:8001        nginx
go-server   in   8001:nginx-up     golang-go
go          out  goweb:8000        golang-go
python      out  python3:8000      python3.11-minimal
py-server   in   8000:python       python3.11-minimal
java        out  java:8000         openjdk-17-jdk-headless
redis-cli   out  redis-cli:6379    redis-tools
redis       in   6379:redis-cli    redis-server
replica     out  redis-server:6379 redis-server
master      in   6379:replica      redis-server
psql        out  psql:5432         postgresql-client-15
postgres    in   5432:psql         postgresql-15
ssh         out  ssh:22            openssh-client
sshd        in   22:ssh            openssh-server'
TALKING=' replica master '	# these always have data in flight
UNSET='0 7777 77 17 0'		# what prepare_hosts makes of an option that is left alone
RULE='port=22,80,5432,6379,8000,8001 detect=40s'
WANT=(1 22 6 3 37000)		# that rule's keepalive idle intvl cnt user_timeout
TRACING=/sys/kernel/tracing

names=()
declare -A dir=() where=() package=()
declare -A at=()	# "LADDR:LPORT RADDR:RPORT" of the connections there are
declare -A own=() before=() got=() found=()

read_rows()
{
	local name d w p

	while read -r name d w p; do
		names+=("$name")
		dir[$name]=$d where[$name]=$w package[$name]=$p
	done <<< "$ROWS"
}

# Finds every row among the sockets; sets at and VALUES, fails when one is missing.
declare -A VALUES=()
look_at_sockets()
{
	local name comm here there values w

	at=() VALUES=()
	/kapolicy/tests/programs/sockopts > "$TMP/sockets"
	for name in "${names[@]}"; do
		w=${where[$name]}
		while read -r comm here there values; do
			case ${dir[$name]} in
			out) [ "$comm:${there##*:}" = "$w" ] || continue ;;
			in) [ "${here##*:} $there $here" = "${w%:*} ${at[${w#*:}]}" ] || continue ;;
			esac
			at[$name]="$here $there"
			VALUES[$name]=$values
		done < "$TMP/sockets"
		[ "${at[$name]-}" ] || { MISSING=$name; sleep 0.5; return 1; }
	done
}

connect_all()
{
	start_clients
	wait_for 40 look_at_sockets || tap_bail "no connection of $MISSING: $(tail -n 3 "$TMP"/*.log) $(< "$TMP/sockets")"
	# some set their options when the connection is there
	sleep 3
	look_at_sockets || tap_bail "$MISSING has lost its connection"
}

# Prints what the trace says of the connection of a row: EVENT lines.
traced()	# EVENT NAME
{
	local here=${at[$2]% *} there=${at[$2]#* }

	grep -F " lport=${here##*:} rport=${there##*:} laddr=${here%:*} raddr=${there%:*} " "$TRACING/trace" |
		grep " $1: "
}

# Sets before[NAME]: what was set when the connection was established, 0 where nothing was.
note_before()	# NAME
{
	local line

	line=$(traced kapolicy_apply "$1")
	[[ $line =~ keepalive=([0-9]+)-.*idle=([0-9]+)-.*intvl=([0-9]+)-.*cnt=([0-9]+)-.*user_timeout=([0-9]+)- ]] ||
		tap_bail "no trace event for $1 (${at[$1]}): $line"
	before[$1]="${BASH_REMATCH[*]:1}"
}

# Sets EXPECTED by the contract, and LATE: 1 for every option that the program set
# when the connection was established already, where no rule can do anything.
expect()	# NAME MODE
{
	local -a o b unset
	local i v

	read -ra o <<< "${own[$1]}"
	read -ra b <<< "${before[$1]}"
	read -ra unset <<< "$UNSET"
	EXPECTED='' LATE=''
	for i in 0 1 2 3 4; do
		v=${WANT[i]}
		if ((o[i] != unset[i] && o[i] != b[i])); then
			v=${o[i]}
			LATE+='1 '
		else
			LATE+='0 '
			case $2 in
			default) ((b[i] == 0)) || v=${b[i]} ;;
			clamp) ((b[i] == 0 || b[i] > v)) || v=${b[i]} ;;
			esac
		fi
		EXPECTED+="$v "
	done
	EXPECTED=${EXPECTED% }
}

# Sets PROMISED, in ms: when the kernel gives a silent peer up, with these values, after the last it heard.
promise()	# KEEPALIVE IDLE INTVL CNT USER_TIMEOUT
{
	if (($5 == 0)); then
		PROMISED=$((($2 + $3 * $4) * 1000))
		return
	fi
	PROMISED=$((($2 + $3) * 1000))
	while ((PROMISED < $5)); do
		PROMISED=$((PROMISED + $3 * 1000))
	done
}

# Some rows keep times of their own that are long, whatever the mode: once is enough. Sets found
# to "same" where the values are those of a mode that has been waited for.
known_already()	# MODE NAME
{
	local mode

	((PROMISED > 100000)) || return 1
	for mode in force clamp; do
		[ "$mode" != "$1" ] && [ "${got[$mode $2]-}" = "${VALUES[$2]}" ] && found[$1 $2]=same && return
	done
	return 1
}

# The peers of all die at once. Sets found[MODE NAME]: when the program was told, in ms.
cut_and_wait()	# MODE
{
	local name longest=0 line t cut
	local -A pending=()

	for name in "${names[@]}"; do
		pending[$name]=1
		# shellcheck disable=SC2086
		promise ${VALUES[$name]}
		[[ $TALKING != *" $name "* ]] || PROMISED=$((${VALUES[$name]##* } + 12000))
		((PROMISED <= longest)) || known_already "$1" "$name" || longest=$PROMISED
	done
	uptime_ms
	cut=$UPTIME_MS
	cable_out cli
	wait_for $((longest * 9 / 8000 + 20)) all_ended "$1"
	for name in "${names[@]}"; do
		[ "${found[$1 $name]-}" != = ] || continue
		line=$(traced kapolicy_timed_out "$name")
		[[ $line =~ \ ([0-9]+)\.([0-9]{3})[0-9]*:\ kapolicy ]] || continue
		t=${BASH_REMATCH[1]}${BASH_REMATCH[2]}
		found[$1 $name]=$((t - cut))
	done
	cable_in cli
}

# Looks at those only that it has not seen yet: programs take longer to start than the rest of the time.
all_ended()	# MODE
{
	local name

	for name in "${!pending[@]}"; do
		if [ "${found[$1 $name]-}" != = ] && ! traced kapolicy_timed_out "$name" > "$TMP/traced"; then
			sleep 5
			return 1
		fi
		unset "pending[$name]"
	done
}

check_times()	# MODE
{
	local name t idle most least how

	for name in "${names[@]}"; do
		# shellcheck disable=SC2086
		promise ${got[$1 $name]}
		read -r _ idle _ <<< "${got[$1 $name]}"
		t=${found[$1 $name]:-never}
		[ "$t" != = ] || continue
		# A timer that sleeps long is up to an eighth late. What was heard last came before the cut.
		most=$((PROMISED * 9 / 8 + 1000)) least=$((PROMISED - idle * 1000 - 1000))
		how="$((PROMISED / 1000)) s promised"
		if [[ $TALKING == *" $name "* ]]; then
			# of what is not acknowledged: sent within 10 s
			most=$((${got[$1 $name]##* } + 12000)) least=$((${got[$1 $name]##* } - 1000))
			how="talking, user timeout $((${got[$1 $name]##* } / 1000)) s"
		fi
		if [ "$t" != never ] && ((t >= least && t <= most)); then
			tap_ok "$1: $name ($how) is told of its dead peer after $((t / 1000)) s"
		else
			tap_not_ok "$1: $name is told of its dead peer" "got:      $t ms" "expected: $least to $most ms"
		fi
	done
}

check_values()	# MODE
{
	local name i o unset values kept

	for name in "${names[@]}"; do
		got[$1 $name]=${VALUES[$name]}
		expect "$name" "$1"
		tap_is "${VALUES[$name]}" "$EXPECTED" "$1: $name has what the contract says"
		[ "$1" = default ] || continue
		read -ra o <<< "${own[$name]}"
		read -ra unset <<< "$UNSET"
		read -ra values <<< "${VALUES[$name]}"
		kept=
		for i in 0 1 2 3 4; do
			((o[i] == unset[i] || o[i] == values[i])) || kept+="option $i: ${o[i]} became ${values[i]} "
		done
		tap_is "$kept" '' "default: $name keeps all it set itself"
	done
}

# --- the table --------------------------------------------------------------

# "keepalive idle intvl cnt user_timeout" for people: what is not set is -, what is late has a *
human()		# VALUES [LATE]
{
	local -a v late unset
	local i text=''

	read -ra v <<< "$1"
	read -ra late <<< "${2:-0 0 0 0 0}"
	read -ra unset <<< "$UNSET"
	v[0]=${v[0]/1/on}
	for i in 0 1 2 3 4; do
		[ "${v[i]}" != "${unset[i]}" ] || v[i]=-
		((late[i] == 0)) || v[i]+='*'
		text+="${v[i]} "
	done
	HUMAN=${text% }
}

# A line a row, of fields for the report: see there.
table()
{
	local name mode line

	echo "#| rule|$RULE"
	echo "#| kernel|$(uname -r)"
	for name in "${names[@]}"; do
		expect "$name" force
		human "${own[$name]}" "$LATE"
		line="row|$name|${dir[$name]}|${package[$name]} $(version "${package[$name]}")|$HUMAN"
		for mode in default clamp force; do
			human "${got[$mode $name]}"
			line+="|$HUMAN"
		done
		for mode in default clamp force; do
			case ${found[$mode $name]-} in
			'' | =) line+="|${found[$mode $name]:-never}" ;;
			*) line+="|$((${found[$mode $name]} / 1000))" ;;
			esac
		done
		echo "#| $line"
	done
}

# --- what is done -----------------------------------------------------------

read_rows
prepare_hosts
start_servers
tap_diag "servers run after $(cut -d' ' -f1 /proc/uptime) s"
tap_cmd_fails 'the module is not there yet' test -d $KAP
connect_all
for name in "${names[@]}"; do
	own[$name]=${VALUES[$name]}
	tap_diag "$name by itself: ${VALUES[$name]}"
done
stop_clients

load_module
echo mono > $TRACING/trace_clock
echo 1 > $TRACING/events/kapolicy/enable
# force comes first: there is an event for every connection, which says what was set before.
for mode in force clamp default; do
	only_rules "$RULE mode=$mode"
	: > $TRACING/trace
	connect_all
	if [ $mode = force ]; then
		for name in "${names[@]}"; do
			note_before "$name"
		done
	fi
	check_values $mode
	cut_and_wait $mode
	check_times $mode
	stop_clients
	tap_diag "$mode: done after $(cut -d' ' -f1 /proc/uptime) s"
done
table

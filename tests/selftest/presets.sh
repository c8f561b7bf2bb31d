#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: --timeout 600
# May share a machine with others.
# Each rule of `kapctl presets` loads into the module, reads back as what it
# says, reaches a socket, and fits the box that it is for.

# shellcheck source=tests/selftest/lib.sh
. "$(dirname "$0")/lib.sh"

KAPCTL=${KAPCTL:-/kapolicy/kapctl}

if [ ! -x "$KAPCTL" ]; then
	tap_skip 'presets' 'there is no kapctl'
	exit 0
fi
load_module

# Sets MS, the milliseconds of a duration as rules have them.
duration_ms()	# DURATION
{
	case $1 in
	*ms) MS=${1%ms} ;;
	*s) MS=$((${1%s} * 1000)) ;;
	*m) MS=$((${1%m} * 60000)) ;;
	*h) MS=$((${1%h} * 3600000)) ;;
	*) MS=$(($1 * 1000)) ;;
	esac
}

# Sets WORDS[name], WORDS[idle], ... from a rule; times in milliseconds.
declare -A WORDS=()
parse_rule()	# RULE
{
	local word

	WORDS=()
	for word in ${1%%#*}; do
		case $word in
		idle=* | intvl=* | user_timeout=[0-9]*)
			duration_ms "${word#*=}"
			WORDS[${word%%=*}]=$MS
			;;
		*=*) WORDS[${word%%=*}]=${word#*=} ;;
		esac
	done
}

# Sets MS, the user timeout that user_timeout=auto gives, or 0 where it leaves it out.
auto_ms()	# IDLE INTVL CNT
{
	local latest=$((($1 + $2 * ($3 - 1)) * 9 / 8))

	MS=$(($1 + $2 * $3 - $2 / 2))
	[ $MS -ge $latest ] || MS=$latest
	[ $MS -le 900000 ] || MS=0
}

# Sets VALUES, what getsockopt shows for the end of a connection out.
socket_values()
{
	probe_script <<- 'EOS'
	listen l 127.0.0.1 5432
	connect c 127.0.0.1 5432
	@values get c
	EOS
	VALUES=${ANS[values]}
}

check_preset()	# NAME TIMEOUT-SECONDS
{
	local name=$1 timeout=$2 rule read_back idle intvl cnt expected

	"$KAPCTL" presets "$name" > "$TMP/preset" || {
		tap_not_ok "$name: kapctl prints it"
		return
	}
	rule=$(grep -v '^#' "$TMP/preset")
	tap_like "$rule" "^name=$name " "$name: one rule of that name"
	tap_cmd "$name: kapctl load takes it" "$KAPCTL" load - < "$TMP/preset"
	tap_cmd "$name: kapctl check finds nothing to warn of" "$KAPCTL" check --strict - < "$TMP/preset"

	parse_rule "$rule"
	idle=${WORDS[idle]} intvl=${WORDS[intvl]} cnt=${WORDS[cnt]}
	expected="$name $idle $intvl $cnt ${WORDS[user_timeout]} on"

	read_back=$(< $KAP/rules)
	tap_like "$(wc -l < $KAP/rules) $read_back" '^1 add .*  # id=[0-9]+$' "$name: reads back as one rule"
	parse_rule "${read_back#add }"
	tap_is "${WORDS[name]} ${WORDS[idle]} ${WORDS[intvl]} ${WORDS[cnt]} ${WORDS[user_timeout]} ${WORDS[keepalive]}" \
		"$expected" "$name: reads back with its times"

	# Without the tool: comments, blanks and all, as it stands.
	flush
	tap_cmd "$name: cat writes it as well" cp "$TMP/preset" $KAP/rules
	tap_is "$(sed 's/#.*//' $KAP/rules)" "${read_back%%#*}" "$name: to the same effect"
	socket_values
	MS=${WORDS[user_timeout]:-0}
	[ "$MS" != auto ] || auto_ms "$idle" "$intvl" "$cnt"
	tap_is "$VALUES" "keepalive=1 idle=$((idle / 1000)) intvl=$((intvl / 1000)) cnt=$cnt user_timeout=$MS" \
		"$name: a socket gets the values"

	# Timers may be late by an eighth, and one probe may be lost.
	tap_cmd "$name: one lost probe does not let the box forget ($(((idle + intvl) / 1000)) s + 1/8 < $timeout s)" \
		test $(((idle + intvl) * 9 / 8)) -lt $((timeout * 1000))
}

"$KAPCTL" presets > "$TMP/list" || tap_bail "kapctl presets: status $?"
nr=0
while read -r name timeout _; do
	[ "$name" != NAME ] || continue
	check_preset "$name" "${timeout%s}"
	nr=$((nr + 1))
done < "$TMP/list"
tap_cmd "there are presets ($nr)" test $nr -ge 5

# All of them at once, each in front of a port of its own.
flush
port=6000
rm -f "$TMP/all"
while read -r name _; do
	[ "$name" = NAME ] || "$KAPCTL" presets "$name" | sed -n "/^#/!s/\$/ port=$((++port))/p" >> "$TMP/all"
done < "$TMP/list"
tap_cmd 'all in one file: kapctl load' "$KAPCTL" load "$TMP/all"
tap_is "$(grep -c '^add ' $KAP/rules)" $nr 'all in one file: all are there'

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: --virtual --mem 1024 --timeout 900
# A rule that a change takes away and brings back is the same rule, whatever the
# number of rules; what a change of many rules costs, and for how long it keeps
# the processor from others. Run with --virtual: one instruction is a nanosecond.

# shellcheck source=tests/selftest/lib.sh
. "$(dirname "$0")/lib.sh"

MANY=65530
LATE=$SELFTEST/late

load_module

# The lines of a set, with what makes a transaction of them.
in_one()	# < LINES
{
	echo begin
	echo flush
	cat
	echo commit
}

# NUMBER rules of mixed keys and prios; every third has no name.
mixed()		# NUMBER
{
	awk -v n="$1" 'BEGIN {
		for (i = 1; i <= n; i++) {
			printf "%sport=%d raddr=10.%d.%d.0/24", i % 3 ? "name=r" i " " : "", i % 60000 + 1, i / 256 % 256, i % 256
			printf "%s%s idle=%ds\n", i % 5 ? "" : " prio=" i % 7, i % 11 ? "" : " cgroup=/a/b" i % 50, i % 1000 + 1
		}
	}'
}

# Sets MS: how long it takes to write FILE to the rules.
time_write()	# FILE
{
	local before

	uptime_ms
	before=$UPTIME_MS
	cat "$1" > $KAP/rules || tap_bail "$1: $(< $KAP/last_error)"
	uptime_ms
	MS=$((UPTIME_MS - before))
}

mixed $MANY | in_one > "$TMP/set"
time_write "$TMP/set"
loading=$MS
tap_is "$(wc -l < $KAP/rules)" $MANY "$MANY rules are loaded in $loading ms"
rules 'name=counted prio=0 dir=out port=7777 idle=9s'
probe_script << EOF
listen L 127.0.0.1 7777
connect C 127.0.0.1 7777
EOF
generation=$(< $KAP/generation)
id=$(rule_id counted)
cat $KAP/rules > "$TMP/before"

in_one < "$TMP/before" > "$TMP/again"
time_write "$TMP/again"
tap_is "$(< $KAP/generation)" "$generation" "loading what was read changes nothing ($MS ms)"
tap_cmd '  every rule has its place and its id' cmp "$TMP/before" $KAP/rules
tap_is "$(counter counted applied)" 1 '  and its counters'
tap_cmd '  it takes no longer than loading' test "$MS" -le $((loading * 11 / 10))

# Every rule but one, from the last to the first, and another one.
{ sed '/name=r7 /d' "$TMP/before" | tac; echo 'name=new idle=1s'; } | in_one > "$TMP/turned"
time_write "$TMP/turned"
tap_is "$(< $KAP/generation)" $((generation + 1)) "the same rules in another order are a change ($MS ms)"
tap_cmd '  ids and rules belong together as before' cmp <(grep -v 'name=r7 ' "$TMP/before" | sort) \
	<(grep -v name=new $KAP/rules | sort)
tap_is "$(grep -v prio= $KAP/rules | head -n 1)" "$(grep -v prio= "$TMP/before" | tail -n 1)" '  the order is that of the file'
tap_is "$(counter counted applied) $(rule_id counted)" "1 $id" '  counters are kept'
tap_cmd '  it takes at most half as long again as loading' test "$MS" -le $((loading * 3 / 2))

# Ids that are in no order: each can be found.
{ echo begin; awk 'NR % 2 { sub(".*# ", "del "); print }' $KAP/rules; echo commit; } > "$TMP/half"
time_write "$TMP/half"
tap_is "$(wc -l < $KAP/rules)" $(((MANY + 1) / 2)) "half of the rules are deleted by their ids ($MS ms)"

# Only a kernel that is not preempted has ways without a point to reschedule at.
late_by()	# DESC FILE
{
	local us

	us=$("$LATE" cp "$2" $KAP/rules) || tap_bail "late: $us $(< $KAP/last_error)"
	tap_cmd "$1: a task of the highest priority gets the processor $us us late" test "$us" -le 5000
}

change()	# DESC LINE...
{
	printf '%s\n' "${@:2}" > "$TMP/change"
	late_by "$1" "$TMP/change"
}
time_write "$TMP/set"
change 'nothing at all' '#'
change "add to $MANY rules" 'name=one port=5432 idle=60s'
change 'add in front' 'name=first prio=1 port=5432 idle=60s'
change 'delete by name' 'del name=one'
change 'delete by id' "del id=$(rule_id first)"
change 'delete and bring back' 'del name=r10' 'name=r10 port=11 raddr=10.0.10.0/24 prio=3 idle=11s'
change 'delete, add and abort' begin 'del name=r10' 'idle=1s' abort
late_by 'load the same again' "$TMP/set"
late_by 'load others' "$TMP/turned"
change 'flush' flush

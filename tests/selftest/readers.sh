#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: --smp 2 --timeout 900
# Readers see one whole set while sets are replaced as fast as can be. Every
# rule carries the number and the size of its set in its name: see sets.c.
# Run with --smp 2.

# shellcheck source=tests/selftest/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/selftest/writes.sh
. "$SELFTEST/writes.sh"

SETS=$SELFTEST/sets
# 3, 20 and 80 KB
SIZES=(40 250 1000)

load_module
log_mark
"$SETS" replace $KAP/rules start 1 0 250 > /dev/null || tap_bail 'no set can be written'
tap_cmd 'a set is read as it was written' "$SETS" check 250 < $KAP/rules
tap_cmd 'and its counters' "$SETS" check 250 < $KAP/counters
tap_cmd_fails 'the check sees when something is missing' eval "sed 3d $KAP/rules | $SETS check"
tap_cmd_fails 'and when something is mixed' eval "sed '3s/name=start.[0-9]*/name=start.99999/' $KAP/rules | $SETS check"

# The replacer goes on until it is told to stop; what it has done it says then.
"$SETS" replace $KAP/rules r 9000 0 "${SIZES[@]}" > "$TMP/replacer" &
replacer=$!
at_exit kill $replacer

set_has_changed()
{
	read -r now < $KAP/generation
	[ "$now" -gt "$generation" ]
}

wait_for_change()
{
	read -r generation < $KAP/generation
	wait_for 20 set_has_changed || tap_bail 'the set does not change any more'
}

wait_for_change
NO_MIXTURE='^whole=[1-9][0-9]* crossed=[1-9][0-9]* empty=0 bad=0 stale=0 gone=0 other=0$'
for chunk in 65536 4096 1000 61; do
	result=$("$SETS" read $KAP/rules 2 $chunk 60 2>&1)
	tap_like "$result" "$NO_MIXTURE" "rules, $chunk bytes a read: always one set, though it was replaced meanwhile"
	tap_diag "$result"
done
result=$("$SETS" read $KAP/counters 2 1000 60 2>&1)
tap_like "$result" "$NO_MIXTURE" 'counters, 1000 bytes a read'
tap_diag "$result"

# Many at a time.
for i in {1..6}; do
	file=rules
	((i % 2)) || file=counters
	"$SETS" read $KAP/$file 3 $((i * 97)) 60 > "$TMP/reader$i" 2>&1 &
	readers[i]=$!
done
wait "${readers[@]}"
tap_is "$(grep -cEh "$NO_MIXTURE" "$TMP"/reader? | xargs)" '1 1 1 1 1 1' 'six readers of rules and counters at a time'
tap_diag "$(cat "$TMP"/reader?)"

# The programs that people use.
line_by_line()
{
	while IFS= read -r line; do
		printf '%s\n' "$line"
	done < $KAP/rules
}

# COMMAND's output is one whole set, in COUNT tries.
whole_by()	# COUNT DESC COMMAND...
{
	local count=$1 desc=$2 bad='' i crossed=0

	shift 2
	for ((i = 0; i < count; i++)); do
		read -r generation < $KAP/generation
		"$@" > "$TMP/out" 2> "$TMP/stderr" || bad+="status $?, $(< "$TMP/stderr") "
		set_has_changed && crossed=$((crossed + 1))
		bad+=$("$SETS" check < "$TMP/out")
	done
	tap_is "$bad" '' "$desc"
	tap_diag "$crossed of $count while the set was replaced"
}
whole_by 15 'cat rules' cat $KAP/rules
whole_by 10 'cat counters' cat $KAP/counters
whole_by 10 'dd bs=100' dd bs=100 if=$KAP/rules
whole_by 2 'dd bs=1' dd bs=1 if=$KAP/rules
whole_by 3 'dd bs=1 of counters' dd bs=1 if=$KAP/counters
whole_by 3 'while read' line_by_line
whole_by 10 'cp' cp $KAP/rules /dev/stdout
whole_by 10 'grep' grep '' $KAP/rules

# Readers that stop at the first line: some leave, some stay.
bad=''
for i in {1..20}; do
	line=$(head -n 1 $KAP/rules) || bad+="status $? "
	[[ $line =~ ^'add name=r.'[0-9]+.0.[0-9]+\  ]] || bad+=$line
done
tap_is "$bad" '' '20 times head -n 1'
# Opens COUNT readers that stop behind the first line.
stop_readers()	# COUNT
{
	local i fd

	open=() first=()
	for ((i = 0; i < $1; i++)); do
		exec {fd}< $KAP/rules
		IFS= read -r 'first[i]' <&"$fd" || tap_bail "no first line: ${first[i]}"
		open+=("$fd")
	done
}

# They read on to the end; sets WHOLE, STALE and BAD.
go_on()
{
	local i fd error

	WHOLE=0 STALE=0 BAD=''
	for i in "${!open[@]}"; do
		fd=${open[i]}
		if error=$({ printf '%s\n' "${first[i]}"; cat <&"$fd" 2> "$TMP/stderr"; } | "$SETS" check); then
			WHOLE=$((WHOLE + 1))
		elif grep -q 'Stale file handle' "$TMP/stderr"; then
			STALE=$((STALE + 1))
		else
			BAD+="$error, $(< "$TMP/stderr"); "
		fi
		exec {fd}<&-
	done
	tap_diag "$WHOLE whole, $STALE ESTALE"
}

stop_readers 5
for i in {1..20}; do
	IFS= read -r -d '' now < $KAP/rules
	IFS= read -r -d '' now < $KAP/counters
done
wait_for_change
go_on
tap_is "$WHOLE $BAD" '5 ' '5 readers stop at the first line, 40 others read all, the 5 go on and see the rest of their set'
stop_readers 25
wait_for_change
result=$("$SETS" read $KAP/rules 2 4096 60 2>&1)
tap_like "$result" "$NO_MIXTURE" '25 readers have stopped at the first line: others read on'
go_on
tap_is "$BAD" '' 'and when they go on, they see the rest of their set or get ESTALE'
result=$("$SETS" read $KAP/rules 1 4096 2>&1)
tap_like "$result" '^whole=[1-9][0-9]* .* empty=0 bad=0 stale=0 gone=0 other=0$' 'when they have gone, too'

kill -0 $replacer || tap_not_ok 'the writer is still there'
kill $replacer
wait $replacer
tap_like "$(< "$TMP/replacer")" '^commits=[1-9][0-9]+ stale=0 gone=0 other=0$' 'the writer was never refused'
tap_diag "$(< "$TMP/replacer")"
log_is_empty 'nothing of this is in the kernel log'

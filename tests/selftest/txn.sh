#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: --timeout 600
# begin ... commit: one change over any number of write(2)s, cut anywhere,
# whatever becomes of the other writers and of this one.

# shellcheck source=tests/selftest/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/selftest/writes.sh
. "$SELFTEST/writes.sh"

OLD=$'add name=old keepalive=on idle=1s\n'

# The set is the one rule called old; SET, IDS and GENERATION are taken.
old_set()
{
	write_rules 'flush\nname=old idle=1s' || tap_bail "$REPLY"
	look
}

open_rules()	# FILE...
{
	local file

	for file; do
		must_ask w open "$file" $KAP/rules w
	done
}

# Writes TEXT, which has to be accepted and change nothing.
still()		# FILE TEXT DESC
{
	local before=$SET$IDS$GENERATION got

	ask w write "$1" "$2" && got=accepted || got=$REPLY
	look
	[ "$before" = "$SET$IDS$GENERATION" ] || got+=', and the set changed'
	tap_is "$got, last_error $LAST_ERROR" 'accepted, last_error ' "$3"
}

refused_write()	# FILE TEXT ERRNO WHERE-AND-TEXT DESC
{
	ask w write "$1" "$2"
	was_refused "$3" "$4" "$5"
}

# Writes TEXT, which is accepted and makes the set SET-TEXT in one change.
commits()	# FILE TEXT SET-TEXT DESC
{
	local before=$GENERATION got expected

	printf -v expected '%b' "$3"
	ask w write "$1" "$2" && got=accepted || got=$REPLY
	look
	tap_is "$got, changes: $((GENERATION - before)), last_error $LAST_ERROR"$'\n'"$SET" \
		"accepted, changes: 1, last_error "$'\n'"$expected" "$4"
}

load_module
start_writer
log_mark

# --- one change over many writes --------------------------------------------

old_set
open_rules f
still f 'begin\n' 'begin changes nothing'
still f 'name=a idle=2s\n' 'nor does an added rule'
still f 'flush\n' 'nor a flush'
still f 'name=b idle=3s\nname=c ' 'nor a line and a half'
still f 'idle=4s\n\n# comment\n\t \n' 'nor its other half, blanks and comments'
still f 'del name=b\n' 'nor a del'
commits f 'commit\n' 'add name=c keepalive=on idle=4s\n' 'commit does it all, as one change'
last=${IDS% }
commits f 'name=d idle=5s\n' 'add name=c keepalive=on idle=4s\nadd name=d keepalive=on idle=5s\n' \
	'after it the same file takes single changes'
tap_cmd 'ids go on counting up' test "${IDS##* }$(rule_id d)" -gt "$last"
still f '# once more\nbegin' 'and another transaction, behind a comment and without a newline'
still f '\nflush\n' '(its second write)'
commits f 'name=e idle=6s\ncommit' 'add name=e keepalive=on idle=6s\n' 'commit without a newline'
still f '\n' 'the newline may come later'
close_rules f
must_ask w open f $KAP/rules w
id=$(rule_id e)
commits f "begin\nname=x prio=3 idle=1s\ndel id=$id\nname=e prio=2 idle=7s\nname=y idle=8s\ndel name=x\ncommit # all\n" \
	'add name=e prio=2 keepalive=on idle=7s\nadd name=y keepalive=on idle=8s\n' 'a transaction in one write; add, del by id and name'
close_rules f
read -r -a ids <<< "$IDS"
tap_cmd 'its rules have new ids in their order' test $((id < ids[0] && ids[0] < ids[1])) = 1
look
write_rules 'begin\n# nothing\ncommit\n'
before=$GENERATION
look
tap_is "$REPLY $GENERATION" "23 $before" 'an empty transaction is accepted and is no change'
old_set
{ echo begin; (echo 'name=sub idle=2s'); sh -c 'echo name=child idle=3s; echo commit'; } >> $KAP/rules
look
tap_is "$SET" "${OLD}add name=sub keepalive=on idle=2s"$'\n''add name=child keepalive=on idle=3s'$'\n' \
	'the processes that share an open file share its transaction; >> does, too'

# --- cut anywhere -----------------------------------------------------------

# Splits TEXT (prober's escapes, no \x) into the array BYTES; cut_at then sets
# HEAD to the first AT of them and TAIL to the others.
split_bytes()	# TEXT
{
	local text=$1

	BYTES=()
	while [ -n "$text" ]; do
		if [[ $text == \\* ]]; then
			BYTES+=("${text:0:2}")
			text=${text:2}
		else
			BYTES+=("${text:0:1}")
			text=${text:1}
		fi
	done
}

cut_at()	# AT
{
	printf -v HEAD '%s' "${BYTES[@]:0:$1}"
	printf -v TAIL '%s' "${BYTES[@]:$1}"
	HEAD=${HEAD/# /\\x20} TAIL=${TAIL/# /\\x20}	# prober strips blanks
}

# Writes TEXT cut in two at FROM, FROM + 1 ... TO. BAD: where not both
# writes were accepted, or the set then is not SET-TEXT.
cut_everywhere()	# TEXT FROM TO SET-TEXT
{
	local at got expected

	printf -v expected '%b' "$4"
	split_bytes "$1"
	BAD=''
	for ((at = $2; at <= $3; at++)); do
		must_ask w write reset 'flush\nname=old idle=1s'
		cut_at $at
		open_rules f
		got=
		ask w write f "$HEAD" || got="$REPLY "
		ask w write f "$TAIL" || got+="$REPLY "
		close_rules f
		look
		[ "$got$SET" = "$expected" ] || BAD+="$HEAD | $TAIL: $got$SET"$'\n'
	done
}

TEXT="begin # start\n# comment\n\n\tname=a port=80,443 idle=60s # c\nflush\n\
add name=b prio=5 raddr=10.0.0.0/8,::1 detect=30s\nname=c action=skip port=22\ndel name=c\n\
  name=c cgroup=/x/** cnt=3\ncommit \n"
NEW="add name=b prio=5 raddr=10.0.0.0/8,::1 keepalive=on idle=15s intvl=5s cnt=3 user_timeout=auto\n\
add name=c cgroup=/x/** keepalive=on cnt=3\n"
open_rules reset
split_bytes "$TEXT"
length=${#BYTES[@]}
cut_everywhere "$TEXT" 5 $((length - 1)) "$NEW"
tap_is "${BAD:0:500}" '' "$length bytes in two writes, cut at every byte behind begin"
cut_everywhere "$TEXT" 1 4 ''
tap_like "$BAD" '^(b[^|]* \| [^|]+: err EINVAL err EINVAL add name=old keepalive=on idle=1s..){4}$' \
	'cut within begin: both refused, nothing changed'
cut_everywhere "${TEXT%?????????}commit # the end\n" $((length - 1)) $((length + 8)) "$NEW"
tap_is "${BAD:0:500}" '' 'a comment behind commit, cut at every byte'
cut_everywhere "${TEXT%?????????}abort # the end\n" $((length - 8)) $((length + 7)) "$OLD"
tap_is "${BAD:0:500}" '' 'abort and a comment behind it, cut at every byte'
open_rules f
still f 'begin\nflush\n' 'a transaction'
commits f 'name=q idle=2s\ncommit # don' 'add name=q keepalive=on idle=2s\n' 'commit, half of its comment'
commits f 'e; flush\nname=r idle=3s\n' 'add name=q keepalive=on idle=2s\nadd name=r keepalive=on idle=3s\n' \
	'the other half is no command, the next line is'
must_ask w write f 'begin\ncommit # open end'
must_ask w seek f 0
commits f 'flush\n' '' 'a write at offset 0 does not belong to that comment'
close_rules f

old_set
split_bytes "$TEXT"
open_rules f
accepted=0
for byte in begin "${BYTES[@]:5}"; do
	ask w write f "${byte/ /\\x20}" && accepted=$((accepted + 1))
done
close_rules f
look
printf -v expected '%b' "$NEW"
tap_is "$accepted $SET" "$((length - 4)) $expected" 'a byte a write'

# What the kernel cuts at 4096 bytes: around that, commit at every place.
bad=''
for ((size = 4086; size <= 4102; size++)); do
	for end in '' $'\n'; do
		must_ask w write reset 'flush\nname=old idle=1s'
		printf -v pad '%*s' $((size - 35 - ${#end})) ''
		printf '%s' $'begin\nflush\n# '"$pad"$'\nname=n idle=2s\ncommit'"$end" > "$TMP/text"
		cat "$TMP/text" 2> "$TMP/stderr" > $KAP/rules
		status=$?
		look
		[ "$status $SET" = $'0 add name=n keepalive=on idle=2s\n' ] ||
			bad+="$(wc -c < "$TMP/text") bytes, ends in \"commit${end/$'\n'/\\n}\": status $status, $SET"
	done
done
tap_is "${bad:0:500}" '' 'a file of about 4096 bytes, commit at every place, with and without a newline'

# --- errors -----------------------------------------------------------------

old_set
open_rules f
still f 'begin\nname=a idle=2s\n' 'a transaction that will fail'
refused_write f 'name=b idle=3s\nname=c port=80,x idle=4s\nname=d idle=5s\n' EINVAL '4:16-16: number expected' \
	'the line is counted within the transaction'
refused_write f 'name=e idle=6s\n' EINVAL '4:16-16: number expected' 'what follows is refused, the error stays'
refused_write f 'flush\n' EINVAL '4:16-16: number expected' 'flush as well'
refused_write f 'commit\n' EINVAL '4:16-16: number expected' 'and commit'
must_ask w seek f 0
commits f 'begin\nname=a idle=2s\ncommit\n' "${OLD%$'\n'}\nadd name=a keepalive=on idle=2s\n" 'from offset 0 it begins anew'
close_rules f

bad=''
TEXT='begin\n#\nname=a idle=2s\n port=80,443,70000 idle=60s\ncommit\n'
split_bytes "$TEXT"
old_set
before=$SET$IDS$GENERATION
for ((at = 5; at < ${#BYTES[@]}; at++)); do
	cut_at $at
	open_rules f
	got=
	ask w write f "$HEAD" || got=first
	ask w write f "$TAIL" || got+=second
	close_rules f
	look
	[[ $got == *second && $LAST_ERROR == '4:14-18: port out of range (1-65535)' && $before == "$SET$IDS$GENERATION" ]] ||
		bad+="$HEAD | $TAIL: $got $LAST_ERROR"$'\n'
done
tap_is "${bad:0:500}" '' 'an error is at the same line and column wherever the text is cut, and nothing is applied'

old_set
error_in()	# TEXT ERRNO WHERE-AND-TEXT DESC
{
	open_rules f
	ask w write f 'begin\nname=a idle=2s\n'
	refused_write f "$1" "$2" "$3" "$4"
	refused_write f 'commit\n' "$2" "$3" '  (and commit, with the same error)'
	close_rules f
}
error_in 'begin\n' EINVAL '3:1-5: begin inside a transaction' 'begin inside begin'
error_in 'name=old idle=2s\n' EEXIST '3:6-8: name taken by another rule' 'EEXIST: a rule from before'
error_in 'name=a idle=2s\n' EEXIST '3:6-6: name taken by another rule' 'EEXIST: a rule of the transaction'
error_in 'flush\ndel name=old\n' ENOENT '4:10-12: no rule has this name' 'ENOENT: flushed'
error_in 'del name=a\ndel name=a\n' ENOENT '4:10-10: no rule has this name' 'ENOENT: deleted twice'
at_exit eval "echo 65536 > $KAP/max_rules"
echo 2 > $KAP/max_rules
error_in '\nidle=3s\n' ENOSPC '4:1-7: more rules than max_rules' 'ENOSPC'
echo 65536 > $KAP/max_rules
open_rules f
refused_write f 'begin\nflush\ncommit\nname=late idle=1s\n' EINVAL \
	'4:1-17: nothing may follow commit or abort in the same write' 'a rule behind commit in the same write: not even the flush'
close_rules f
open_rules f
refused_write f 'name=a idle=1s\ncommit\n' EINVAL '2:1-6: no transaction is open on this file' 'commit without begin'
refused_write f 'abort\n' EINVAL '1:1-5: no transaction is open on this file' 'abort without begin'
still f 'begin\nflush\nname=a idle=2s\n' 'a transaction'
still f 'abort\n' 'abort'
refused_write f 'commit\n' EINVAL '1:1-6: no transaction is open on this file' 'and commit after it'
close_rules f
open_rules f
still f 'begin\nname=a' 'a transaction'
must_ask w seek f 4096
refused_write f ' idle=2s\ncommit\n' EINVAL \
	'2:1-1: write does not continue where the last one of the transaction ended' 'a write elsewhere in the file'
close_rules f
{ printf 'begin\nflush\nname='; printf '%0270000d' 1; echo; echo commit; } > "$TMP/long"
cat "$TMP/long" 2> /dev/null > $KAP/rules && tap_diag 'accepted'
look_before=$SET
look
tap_is "$SET$LAST_ERROR" "${look_before}3:1-262145: line too long (262144 bytes at most)" 'a line that is too long'

# A rule of nearly 256 KiB, in chunks of 4096 bytes.
LONG="uid=$(seq -s, 100000 137400) keepalive=on idle=1s"
{ printf 'begin\nflush\n'; echo "$LONG"; echo commit; } > "$TMP/long"
tap_cmd 'a rule of 256 KiB is accepted' cp "$TMP/long" $KAP/rules
{ printf 'begin\nflush\n'; cat $KAP/rules; echo commit; } > "$TMP/again"
tap_is "$((${#LONG} > 261500))" 1 'it is that long'
tap_cmd 'and can be written back' cp "$TMP/again" $KAP/rules
tap_cmd 'whole' diff <(echo "add $LONG") <(sed 's/  # id=[0-9]*$//' $KAP/rules)

# --- left open, overtaken ---------------------------------------------------

old_set
bad=0
for i in {1..50}; do		# the new file may well be where the old one was
	open_rules f
	must_ask w write f 'begin\nflush\n'
	close_rules f
	open_rules f
	((i % 2)) && must_ask w seek f 12
	ask w write f 'commit\n' && bad=$((bad + 1))
	close_rules f
done
was_refused EINVAL '1:1-6: no transaction is open on this file' 'a transaction left open is not that of the next file'
tap_is "$bad" 0 'in 50 tries'

old_set
open_rules f g
still f 'begin\nflush\nname=f idle=2s\n' 'a transaction'
ask w write g 'name=bad idle=0\n'
was_refused EINVAL '1:15-15: idle out of range (1s-32767s)' 'a refused write of another writer'
commits f 'commit\n' 'add name=f keepalive=on idle=2s\n' 'does not overtake it'
still f 'begin\nflush\nname=f idle=3s\n' 'another'
commits g 'name=g idle=4s\n' 'add name=f keepalive=on idle=2s\nadd name=g keepalive=on idle=4s\n' 'a change of another writer'
ask w write f 'name=h idle=5s\n'
ask w write f 'commit\n'
look
tap_like "$REPLY $LAST_ERROR" '^err ESTALE [0-9]+:[0-9]+-[0-9]+: transaction overtaken by another change of the rules$' \
	'does: ESTALE'
printf -v expected '%b' 'add name=f keepalive=on idle=2s\nadd name=g keepalive=on idle=4s\n'
tap_is "$SET" "$expected" 'and nothing of the overtaken one is there'
must_ask w seek f 0
commits f 'begin\nflush\nname=f idle=3s\ncommit\n' 'add name=f keepalive=on idle=3s\n' 'it can try again'
close_rules f g
open_rules f g
still f 'begin\nflush\nname=f idle=6s\n' 'two transactions at once'
still g 'begin\nname=g idle=7s\n' '(the other)'
commits g 'commit\n' 'add name=f keepalive=on idle=3s\nadd name=g keepalive=on idle=7s\n' 'the first to commit wins'
ask w write f 'commit\n'
was_refused ESTALE '4:1-6: transaction overtaken by another change of the rules' 'the other gets ESTALE'
close_rules f g

old_set
answers=''
for i in {1..20}; do
	open_rules "t$i"
	must_ask w write "t$i" "begin\nflush\nname=t$i idle=${i}s\n"
done
for i in {20..1}; do
	ask w write "t$i" 'commit\n' && REPLY=ok
	look
	answers+="$REPLY $SET"
	close_rules "t$i"
done
loser="err ESTALE add name=t20 keepalive=on idle=20s"$'\n'
losers=
for i in {1..19}; do
	losers+=$loser
done
tap_is "$answers" "ok ${loser#err ESTALE }$losers" '20 transactions at once: one is committed, 19 get ESTALE'
tap_is "$LAST_ERROR" '1:1-1: transaction dropped: too many were open at once' \
	'the first had been dropped for those after it, and is told so'

old_set
for i in {1..10}; do
	open_rules "t$i"
	must_ask w write "t$i" "begin\nflush\nname=t$i idle=${i}s\n"
done
for i in {10..2}; do
	must_ask w write "t$i" 'abort\n'
	close_rules "t$i"
done
commits t1 'commit\n' 'add name=t1 keepalive=on idle=1s\n' '10 at once: the first can still be committed when the others are aborted'
close_rules t1

# --- two writers at full speed ----------------------------------------------

"$SELFTEST/sets" replace $KAP/rules start 1 0 10 > /dev/null
"$SELFTEST/sets" replace $KAP/rules a 4 100 10 25 > "$TMP/a" &
a=$!
"$SELFTEST/sets" replace $KAP/rules b 4 70 12 > "$TMP/b" &
b=$!
at_exit kill $a $b
tap_like "$("$SELFTEST/sets" read $KAP/rules 4 4096)" '^whole=[1-9][0-9]* crossed=[0-9]+ empty=0 bad=0 stale=0 gone=0 other=0$' \
	'two writers of transactions at once: every set that is seen is whole'
wait $a
status=$?
wait $b
tap_is "$status $?" '0 0' 'they get no error but ESTALE'
tap_like "$(< "$TMP/a") $(< "$TMP/b")" '^commits=[1-9][0-9]* .*commits=[1-9][0-9]* ' 'both do commit'
tap_diag "$(< "$TMP/a"); $(< "$TMP/b")"

# --- whose error ------------------------------------------------------------

# Others write, good and bad, as fast as can be; kapctl says what was wrong with
# its own change all the same.
old_set
others()
{
	while :; do
		echo 'port=0 idle=1s'
		echo '# nothing'
		echo 'del name=nobody'
	done 2> /dev/null > $KAP/rules
}
others &
others=$!
at_exit kill $others
bad=''
for i in {1..30}; do
	error=$(kapctl add port=1 name=old idle=9s 2>&1)
	[[ $error == *':1:13: error: name taken'* ]] || bad+="$error"$'\n'
	error=$(kapctl del name=nothing 2>&1)
	[[ $error == *'error: no rule '* ]] || bad+="$error"$'\n'
done
kill $others
wait $others 2> /dev/null
tap_is "${bad:0:500}" '' 'beside writers that are refused for other reasons, kapctl says its own'
tap_is "$(kapctl show | grep -c old)" 1 'and nothing has changed'

# --- forgotten ones ---------------------------------------------------------

available()
{
	awk '/^MemAvailable:/ { print $2 }' /proc/meminfo
}

old_set
printf -v line 'cgroup=/%03000d idle=1s' 1
printf 'begin\nflush\n' > "$TMP/text"
for i in {1..25}; do
	printf '%s\n' "$line"
done >> "$TMP/text"
cat "$TMP/text" > $KAP/rules
before=$(available)
for i in {1..50}; do
	cat "$TMP/text" > $KAP/rules || tap_bail "$(< $KAP/last_error)"
done
grown=$((before - $(available)))
tap_diag "50 transactions of $(wc -c < "$TMP/text") bytes: $grown kB"
tap_cmd '50 transactions left open do not pile up' test $grown -lt 2000
look
tap_is "$SET" "$OLD" 'and have changed nothing'

log_is_empty 'nothing of this is in the kernel log'

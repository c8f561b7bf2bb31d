#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: --timeout 600
# May share a machine with others.
# The files of /sys/kernel/kapolicy: what they are, what can be written, and
# what is said when it cannot. Transactions are in txn.sh.

# shellcheck source=tests/selftest/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/selftest/writes.sh
. "$SELFTEST/writes.sh"

VECTORS=$SELFTEST/../vectors

abi='' now='' was='' error='' max='' after=''		# what slurp sets

load_module
start_writer
log_mark

# --- the files --------------------------------------------------------------

tap_is "$(cd $KAP && find . -type f | LC_ALL=C sort | xargs)" \
	"./abi_version ./apply ./counters ./enabled ./features/hold ./features/stall ./generation ./last_error ./max_rules ./rules \
./stats/app_set ./stats/applied ./stats/connections ./stats/held ./stats/matched ./stats/not_held ./stats/timed_out" 'the files are there, and no others'
tap_is "$(find $KAP ! -user 0 -o ! -group 0)" '' 'all are owned by root'
tap_is "$(find $KAP -perm /o+w -o -perm /g+w)" '' 'nobody else may write to any'
tap_is "$(cd $KAP && find . -type f -perm /u+w | LC_ALL=C sort | xargs)" './apply ./enabled ./max_rules ./rules' \
	'four can be written to'
slurp abi $KAP/abi_version
tap_is "$abi" $'1\n' 'abi_version is 1'
for file in counters generation last_error abi_version stats/matched; do
	ask w open ro $KAP/$file w && ask w write ro '1\n'
	tap_like "$REPLY" '^err (EACCES|EIO|EPERM|EINVAL)$' "$file cannot be written to, even by root"
	ask w close ro
done

# The session may not write TEXT to the file: at open or at write.
denied()	# SESSION FILE TEXT ERRNO DESC
{
	local was now

	slurp was "$KAP/$2"
	ask "$1" open f "$KAP/$2" w && ask "$1" write f "$3"
	slurp now "$KAP/$2"
	[ "$was" = "$now" ] || REPLY+=', but it changed'
	tap_is "$REPLY" "err $4" "$5"
	ask "$1" close f
}

only_rules 'port=22 action=skip'
session nocap
must_ask nocap dropcap 12
session nsroot
must_ask nsroot userns
session nobody
must_ask nobody become 65534
for what in 'rules idle=1s' 'enabled 0' 'max_rules 7'; do
	denied nocap "${what% *}" "${what#* }" EPERM "${what% *}: root without CAP_NET_ADMIN may not write"
	denied nsroot "${what% *}" "${what#* }" EPERM "${what% *}: nor root of a user namespace"
	denied nobody "${what% *}" "${what#* }" EACCES "${what% *}: nor anybody else"
done
end_session nocap
end_session nsroot
end_session nobody

# --- writing, one change a write --------------------------------------------

flush
echo 'port=5432 detect=30s' > $KAP/rules
look
DETECT='port=5432 keepalive=on idle=15s intvl=5s cnt=3 user_timeout=auto'
tap_is "$SET" "add $DETECT"$'\n' 'one rule by echo, and how it reads back'
accepts 'add name=a idle=1s' "add $DETECT\nadd name=a keepalive=on idle=1s\n" 'add, without a newline at the end'
accepts 'flush' '' 'flush'
accepts '# c\n\n \t \nname=b idle=2s#c\n  add\tname=c   idle=3s  # c\n\n' \
	'add name=b keepalive=on idle=2s\nadd name=c keepalive=on idle=3s\n' 'several lines, blanks and comments in one write'
accepts 'name=d prio=5 idle=4s\nname=e prio=65535 idle=5s\nname=f prio=999 idle=6s\nname=g idle=7s\n' \
	"add name=d prio=5 keepalive=on idle=4s\nadd name=f prio=999 keepalive=on idle=6s\n\
add name=b keepalive=on idle=2s\nadd name=c keepalive=on idle=3s\nadd name=g keepalive=on idle=7s\n\
add name=e prio=65535 keepalive=on idle=5s\n" 'the order is by prio, then as added'
tap_is "$IDS" "$(awk -F= '{ print $2 }' <<< "$(grep -o 'id=[0-9]*$' $KAP/rules)" | xargs) " 'each line ends in its id'
mapfile -t ids <<< "${IDS// /$'\n'}"
tap_is "$((ids[0] > ids[3])) $((ids[2] < ids[3])) $((ids[3] < ids[4])) $((ids[0] < ids[5]))" '1 1 1 1' \
	'ids count up in the order of adding'
tap_is "$(rule_id d) $(rule_id e)" "${ids[0]} ${ids[5]}" 'counters have the same ids'
keep=${SET/add name=c +([^$'\n'])$'\n'/}
accepts 'destroy name=c' "$keep" 'destroy name='
slurp before $KAP/generation
write_rules 'destroy name=c'
slurp after $KAP/generation
tap_is "$REPLY $((after - before))" '14 0' 'destroy, and there is none'
keep=${keep/add name=f +([^$'\n'])$'\n'/}
accepts "del id=${ids[1]}" "$keep" 'del id='
keep=${keep/add name=b +([^$'\n'])$'\n'/}
accepts "del name=b # gone\nname=b prio=0 idle=9s\n\ndel id=$(rule_id e)\n" \
	"add name=b prio=0 keepalive=on idle=9s\n${keep/add name=e +([^$'\n'])$'\n'/}" 'del and add in one write; the name is free'
accepts 'name=x idle=1s\nflush\nname=y idle=2s\nname=z idle=3s\ndel name=y' 'add name=z keepalive=on idle=3s\n' \
	'lines are done in their order'
last=${IDS% }
accepts 'flush\nname=x idle=1s' 'add name=x keepalive=on idle=1s\n' 'flush and add replace the set'
tap_cmd 'ids are not used again' test "${IDS% }" -gt "$last"
look
before=$GENERATION
{ sh -c 'echo name=p idle=1s'; sh -c 'echo name=q idle=2s'; } > $KAP/rules
look
tap_is "$((GENERATION - before)) $SET" \
	$'2 add name=x keepalive=on idle=1s\nadd name=p keepalive=on idle=1s\nadd name=q keepalive=on idle=2s\n' \
	'{ echo a; echo b; } is two changes'
write_rules '# nothing\n\n \t\n'
tap_is "$REPLY" 14 'a write of blanks and comments is accepted'
before=$GENERATION
look
tap_is "$GENERATION" "$before" 'and is no change'

# --- what was read can be written -------------------------------------------

cat > "$TMP/all" << 'END'
name=all prio=7 cgroup=/a/**/b?c/*.scope dir=out port=80,443,8000-8999 lport=1024-65535 rport=5432 laddr=10.0.0.0/8,fc00::/7 raddr=192.0.2.1,2001:db8::1 uid=0,33,1000-1999 keepalive=on idle=60s intvl=10s cnt=5 user_timeout=105s mode=force
name=off prio=7 dir=in keepalive=off mode=force
prio=3 uid=1 user_timeout=1500ms mode=clamp
cnt=127
name=skip prio=65535 port=1 action=skip
END
flush
cat "$TMP/all" > $KAP/rules
cat $KAP/rules > "$TMP/saved"
{
	sed -n '/prio=3 /s/^/add /p' "$TMP/all"
	sed -n '/prio=7 /s/^/add /p' "$TMP/all"
	echo 'add keepalive=on cnt=127'
	sed -n '/name=skip/s/^/add /p' "$TMP/all"
} > "$TMP/expected"
tap_cmd 'every key reads back in canonical order' diff "$TMP/expected" <(sed 's/  # id=[0-9]*$//' "$TMP/saved")
write_back()
{
	flush
	look
	tap_is "$SET" '' "flushed, for $1"
	"$@" < "$TMP/saved" > $KAP/rules
	tap_cmd "what was read can be written back as it is: $1" \
		diff "$TMP/expected" <(sed 's/  # id=[0-9]*$//' $KAP/rules)
}
write_back cat
write_back dd bs=4095 status=none
write_back tee
write_back sed ''
flush
tap_cmd 'cp accepts it as a target' cp "$TMP/saved" $KAP/rules
tap_cmd 'and what it wrote is there' diff "$TMP/expected" <(sed 's/  # id=[0-9]*$//' $KAP/rules)
cat $KAP/rules > "$TMP/saved"
tap_is "$(dd bs=1 if=$KAP/rules status=none)" "$(< "$TMP/saved")" 'read byte by byte'
tap_is "$(tail -c +101 $KAP/rules)" "$(tail -c +101 "$TMP/saved")" 'read from an offset'
tap_is "$(dd bs=7 skip=20 count=5 if=$KAP/rules status=none)" "$(dd bs=7 skip=20 count=5 if="$TMP/saved" status=none)" \
	'a part from the middle'
tap_is "$(dd bs=1000 skip=20 if=$KAP/rules status=none 2> /dev/null)" '' 'nothing behind the end'
tap_like "$(< $KAP/counters)" \
	'^id=[0-9]+ matched=0 applied=0 app_set=0 held=0 timed_out=0'$'\n''id=[0-9]+ name=all matched=0 applied=0 app_set=0 held=0 timed_out=0'$'\n' \
	'counters: a line a rule, in the same order'
tap_is "$(sed -E 's/ matched=[0-9]+ applied=[0-9]+ app_set=[0-9]+ held=[0-9]+ timed_out=[0-9]+$//' $KAP/counters)" \
	"$(sed -E 's/^add (name=[^ ]+) .*# (id=[0-9]+)$/\2 \1/; s/.*# (id=[0-9]+)$/\1/' "$TMP/saved")" 'counters: every rule with id and name'
tap_is "$(cat $KAP/stats/* | grep -cEx '[0-9]+')" 7 'stats: a number a file'

# The vectors of the parser's unit tests, through the front door.
must_ask w open rules $KAP/rules w
bad=() count=0
while IFS= read -r line; do
	ask w write rules "flush\n${line%% => *}"
	slurp now $KAP/rules
	printf -v expected '%b' "${line#* => }"
	count=$((count + 1))
	[ "${now%  # id=*}" = "add $expected" ] || bad+=("$line: $REPLY, $now")
done < <(grep -v -e '^#' -e '^$' "$VECTORS/accept.txt")
tap_is "$((count > 100)) ${bad[*]}" '1 ' "$count rules of accept.txt read back as they should"
bad=() count=0
must_ask w write rules 'flush\nname=stays idle=77s'
look
before=$SET$IDS$GENERATION
while read -r name where line; do
	ask w write rules "$line"
	slurp now $KAP/last_error
	count=$((count + 1))
	[[ $REPLY$now =~ ^'err EINVAL1:'$where': '[^$'\n']{5,}$'\n'$ ]] || bad+=("$name $where $line: $REPLY, $now")
	look
	[ "$before" = "$SET$IDS$GENERATION" ] || bad+=("$line: changed the set")
done < <(grep -v -e '^#' -e '^$' "$VECTORS/refuse.txt")
tap_is "$((count > 100)) ${bad[*]}" '1 ' "$count lines of refuse.txt are refused, with their position, and change nothing"
close_rules rules

# --- refusals ---------------------------------------------------------------

only_rules 'name=a prio=1 idle=1s' 'name=b idle=2s'
refuses EINVAL '1:13-17: port out of range (1-65535)' 'port=80,443,70000 idle=60s' 'EINVAL at an element of a list'
refuses EINVAL '1:9-11: unknown key' 'idle=1s foo=1\n' 'EINVAL at an unknown key'
refuses EINVAL '1:9-12: key given twice' 'idle=1s idle=2s\n' 'EINVAL at a repeated key'
refuses EINVAL '4:7-12: whole seconds expected' '# one\n\nidle=3s\n\tidle=1500ms # x\nidle=4s' \
	'the line is counted within the write, a tab is one column, and the good lines are not added either'
refuses EINVAL '2:14-15: unit needed (ms, s, m or h)' 'flush\nuser_timeout=30\n' 'a flush in a refused write does nothing'
refuses EINVAL '3:1-3: unknown command (add, del, destroy, flush, begin, commit, abort or key=value)' 'del name=a\nadd idle=3s\nfoo' \
	'nor a del, nor an add'
refuses EEXIST '1:6-6: name taken by another rule' 'name=a idle=3s' 'EEXIST'
refuses EEXIST '3:14-16: name taken by another rule' 'name=new idle=1s\n\nidle=2s name=new\n' 'EEXIST within a write'
refuses ENOENT '1:8-27: no rule has this id' 'del id=18446744073709551614' 'ENOENT: id'
refuses ENOENT '2:10-12: no rule has this name' 'del name=b\ndel name=foo\n' 'ENOENT: name'
refuses EINVAL '1:9-10: destroy takes name=X' 'destroy id=1\n' 'EINVAL: destroy by id'
refuses ENOENT '2:10-10: no rule has this name' 'flush\ndel name=a' 'ENOENT: flushed before in the same write'
refuses EINVAL '1:1-6: no transaction is open on this file' 'commit' 'EINVAL: commit without begin'
refuses EINVAL '2:1-5: begin must be the first command of a write' 'idle=5s\nbegin\n' 'EINVAL: begin is late'
slurp error $KAP/last_error
tap_is "$error" $'2:1-5: begin must be the first command of a write\n' 'last_error stays, and is one line'
write_rules '# accepted'
slurp error $KAP/last_error
tap_is "$error" '' 'last_error is empty after an accepted write'

# --- sizes ------------------------------------------------------------------

# SIZE bytes of lines RULE: as many as fit, and a comment.
make_text()	# SIZE
{
	awk -v size="$1" 'BEGIN {
		for (nr = 1; ; nr++) {
			line = sprintf("port=%d idle=%ds\n", nr, nr % 32767 + 1)
			if (done + length(line) > size - 1)
				break
			printf "%s", line
			done += length(line)
		}
		printf "#"
		for (done++; done < size; done++)
			printf "x"
	}'
}

# One write(2) of that many bytes, in which all ports are rules.
write_size()	# SIZE
{
	make_text "$1" > "$TMP/text"
	[ "$(wc -c < "$TMP/text")" -eq "$1" ] || tap_bail "no text of $1 bytes"
	STATUS=0
	dd bs="$1" count=1 status=none if="$TMP/text" of=$KAP/rules 2> "$TMP/stderr" || STATUS=$?
	look
}

flush
write_size 4095
tap_is "$STATUS $SET" "0 $(sed -nE 's/^(port=[0-9]+) (.*)$/add \1 keepalive=on \2/p' "$TMP/text")"$'\n' '4095 bytes in a write'
for size in 4096 4097 200000; do
	only_rules 'name=a idle=1s'
	look
	before=$SET$IDS$GENERATION
	write_size $size
	[ "$before" = "$SET$IDS$GENERATION" ] || STATUS='the set changed'
	tap_like "$STATUS $LAST_ERROR $(< "$TMP/stderr")" \
		'^1 [0-9]+:[0-9]+-[0-9]+: write of 4096 bytes or more outside begin ... commit .*Argument list too long' \
		"$size bytes outside a transaction: E2BIG, nothing changed"
done
for size in 4095 4096 4097 8192 200000; do
	rules 'name=a idle=1s'
	make_text $((size - 19)) > "$TMP/text"
	printf 'begin\nflush\n%s\ncommit' "$(< "$TMP/text")" > "$TMP/whole"
	read -r before < $KAP/generation
	cat "$TMP/whole" > $KAP/rules
	STATUS=$?
	read -r GENERATION < $KAP/generation
	tap_is "$STATUS $(wc -c < "$TMP/whole") $((GENERATION - before)) $(sed 's/  # id=[0-9]*$//' $KAP/rules | cksum)" \
		"0 $size 1 $(sed -nE 's/^(port=[0-9]+) (.*)$/add \1 keepalive=on \2/p' "$TMP/text" | cksum)" \
		"$size bytes inside a transaction"
done
cat $KAP/rules > "$TMP/saved"
flush
{ echo begin; cat "$TMP/saved"; echo commit; } > $KAP/rules
tap_cmd "$(wc -l < "$TMP/saved") rules, $(wc -c < "$TMP/saved") bytes, read and written back" \
	diff <(sed 's/  # id=[0-9]*$//' "$TMP/saved") <(sed 's/  # id=[0-9]*$//' $KAP/rules)

# --- max_rules, enabled -----------------------------------------------------

flush
slurp max $KAP/max_rules
tap_is "$max" $'65536\n' 'max_rules is 65536'
at_exit eval "echo 65536 > $KAP/max_rules"
tap_cmd 'max_rules can be set' sh -c "echo 3 > $KAP/max_rules"
rules 'name=a idle=1s' 'name=b idle=2s'
refuses ENOSPC '2:1-7: more rules than max_rules' 'idle=3s\nidle=4s' 'ENOSPC, and not a part of the write'
accepts 'name=c idle=3s' 'add name=a keepalive=on idle=1s\nadd name=b keepalive=on idle=2s\nadd name=c keepalive=on idle=3s\n' \
	'max_rules rules are allowed'
refuses ENOSPC '1:1-11: more rules than max_rules' 'add idle=4s' 'one more is not'
accepts 'del name=a\nname=d idle=4s' 'add name=b keepalive=on idle=2s\nadd name=c keepalive=on idle=3s\nadd name=d keepalive=on idle=4s\n' \
	'one for another'
echo 2 > $KAP/max_rules
tap_is "$(< $KAP/max_rules) $(wc -l < $KAP/rules)" '2 3' 'max_rules below what is there: the rules stay'
refuses ENOSPC '1:1-7: more rules than max_rules' 'idle=5s' 'and no more come'
accepts 'del name=b' 'add name=c keepalive=on idle=3s\nadd name=d keepalive=on idle=4s\n' 'they can go'
echo 65536 > $KAP/max_rules
for what in max_rules:{x,-1,,1.5,2x,1048577} enabled:{x,-1,,2}; do
	file=${what%:*}
	slurp was "$KAP/$file"
	write_file "$file" "${what#*:}\n"
	tap_like "$REPLY $(< "$KAP/$file")" "^err (EINVAL|ERANGE) ${was%?}$" "$file: \"${what#*:}\" is refused and changes nothing"
done
read -r before < $KAP/generation
for value in 0 1 '0\n' '1\n'; do
	write_file enabled "$value"
	tap_is "$(< $KAP/enabled)" "${value:0:1}" "enabled: $value"
done
tap_is "$(< $KAP/generation)" "$before" 'enabled is no change of the set'

log_is_empty 'nothing of this is in the kernel log'

# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2016,SC2154,SC2317
# load: a file becomes one transaction.

rules='printf "%s\n" "# mine" "add port=1 idle=90s" "" "	port=2 detect=30s # two" >r.conf; '

t 'load' "${rules}kapctl load r.conf; echo \"exit \$?\"; cat \"\$sys/rules\""
t 'load: stdin' 'echo port=1 idle=90s | kapctl load -; echo "exit $?"; cat "$sys/rules"'
t 'load: no newline at the end' 'printf "port=1 idle=90s" | kapctl load -; cat "$sys/rules"'
t 'load: nothing in it' 'kapctl load /dev/null; echo "exit $?"; cat "$sys/rules"'
t 'load: a preset that is not there: the rules stay' 'kapctl presets frob | kapctl load -; echo "exit $?"; head -n 1 "$sys/rules"'
t 'load: comments only' 'echo "# none" >r; kapctl load -n r'
t 'load: no rule in two files' ': >a; : >b; kapctl load a b'
t 'load: --empty' 'kapctl load --empty /dev/null; cat "$sys/rules"'
t 'load: says what it did' 'sed "1d; s/ *#.*//" "$sys/rules" >r; echo port=1 idle=90s >>r; kapctl load r'
t 'load: nothing new' 'kapctl save >r; kapctl load r'
t 'load: quiet' 'kapctl save >r; kapctl load -q r; kapctl load -nq r'
t 'load: disabled' 'echo 0 >"$sys/enabled"; kapctl save | kapctl load -'
t 'load: rules in force that are of a newer module' 'echo "add frob=1 idle=20s  # id=1" >"$sys/rules"; echo port=1 idle=90s | kapctl load -'
t 'load: JSON' "${rules}kapctl load -j r.conf"
t 'load: -n changes nothing' "${rules}kapctl load -n r.conf; echo \"exit \$?\"; head -n 1 \"\$sys/rules\""
t 'load: -n needs no module' "${rules}rm -r \"\$sys\"; kapctl load -n r.conf"
t 'load: -n with an error' 'echo port=0 idle=90s | kapctl load -n -'
t 'load: no such file' 'kapctl load nowhere.conf'
t 'load: no such file, JSON' 'kapctl load nowhere.conf -j'
t 'load: a directory' 'kapctl load .'
t 'load: errors change nothing' 'printf "port=1 idle=90s\nport=0 idle=90s\nfrob\n" >r.conf
kapctl load r.conf; echo "exit $?"; head -n 1 "$sys/rules"'
t 'load: a name twice' 'printf "name=a port=1 idle=90s\nport=2 name=a idle=90s\n" | kapctl load -'
t 'load: the name of a rule in force' 'echo name=pg port=1 idle=90s | kapctl load -; cat "$sys/rules"'
t 'load: commands' 'printf "begin\nflush\nport=1 idle=90s\ndel id=1\ncommit\nabort\n" | kapctl load -'
t 'load: warnings' 'echo port=1 idle=300s | kapctl load -; echo "exit $?"; tail -n 2 "$sys/rules"'
t 'load: --strict changes nothing' 'echo port=1 idle=300s | kapctl load --strict -; echo "exit $?"; head -n 1 "$sys/rules"'
t 'load: --strict without warnings' 'echo port=1 idle=90s | kapctl load --strict -; echo "exit $?"'
t 'load: CR LF' 'printf "port=1 idle=90s\r\n" | kapctl load -'
t 'load: no module' "${rules}rm -r \"\$sys\"; kapctl load r.conf"
t 'load: more than 100 errors' \
	'seq -f "port=%.0f idle=70000s" 1 150 | kapctl load - 2>&1 | tail -n 4'
t 'load: more than 100 errors, JSON' \
	'seq -f "port=%.0f idle=70000s" 1 150 | kapctl load - -j 2>/dev/null | jq -c "[.error.line, (.errors | length)]"'

many_rules() {
	awk 'BEGIN {
		for (i = 1; i <= 65536; i++)
			printf "name=r%d port=5432 uid=%d detect=30s\n", i, i
	}'
}

# the module counts the lines of the transaction: begin and flush come first
t 'load: refused, no room' "${rules}refused 28 '4:1-19: more rules than max_rules' load r.conf"
t 'load: refused, rules overlap' "${rules}refused 28 '9:1-6: too many rules overlap in all that they match by (id=7 to id=4711)' load r.conf"
t 'load: refused, in another line' "${rules}refused 28 '6:2-18: more rules than max_rules' load r.conf"
t 'load: refused, JSON' "${rules}refused 28 '6:2-18: more rules than max_rules' load -j r.conf | jq -c .error"
t 'load: refused, overtaken' "${rules}refused 116 '7:1-6: transaction overtaken by another change of the rules' load r.conf"
t 'load: refused, overtaken at the first line' "${rules}refused 116 '1:1-5: transaction overtaken by another change of the rules' load r.conf"
t 'load: refused, dropped' "${rules}refused 116 '3:1-6: transaction dropped: too many were open at once' load r.conf"
t 'load: refused, not root' "${rules}refused 1 '' load r.conf"
t 'load: refused, by an error only the module knows' "${rules}refused 22 '4:5-10: unknown key' load r.conf"

# --- several files are one set, and one change

three_files() {
	printf 'name=a port=1 idle=90s\n\n' >a
	printf '# two\nname=b port=2 idle=90s' >b
	echo name=c port=3 idle=90s >c
}

t 'load: several files' 'three_files; kapctl load a b c; echo "exit $?"; cat "$sys/rules"'
t 'load: several files, one of them stdin' 'three_files; kapctl load a - c <b; cat "$sys/rules"'
t 'load: several files, JSON' 'three_files; kapctl load -j a b c'
t 'load: several files, -n' 'three_files; kapctl load -n a b c; echo "exit $?"; head -n 1 "$sys/rules"'
t 'load: several files, one is not there' 'three_files; kapctl load a nowhere c; echo "exit $?"; head -n 1 "$sys/rules"'
t 'load: several files, errors name theirs' 'three_files; echo port=0 idle=1s >>a; echo frob >>c; kapctl load a b c'
t 'load: several files, a name twice' 'three_files; echo name=a port=4 idle=1s >>c; kapctl load a b c'
t 'load: the same file twice' 'three_files; kapctl load a a'
t 'load: several files, covered' 'three_files; echo port=1 dir=in idle=9s >>c; kapctl load -n a b c'
t 'load: several files, covered, --strict, JSON' 'three_files; echo dir=in port=2 idle=9s >>c; kapctl load -n --strict -j a b c'
t 'load: several files, in the order of prio' 'three_files; echo prio=1 name=all idle=9s >>c; kapctl load -n a c'
# begin and flush, two lines of a, two of b, then c
t 'load: several files, refused' 'three_files; refused 28 "7:1-22: more rules than max_rules" load a b c'
t 'load: several files, refused in the first' 'three_files; refused 28 "3:1-22: more rules than max_rules" load a b c'
t 'load: several files, refused behind a line without its end' 'three_files; refused 28 "6:1-22: more rules than max_rules" load a b c'
t 'load: several files, overtaken' 'three_files; refused 116 "8:1-6: transaction overtaken by another change of the rules" load a b c'
t 'load: several files, refused, nobody knows where' 'three_files; refused 12 "" load a b c'

check 'load: 65536 rules in writes of 4096 bytes' '
many_rules >big.conf
strace -e trace=write -o trace "$KAPCTL" load big.conf 2>/dev/null || "$KAPCTL" load big.conf || exit 1
if [ -s trace ]; then ! grep -E "= (409[7-9]|4[1-9][0-9][0-9]|[5-9][0-9]{3}|[0-9]{5,})$" trace || exit 1; fi
{ printf "begin\nflush\n"; cat big.conf; echo commit; } | cmp - "$sys/rules"'
check 'load: refused in the middle of 65536 rules' '
many_rules >big.conf
export REFUSE_FROM=100
refused 28 "40002:1-9: more rules than max_rules" load big.conf 2>err
[ $? = 1 ] && head -n 1 err && [ "$(head -n 1 err)" = "big.conf:40000:1: error: more rules than max_rules" ]'
check 'load: what save prints' '
"$KAPCTL" save >saved && "$KAPCTL" load --strict saved || exit 1
{ printf "begin\nflush\n"; cat saved; echo commit; } | cmp - "$sys/rules" || exit 1
sed -e 1,2d -e "\$d" "$sys/rules" >again && cp again "$sys/rules" &&
"$KAPCTL" save | cmp - saved'

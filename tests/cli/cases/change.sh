# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2016,SC2154,SC2317
# add, del, flush, enable, disable: what they write, and what the module says.

wrote='; echo "exit $?"; cat "$sys/rules"'

t 'add' "kapctl add name=web port=443 idle=90s$wrote"
t 'add: words joined' "kapctl add 'name=web port=443' idle=90s$wrote"
t 'add: JSON' "kapctl add -j name=web port=443 idle=90s"
t 'add: a comment' "kapctl add port=443 idle=90s '# why'$wrote"
t 'add: no rule but a command' 'kapctl add flush; tail -n 1 "$sys/rules"'
t 'add: two lines' 'kapctl add "port=1 idle=90s
flush"; tail -n 1 "$sys/rules"'
t 'add: nothing' 'kapctl add ""'
t 'add: error' 'kapctl add port=80,443,70000 idle=90s'
t 'add: error, JSON' 'kapctl add -j port=80,443,70000 idle=90s'
t 'add: error comes before no module' 'rm -r "$sys"; kapctl add port=0'
t 'add: warning' "kapctl add dir=out rport=80 idle=300s$wrote"
t 'add: warning, JSON' 'kapctl add -j dir=out rport=80 idle=300s'
t 'add: --strict writes nothing' 'kapctl add --strict dir=out rport=80 idle=300s; echo "exit $?"; tail -n 1 "$sys/rules"'
t 'add: covered by a rule in force' 'kapctl add prio=20 raddr=10.1.0.0/16 idle=90s; echo "exit $?"'
t 'add: covers a rule in force' 'kapctl add prio=11 dir=in lport=5000-7000 idle=90s; echo "exit $?"'
t 'add: covers one rule in force' 'kapctl add prio=11 port=5000-7000 idle=90s; echo "exit $?"'
t 'add: covers several rules in force' 'kapctl add prio=1 idle=90s; echo "exit $?"'
t 'add: says nothing of rules in force' 'echo "add idle=300s user_timeout=1s  # id=12" >>"$sys/rules"
kapctl add prio=1 port=1 idle=90s; echo "exit $?"'
t 'add: the longest rule there can be' \
	'kapctl add port=1 idle=90s "# $(printf %04073d 0)"; echo "exit $?"; cut -c 1-40 "$sys/rules"; wc -c <"$sys/rules"'
t 'add: a long rule' 'kapctl add "cgroup=/$(printf %04090d 0) idle=1s"; echo "exit $?"; cut -c 1-40 "$sys/rules"; wc -c <"$sys/rules"'

t 'add: stdin' "printf 'name=a port=1 idle=90s\n# x\nname=b port=2 idle=90s\n' | kapctl add -$wrote"
t 'add: a file' "echo port=1 idle=90s >r; kapctl add -f r$wrote"
t 'add: a preset' "kapctl presets aws-nlb | kapctl add -$wrote"
t 'add: no such preset: nothing is changed' "kapctl presets frob | kapctl add -$wrote"
t 'add: an error in the second of three' 'printf "port=1 idle=90s\nport=0 idle=90s\nport=3 idle=90s\n" | kapctl add -'
t 'add: a file and a rule' 'kapctl add -f r port=1 idle=90s'
t 'add: refused in the second line' 'printf "port=1 idle=90s\nname=pg port=2 idle=90s\n" | refused 17 "3:6-7: name taken by another rule" add -'
t 'add: quiet' 'kapctl add -q port=1 idle=90s'
t 'add: disabled' 'echo 0 >"$sys/enabled"; kapctl add port=1 idle=90s'

t 'replace' "kapctl replace name=pg port=5432 detect=60s$wrote"
t 'replace: one that is not there' "kapctl replace name=new port=5432 detect=60s$wrote"
t 'replace: without a name' 'kapctl replace port=5432 detect=60s'
t 'replace: several' "printf 'name=pg port=1 idle=90s\nname=b port=2 idle=90s\n' | kapctl replace -$wrote"
t 'replace: what it replaces does not cover it' 'kapctl replace name=pg port=5432 idle=20s'
t 'replace: refused' 'refused 28 "3:5-25: more rules than max_rules" replace name=pg port=1 idle=90s'

t 'add: refused, name taken' 'refused 17 "2:15-16: name taken by another rule" add port=1 name=pg idle=90s'
t 'add: refused, name taken, JSON' 'refused 17 "2:15-16: name taken by another rule" add port=1 name=pg idle=90s -j | jq -c .error'
t 'add: refused, no room' 'refused 28 "2:1-19: more rules than max_rules" add port=1 idle=90s'
t 'add: refused, no memory' 'refused 12 "2:1-19: out of memory" add port=1 idle=90s'
t 'add: refused, no reason left' 'refused 12 "" add port=1 idle=90s'
t 'add: refused, a reason not understood' 'refused 12 "because" add port=1 idle=90s'
t 'add: refused, not root' 'refused 1 "1:1-1: stale" add port=1 idle=90s 2>&1'
if [ "$(id -u)" != 0 ] || setpriv --version >/dev/null 2>&1; then
	t 'add: not allowed to write' 'chmod 444 "$sys/rules"; kapctl_as_user add port=1 idle=90s'
	t 'show: not allowed to read' 'chmod 400 "$sys/rules"; [ "$(id -u)" = 0 ] || chmod 000 "$sys/rules"; kapctl_as_user show'
	t 'enable: not allowed to write' 'chmod 444 "$sys/enabled"; kapctl_as_user enable'
else
	t_skip 'add: not allowed to write' 'is root, and has no setpriv'
	t_skip 'show: not allowed to read' 'is root, and has no setpriv'
	t_skip 'enable: not allowed to write' 'is root, and has no setpriv'
fi

t 'del: by id' "kapctl del id=4$wrote"
t 'del: by name' "kapctl del name=pg$wrote"
t 'del: JSON' 'kapctl del -j name=pg'
t 'del: two' 'kapctl del id=4 id=2'
t 'del: a rule' 'kapctl del port=1'
t 'del: no value' 'kapctl del id='
t 'del: id 0' 'kapctl del id=0'
t 'del: no number' 'kapctl del id=x'
t 'del: refused, no such id' 'refused 2 "2:8-9: no rule has this id" del id=99'
t 'del: refused, no such name' 'refused 2 "2:10-13: no rule has this name" del name=nope'

t 'flush' "kapctl flush$wrote"
t 'flush: JSON' 'kapctl flush -j'

t 'enable' 'echo 0 >"$sys/enabled"; kapctl enable; cat "$sys/enabled"'
t 'disable' 'kapctl disable; cat "$sys/enabled"'
t 'disable: JSON' 'kapctl disable -j'

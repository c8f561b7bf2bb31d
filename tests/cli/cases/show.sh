# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2016,SC2154,SC2317
# show, save, stats, version: what only reads.

t 'show: as the module prints it, when piped' 'kapctl show | cmp - "$sys/rules" && echo same'
t 'show: JSON' 'kapctl show -j'
t 'show: no rules' ': >"$sys/rules"; : >"$sys/counters"; kapctl show'
t 'show: no rules, JSON' ': >"$sys/rules"; : >"$sys/counters"; kapctl show -j'
t 'show: counters in another order, and of a rule that is gone' \
	'sort -r "$sys/counters" >c; echo "id=1 matched=99 applied=99 app_set=99 held=99 timed_out=99" >>c; cp c "$sys/counters"
kapctl show -j | jq -c ".rules[] | [.id, .counters.matched]"'
t 'show: every match key and option, JSON' 'cat >"$sys/rules" <<EOF
add name=all prio=0 cgroup=/a/**/b dir=out port=1-5,7 lport=8 rport=9-10 laddr=::1,10.0.0.0/8 raddr=2001:db8::/32 uid=0,1000-2000 keepalive=off user_timeout=1ms mode=force  # id=18446744073709551
EOF
kapctl show -j'
t 'show: a table on a terminal' 'on_tty 130 show'
t 'show: a narrow terminal' 'on_tty 80 show'
t 'show: COLUMNS' 'KAPCTL="env COLUMNS=300 $KAPCTL"; on_tty 80 show'
t 'show: a long cgroup on a terminal' 'echo "add cgroup=/kubepods.slice/kubepods-burstable.slice/**/cri-containerd-*.scope idle=20s  # id=1" >"$sys/rules"; export NO_COLOR=1; on_tty 100 show'
t 'show: NO_COLOR' 'export NO_COLOR=1; on_tty 130 show'
t 'show: an empty NO_COLOR is none' 'export NO_COLOR=; on_tty 130 show | head -n 1'
t 'show: no colours on a dumb terminal' 'export TERM=dumb; on_tty 130 show | head -n 2'
t 'show: disabled, no rules, on a terminal' \
	'echo 0 >"$sys/enabled"; : >"$sys/rules"; : >"$sys/counters"; on_tty 130 show'
t 'show: a rule for everything, one rule, on a terminal' \
	'echo "add keepalive=on  # id=1" >"$sys/rules"; export NO_COLOR=1; on_tty 130 show'
t 'show: a long list on a terminal' \
	'echo "add port=$(seq -s, 1 2 99) uid=0 idle=20s  # id=1" >"$sys/rules"; export NO_COLOR=1; on_tty 100 show'
t 'show: a cgroup with characters the terminal must not see' \
	'printf "add cgroup=/b\303\274cher/\302\233x/\377 idle=20s  # id=1\n" >"$sys/rules"; export NO_COLOR=1; on_tty 130 show; kapctl show -j | jq -r ".rules[0].match.cgroup" | od -c'
t 'show: rules of a newer module' 'echo "add frob=1 idle=20s  # id=1" >"$sys/rules"; kapctl show; kapctl show -j'
t 'show: a file is missing' 'rm "$sys/counters"; kapctl show -j >/dev/null'
t 'show: a number that is none' 'echo many >"$sys/generation"; kapctl show -j >/dev/null'
t 'show: another version of the interface' 'echo 2 >"$sys/abi_version"; kapctl show'

t 'save: without ids' 'kapctl save'
t 'save: JSON' 'kapctl save -j'
t 'save: no rules' ': >"$sys/rules"; kapctl save'

t 'stats: piped' 'kapctl stats'
t 'stats: JSON' 'kapctl stats -j'
t 'stats: prometheus' 'kapctl stats --prometheus'
t 'stats: on a terminal' 'on_tty 100 stats'
t 'stats: a file is missing' 'rm "$sys/stats/app_set"; kapctl stats'
check 'stats: prometheus format is in order' 'kapctl stats --prometheus | awk "
	/^# HELP / { help = \$3; next }
	/^# TYPE / { if (\$3 != help) exit 1; type = \$3; if (seen[type]++) exit 1; next }
	{ split(\$1, name, \"{\"); if (name[1] != type || \$2 !~ /^[0-9]+\$/ || NF != 2) exit 1; n++ }
	END { if (n < 9) exit 1 }"'

t 'version' 'kapctl version'
t 'version: --version and -V' 'kapctl --version | head -n 1; kapctl -V | head -n 1'
t 'version: JSON' 'kapctl version -j'
t 'version: no module' 'rm -r "$sys"; kapctl version; kapctl version -j'
t 'version: a module that does not say which' 'rm -r "$KAPCTL_SYS/module"; kapctl version'

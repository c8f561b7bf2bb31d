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
# rules as they are met: long lists, paths of 200 characters, wide characters
many_kinds() {
	export NO_COLOR=1 LC_ALL=C.UTF-8
	cat >"$sys/rules" <<-EOF
		add name=lan prio=10 raddr=10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,127.0.0.0/8,fd00::/8,::1 action=skip  # id=4
		add name=pg dir=out port=5432 keepalive=on idle=15s intvl=5s cnt=3 user_timeout=auto  # id=2
		add name=pod cgroup=/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod3f4e8a9c_1b2d_4f4e_8a9c_1b2d3f4e8a9c.slice/cri-containerd-$(printf %064d 7).scope keepalive=on idle=2h  # id=14
		add name=wide cgroup=/中文中文中文/$(printf '文%.0s' $(seq 50)) dir=in keepalive=on idle=90s intvl=10s mode=clamp  # id=17
		add name=a-name-as-long-as-a-name-can-be dir=out lport=1024-2000 keepalive=off mode=force  # id=15
		add name=aws raddr=$(seq -s, -f 3.%.0f.0.0/16 0 199) keepalive=on idle=120s intvl=30s cnt=4 user_timeout=1500ms  # id=16
		add keepalive=on  # id=12345
	EOF
	printf 'id=%d matched=%d applied=%d app_set=%d held=12345 timed_out=%d\n' >"$sys/counters" \
		4 9999 0 0 0 2 10000 9999 1 999 14 99999 99999 0 1000000 17 999999 1 0 0 \
		15 123456789 1 2 3 16 0 0 0 0 12345 9223372036854775807 1 1 1
}
for width in 80 100 200; do
	t "show: many kinds, $width columns" "many_kinds; on_tty $width show"
	check "show: never wider than $width columns" \
		"many_kinds; on_tty $width show >out; cat out; [ \"\$(wc -L <out)\" -le $width ]"
done
t 'show: --table when piped' 'kapctl show --table'
t 'show: --table when piped, COLUMNS' 'COLUMNS=130 kapctl show --table'
t 'show: disabled, when piped' 'echo 0 >"$sys/enabled"; kapctl show | head -n 2'
t 'show: one rule' 'on_tty 80 show pg'
t 'show: one rule, by id, piped' 'kapctl show id=9'
t 'show: one rule, JSON' 'kapctl show name=lan -j | jq -c "[.rules[].id]"'
t 'show: one rule, a long list, disabled' 'many_kinds; echo 0 >"$sys/enabled"; COLUMNS=60 kapctl show --table lan'
t 'show: one rule, no such' 'kapctl show nope; kapctl show id=99'
t 'show: --unused' 'many_kinds; kapctl show --unused; kapctl show --unused --table'
t 'show: --unused, none' 'kapctl show --unused; kapctl show --unused --table'
t 'show: --sort' 'many_kinds; for key in matched applied app_set held timed_out name id prio; do echo $key $(kapctl show --sort $key -j | jq .rules[].id); done'
t 'show: --sort, unknown' 'kapctl show --sort rank'
t 'show: --sort, piped' 'kapctl show --sort id | cut -c 1-20'
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
t 'stats: many kinds, 80 columns' 'many_kinds; on_tty 80 stats'
check 'stats: never wider than 80 columns' \
	"many_kinds; on_tty 80 stats >out; cat out; [ \"\$(wc -L <out)\" -le 80 ]"
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

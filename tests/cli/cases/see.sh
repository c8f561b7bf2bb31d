# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2016,SC2154,SC2317
# connections and audit, of a host in a directory whose kernel has the sockets
# of a file. What is seen of real ones is tested by tests/selftest/see.sh.

need_sockets

process() {	# PID NAME INODE...
	local pid=$1 fd=3

	mkdir -p "$host/proc/$pid"/{fd,task}
	echo "$2" >"$host/proc/$pid/comm"
	for inode in "${@:3}"; do
		ln -s "socket:[$inode]" "$host/proc/$pid/fd/$((fd++))"
	done
}

cgroup() {	# PATH ID
	mkdir -p "$host/sys/fs/cgroup$1"
	echo "$2" >"$host/sys/fs/cgroup$1/id"
}

# A database server with an application beside it.
shop() {
	new_host
	cp "$sockets" "$host/sockets.so"
	mkdir -p "$host"/proc/{self/ns,sys/net/ipv4} "$host/run/netns"
	: >"$host/proc/self/ns/net"
	ln "$host/proc/self/ns/net" "$host/run/netns/host"
	echo '25 20 0:22 net:[4026531840] /run/netns/host rw - nsfs nsfs rw' >"$host/proc/self/mountinfo"
	echo 'cgroup2 /sys/fs/cgroup cgroup2 rw 0 0' >"$host/proc/self/mounts"
	cgroup /system.slice/postgresql.service 11
	cgroup /system.slice/shop.service 12
	cgroup /system.slice/ssh.service 13
	process 701 postgres 100 101 102
	process 702 shop 103 104 105
	process 703 sshd 106 107
	cat >"$host/sockets" <<-'END'
	10 0.0.0.0 5432 0.0.0.0 0 100 110 0 0 0 11 0 7200 75 9 0
	10 :: 22 :: 0 106 0 0 0 0 13 0 7200 75 9 0
	1 10.0.0.5 5432 10.0.0.7 40001 101 110 0 12000 0 11 0 7200 75 9 0
	1 10.0.0.5 5432 10.0.0.8 40002 102 110 512 95000 1 11 0 7200 75 9 0
	1 10.0.0.5 50001 192.0.2.10 6379 103 1000 0 4200 2 12 1 60 10 6 0
	1 10.0.0.5 50002 192.0.2.11 5432 104 1000 0 31000 2 12 1 15 5 3 28125
	8 10.0.0.5 50003 192.0.2.12 443 105 1000 0 7500000 0 12 0 7200 75 9 0
	1 2001:db8::5 22 2001:db8:77:ffff:ffff:ffff:ffff:1 61234 107 0 36 150 2 13 1 7200 75 9 0
	4 10.0.0.5 50004 192.0.2.13 443 0 1000 1 61000 1 0 0 7200 75 9 0
	END
}

look=(/usr/bin/env LD_PRELOAD=/sockets.so /usr/sbin/kapctl)

see() {
	in_host "${look[@]}" "$@"
}

on_screen() {	# COLUMNS ARGUMENT...
	KAPCTL="$(declare -p host look); $(declare -f in_host); in_host \"\${look[@]}\"" \
		SHELL=/bin/bash on_tty "$@"
}

t_host 'connections: 80 columns' 'shop; on_screen 80 connections'
t_host 'connections: 200 columns' 'shop; on_screen 200 connections'
t_host 'connections: no terminal' 'shop; see connections'
t_host 'connections: JSON' 'shop; see connections -j'
t_host 'connections: some' 'shop; see connections state=close-wait; see connections program=sshd; see connections pid=702 raddr=192.0.2.8/30'
t_host 'connections: none' 'shop; see connections port=9'
t_host 'connections: names' 'shop; echo "redis 6379/tcp" >$host/etc/services; echo "app:x:1000:1::/:/bin/sh" >$host/etc/passwd
printf "192.0.2.10 # cache\n10.0.0.7\n" >$host/list
see connections raddr=@/list; see connections port=redis; see connections unit=ssh.service; see connections uid=app state=close-wait'
t_host 'connections: what a file would set' 'shop; echo "name=pg port=5432 detect=30s" >$host/r.conf; on_screen 200 connections -f r.conf dir=in'
t_host 'connections: a file with an error' 'shop; echo "port=0 detect=30s" >$host/r.conf; see connections -f r.conf'
t_host 'connections: without the module' 'shop; rm -r $host/sys/kernel; see connections port=5432'
t_host 'audit: 80 columns' 'shop; on_screen 80 audit'
t_host 'audit: 200 columns' 'shop; on_screen 200 audit'
t_host 'audit: no terminal' 'shop; see audit'
t_host 'audit: JSON' 'shop; see audit -j'
t_host 'audit: --prometheus' 'shop; see audit --prometheus'
t_host 'audit: --max' 'shop; see audit --max 5m port=443'

# Each answer is as Documentation/connections.schema.json says.
follows_schema() {	# ARGUMENT...
	see connections -j "$@" >answer
	python3 "$here/schema.py" "$top/Documentation/connections.schema.json" answer
}

if can_host; then
	check 'schema: connections' 'shop; follows_schema'
	check 'schema: without the module' 'shop; rm -r $host/sys/kernel; follows_schema'
	check 'schema: the dry run' 'shop; echo "dir=in detect=30s" >$host/r.conf; follows_schema -f r.conf'
	check 'schema: none' 'shop; follows_schema port=9'
	check 'schema: an error' 'shop; follows_schema port=0'
	check 'schema: another document' 'echo "{\"connections\": [{}], \"skipped\": 3}" >answer
		! python3 "$here/schema.py" "$top/Documentation/connections.schema.json" answer >why && grep -q "connections/0: dir is missing" why'
fi

# Each line is one of the exposition format, each metric is described before
# its samples, and none has the same labels twice.
check_metrics() {
	awk -v name='[a-z_][a-z0-9_]*' '
	/^# HELP / { help[$3]++; next }
	/^# TYPE / { if (help[$3] != 1 || type[$3]++ || $4 != "gauge") bad(); now = $3; next }
	$0 !~ "^" name "[{](" name "=\"([^\"\\\\]|\\\\[\\\\\"n])*\",?)*[}] ([0-9]+([.][0-9]+)?|[+]Inf)$" { bad() }
	{ split($0, a, "{"); sub(/ [^ ]*$/, ""); if (a[1] != now || seen[$0]++) bad(); n++ }
	function bad() { print NR ": " $0; failed = 1 }
	END { exit failed || !n }' "$1"
}

if can_host; then
	check 'metrics: the format' 'shop; see audit --prometheus >metrics; check_metrics metrics'
	check 'metrics: labels' 'shop; echo "a\"b\\c d" >$host/proc/702/comm; see audit --prometheus >metrics
		check_metrics metrics && grep -qF "program=\"a\\\"b\\\\c d\"" metrics'
	check 'metrics: twice is not the format' 'shop; see audit --prometheus >metrics; tail -n 1 metrics >>metrics; ! check_metrics metrics'
fi

refused_filter() {	# FILTER
	t "filter: refused: $1" "kapctl connections $1"
}

refused_filter 'stat=established'
refused_filter 'state=dead'
refused_filter 'state='
refused_filter 'pid=0'
refused_filter 'pid=1 pid=2'
refused_filter 'name=pg'
refused_filter 'port=0'
refused_filter 'state=established uid=no-such-user'
refused_filter 'remote-port=443'
refused_filter 'raddr=@/no/such/file'
refused_filter 'state=established rport=443,x program=sshd'
t 'filter: audit has the same' 'kapctl audit stat=established'

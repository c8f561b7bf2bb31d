#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What tests/bench/run has done in the guest: one line of figures for each measurement, for
# report.py. "round=N" in front counts repetitions; nothing is loaded that a line does not name.
set -euo pipefail

BENCH=/bench
K=$BENCH/kapbench
SYSFS=/sys/kernel/kapolicy
BPF=/sys/fs/bpf
CGROUP=/sys/fs/cgroup

round=0

measure() { # COMMAND...: its figures, with the round
	"$@" | sed "s/^/round=$round /"
}

conn() { # LABEL OPTION...
	measure "$K" conn --what "$1" --batches "$batches" --per 50 "${@:2}"
}

conn_dynamic() { # LABEL OPTION...: by the program that a library can be put in front of
	local preload=()
	[[ $1 != libkeepalive ]] || preload=(KEEPIDLE=60 KEEPINTVL=5 KEEPCNT=3 LD_PRELOAD="$BENCH/libkeepalive.so")
	measure env "${preload[@]}" "$K-dynamic" conn --what "$1" --batches "$batches" --per 50 "${@:2}"
}

module_in() { insmod /kapolicy/kapolicy.ko; }
module_out() { [[ ! -d $SYSFS ]] || rmmod kapolicy; }

load_rules() { # KIND:N [--memory]
	measure "$K" load "$@"
}

bpf_load() {
	mountpoint -q "$BPF" || mount -t bpf bpf "$BPF"
	bpftool prog loadall "$BENCH/sockops.o" "$BPF/prog" pinmaps "$BPF/maps"
}

bpf_on() { # port:N
	"$K" bpfmap "$BPF/maps/ports" "$1"
	bpftool cgroup attach "$CGROUP" sock_ops pinned "$BPF/prog/keepalive"
}

bpf_off() { bpftool cgroup detach "$CGROUP" sock_ops pinned "$BPF/prog/keepalive"; }


# Addresses of random connections.
routes() {
	ip route replace local 10.0.0.0/8 dev lo
	ip -6 route replace local fd00::/8 dev lo
}

rows_memory() { # KIND:N...: loading and memory, each in a freshly loaded module
	local spec
	for spec; do
		module_in
		load_rules "$spec" --memory
		module_out
	done
}

rows_random() { # KIND:N...
	local spec plan
	routes
	for spec; do
		plan=$BENCH/plan-${spec/:/-}
		module_in
		load_rules "$spec"
		measure "$K" random --what "kap:$spec" --plan "$plan" --repeat "$repeat"
		module_out
	done
}

rows_peers() {
	conn setsockopt --setsockopt
	conn_dynamic base-dynamic
	conn_dynamic libkeepalive --expect lib
}

rows_bpf() { # N...
	local n
	for n; do
		bpf_on "port:$n"
		conn "bpf:port:$n:match" --rules "port:$n" --expect rules
		((n > 65535)) || conn "bpf:port:$n:miss" --rules "port:$n" --miss
		bpf_off
	done
}

rows_kapolicy() { # N...
	local n
	module_in
	conn kap:empty
	for n; do
		load_rules "port:$n"
		conn "kap:port:$n:match" --rules "port:$n" --expect rules
		((n > 65535)) || conn "kap:port:$n:miss" --rules "port:$n" --miss
		echo 0 >"$SYSFS/enabled"
		((n != 1)) || conn kap:disabled --rules "port:$n"
		echo 1 >"$SYSFS/enabled"
	done
	module_out
}

# The time of the thread, for what the writer takes is not a connection's cost.
rows_replace() { # N...
	local n writer from
	conn base-thread --clock thread
	module_in
	for n; do
		load_rules "port:$n"
		conn "kap:still:port:$n" --rules "port:$n" --expect rules --clock thread
		from=$(<"$SYSFS/generation")
		"$K" replace "port:$n" 10 &
		writer=$!
		conn "kap:replace:port:$n" --rules "port:$n" --expect rules --clock thread
		kill "$writer"
		wait "$writer" || :
		echo "round=$round replaced what=kap:replace:port:$n times=$(($(<"$SYSFS/generation") - from))"
		echo flush >"$SYSFS/rules"
	done
	module_out
}

rows_option() {
	module_in
	echo 'port=9 idle=60s' >"$SYSFS/rules"
	measure "$K" option base:nodelay 5432 nodelay 0 1
	measure "$K" option base:keepalive 5432 keepalive 0 1
	measure "$K" option base:idle 5432 idle 300 100
	measure "$K" option base:intvl 5432 intvl 100 90
	printf 'flush\nport=9 detect=40s mode=force\n' >"$SYSFS/rules"
	measure "$K" option other 5432 nodelay 0 1
	measure "$K" option lost 5432 idle 300 100
	printf 'flush\nport=5432 detect=40s mode=force\n' >"$SYSFS/rules"
	measure "$K" option held:keepalive 5432 keepalive 0 0 1
	measure "$K" option held:idle 5432 idle 300 100 22
	measure "$K" option held:intvl 5432 intvl 100 90 6
	printf 'flush\nport=5432 detect=40s\n' >"$SYSFS/rules"
	measure "$K" option followed:idle 5432 idle 300 100
	measure "$K" option followed:intvl 5432 intvl 100 90
	module_out
}

# Later setsockopt() calls, and connections that exist.
later() {
	rows_option
	module_in
	measure "$K" apply 50000
	module_out
}

quick() {
	batches=5 repeat=8
	rows_memory mixed:65536
	rows_random mixed:65536
	bpf_load
	# What "nothing" costs varies by ten with the place of its slabs, and every row is compared with it: 984 to 1,002
	# for the same module. So the median of three rounds counts here, too.
	for round in {1..3}; do
		conn base
		rows_bpf 1
		rows_kapolicy 1 10000
	done
	# How the slabs stand is not the same in every process, so the median of five counts. Three were too few: of the
	# same module they gave 953 to 998 instructions.
	batches=50
	for round in {1..5}; do rows_replace 1; done
}

full() {
	local sizes=(1 10 100 1000 10000 65536)
	rows_memory {port,mixed,owned}:{10000,65536} hostile:65536
	repeat=8
	rows_random "${sizes[@]/#/mixed:}" owned:65536
	bpf_load
	for round in {1..7}; do
		batches=5
		conn base
		rows_peers
		rows_bpf "${sizes[@]}"
		rows_kapolicy "${sizes[@]}"
		batches=50
		rows_replace 1 10000
	done
}

# Real time, in short turns, for the machine below has other work too: in each round every one has its turn, in an order that changes.
rate() { # ROUNDS MS
	local who order=(nothing bpf kapolicy)
	bpf_load
	for ((round = 1; round <= $1; round++)); do
		order=("${order[@]:1}" "${order[0]}")
		for who in "${order[@]}"; do
			with "$who" measure "$K" rate --what "$who" --rules port:1 --ms "$2"
		done
	done
}

with() { # nothing|bpf|kapolicy COMMAND... --rules SPEC ...
	case $1 in
	nothing) "${@:2}" ;;
	bpf)
		bpf_on port:1
		"${@:2}" --expect
		bpf_off
		;;
	kapolicy)
		module_in
		"$K" load port:1 >/dev/null
		"${@:2}" --expect
		module_out
		;;
	esac
}

# Connections opened and closed in great number: what stays, and how long it takes.
churn() { # COUNT
	local who
	bpf_load
	# the first time around, what the kernel keeps for any connection fills up
	"$K" rate --rules port:1 --count 20000 >/dev/null
	for who in nothing kapolicy; do
		measure "$K" memory "$who:before"
		with "$who" measure "$K" rate --what "churn:$who" --rules port:1 --count "$1"
		measure "$K" memory "$who:after"
	done
}

"$@"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: --smp 2 --timeout 900
# Unloaded while programs change socket options without pause, some of them
# stopped, traced, frozen or killed in the middle of a call. Run with --smp 2.

# shellcheck source=tests/selftest/lib.sh
. "$(dirname "$0")/lib.sh"

KO=${KAPOLICY_KO:-/kapolicy/kapolicy.ko}
CYCLES=${CYCLES:-3}
FREEZER=/sys/fs/cgroup/unhold

load_module
storms=()

start_storm()	# NUMBER
{
	"$SELFTEST/storm" $((7000 + $1)) 2 > "$TMP/storm$1" &
	storms[$1]=$!
	at_exit kill -KILL "${storms[$1]}"
	wait_for 20 grep -q ready "$TMP/storm$1" || tap_bail 'no storm'
}

for number in 0 1 2; do
	start_storm $number
done

held_some()
{
	[ "$(stat held)" -gt 100 ]
}

# Unloads while all run, then in every way of being held up. Each WAY is told a
# pid, and undone by its name with un in front.
cycle()		# WAY
{
	local way=$1 i failed=0

	for ((i = 0; i < CYCLES; i++)); do
		[ -d $KAP ] || insmod "$KO" || return 1
		only_rules 'dir=out port=7000-7002 detect=40s mode=force'
		wait_for 20 held_some || return 1
		"$way" "${storms[i % 3]}" $((i % 3))
		timeout 60 rmmod kapolicy || failed=$((failed + 1))
		"un$way" "${storms[i % 3]}" $((i % 3))
	done
	tap_is "$failed" 0 "$CYCLES unloads, tasks that are: $way"
}

running() { :; }
unrunning() { :; }
stopped() { kill -STOP "$1"; }
unstopped() { kill -CONT "$1"; }
killed() { kill -KILL "$1"; }
unkilled() { start_storm "$2"; }
frozen() { echo "$1" > $FREEZER/cgroup.procs && echo 1 > $FREEZER/cgroup.freeze; }
unfrozen() { echo 0 > $FREEZER/cgroup.freeze; }
traced() { strace -f -qq -e trace=setsockopt -o /dev/null -p "$1" & tracer=$!; wait_for 10 is_traced "$1"; }
is_traced() { ! grep -q '^TracerPid:[[:space:]]*0$' "/proc/$1/status"; }
untraced() { kill "$tracer"; wait "$tracer"; } 2> /dev/null

cycle running
cycle stopped
cycle killed
mountpoint -q /sys/fs/cgroup || mount -t cgroup2 none /sys/fs/cgroup
mkdir -p $FREEZER
at_exit rmdir $FREEZER
cycle frozen
if command -v strace > /dev/null; then
	cycle traced
else
	tap_skip 'tasks that are: traced' 'no strace'
fi

insmod "$KO"
tap_is "$(stat not_held)" 0 'nothing was left for want of memory'

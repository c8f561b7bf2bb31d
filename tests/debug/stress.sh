#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: --smp 2 --mem 1024 --timeout 900 --add stress-ng
# Connections on all processors, in namespaces and cgroups that come and go,
# while rules are replaced, changed, read and broken and the module is disabled,
# unloaded and loaded; and stress-ng abuses sockets and reads /sys/kernel.

# shellcheck source-path=SCRIPTDIR source=../selftest/lib.sh
. "$(dirname "$0")/../selftest/lib.sh"
# shellcheck source-path=SCRIPTDIR source=../selftest/writes.sh
. "$SELFTEST/writes.sh"

KO=${KAPOLICY_KO:-/kapolicy/kapolicy.ko}
HERE=$(dirname "$0")

usage()
{
	cat <<- EOF
	Usage: ${0##*/} [--long] [--connections N] [--unloads N] [--replaces N] [--seconds S] [--limit S]
	Go on for S seconds at least (120), and until there have been so many connections (3000),
	unloads (30) and replaced rule sets (150), and give up at the limit (600 seconds).
	--long asks for 1000000, 1000 and 10000, within 3 hours.
	EOF
}

connections=3000 unloads=30 replaces=150 seconds=120 limit=600
while [ $# -gt 0 ]; do
	case $1 in
	-h | --help)
		trap - EXIT
		usage
		exit 0
		;;
	--long) connections=1000000 unloads=1000 replaces=10000 limit=10800 ;;
	--connections | --unloads | --replaces | --seconds | --limit)
		[[ ${2-} =~ ^[0-9]+$ ]] || tap_bail "$1 needs a number"
		declare "${1#--}=$2"
		shift
		;;
	*)
		usage >&2
		tap_bail "unknown option $1"
		;;
	esac
	shift
done

# Of /sys it sees kapolicy and which processors there are: the tens of thousands of files that the rest
# has in a debug kernel would keep it busy for minutes before it comes by again. There it also takes
# its time to start, which beside the rest of this would be minutes.
stress_ng()
{
	# shellcheck disable=SC2016	# for the shell in that namespace
	unshare --mount sh -c '
		cpu=devices/system/cpu
		mount --bind /sys /mnt && mount -t tmpfs none /sys && mkdir -p /sys/kernel /sys/$cpu/cpu0 &&
		cp /mnt/$cpu/online /mnt/$cpu/possible /mnt/$cpu/present /sys/$cpu/ &&
		mount --bind /mnt/kernel /sys/kernel || exit
		for dir in /sys/kernel/*/; do
			[ $dir = /sys/kernel/kapolicy/ ] || mount -t tmpfs none $dir || exit
		done
		exec "$@"' - \
		nice -n 10 stress-ng --sock 1 --sockmany 1 --sockabuse 1 --sysfs 1 --timeout 0 --temp-path /tmp \
		--metrics-brief > "$TMP/stress-ng" 2>&1 &
	stressor=$!
	at_exit kill $stressor
	wait_for 120 stressors_run || tap_bail 'stress-ng does not start'
}

# The one that is started last does.
stressors_run()
{
	local file name

	for file in /proc/[0-9]*/comm; do
		read -r name < "$file" || continue
		[ "$name" != stress-ng-sysfs ] || return 0
	done 2> /dev/null
	return 1
}

# The first one ever loaded is reported as not being signed.
load_module
rmmod kapolicy || tap_bail 'it cannot be unloaded'
log_mark
stress_ng
"$HERE/stress" "$KO" "$connections" "$unloads" "$replaces" "$seconds" "$limit" > "$TMP/stress" 2>&1 &
stress=$!
at_exit kill $stress
# What it says is shown as it comes: this takes long.
tail -n +1 -f --pid=$stress "$TMP/stress" | grep --line-buffered '^#'
wait $stress
totals=$(tail -n 1 "$TMP/stress")
at_least()	# WHAT MINIMUM
{
	local got=0

	[[ $totals =~ (^| )$1=([0-9]+) ]] && got=${BASH_REMATCH[2]}
	tap_cmd "$1: $got, at least $2" test "$got" -ge "$2"
}
at_least connections "$connections"
at_least unloads "$unloads"
at_least replaces "$replaces"
at_least reported 1
tap_like "$totals" ' wrong=0$' 'nothing went wrong meanwhile'
kill -INT $stressor
wait $stressor
for name in sock sockmany sockabuse sysfs; do
	tap_like "$(< "$TMP/stress-ng")" "metrc: \[[0-9]+\] $name +[1-9]" "stress-ng $name has done something"
done

# Nothing found says something only if it has been looked for.
kcsan=/sys/kernel/debug/kcsan
[ ! -e $kcsan ] || tap_like "$(xargs < $kcsan)" '^enabled: 1 .*setup_watchpoints: [1-9]' 'KCSAN has watched'

insmod "$KO" || tap_bail 'it cannot be loaded'
only_rules 'port=5432 idle=61s intvl=7s cnt=4 user_timeout=50s'
probe_script << 'SCRIPT'
listen l 127.0.0.1 5432
connect c 127.0.0.1 5432
@out get c
SCRIPT
tap_is "${ANS[out]}" 'keepalive=1 idle=61 intvl=7 cnt=4 user_timeout=50000' 'afterwards a connection gets its values'
tap_cmd 'and the module can be unloaded' rmmod kapolicy
log_is_empty 'nothing of this is in the kernel log'

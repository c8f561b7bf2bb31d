#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: --timeout 900
# Every allocation fails once: the first, the second, and so on, of loading and
# unloading the module and of every kind of write and read. See failnth.c.

# shellcheck source-path=SCRIPTDIR source=../selftest/lib.sh
. "$(dirname "$0")/../selftest/lib.sh"

KO=${KAPOLICY_KO:-/kapolicy/kapolicy.ko}
FAILNTH=$(dirname "$0")/failnth
DEBUG=/sys/kernel/debug

[ -e /proc/self/fail-nth ] || tap_bail 'this kernel cannot make allocations fail'

set_attribute()	# NAME VALUE
{
	local kind

	for kind in failslab fail_page_alloc; do
		echo "$2" > $DEBUG/$kind/"$1" || tap_bail "$kind/$1"
	done
}

# Those that may wait for memory too; and nothing about it in the log.
set_attribute ignore-gfp-wait N
set_attribute verbose 0
echo N > $DEBUG/fail_page_alloc/ignore-gfp-highmem || tap_bail ignore-gfp-highmem
echo 0 > $DEBUG/fail_page_alloc/min-order || tap_bail min-order

# The records of kmemleak have a pool to fall back on, and are as many as all the others.
mapfile -t range < <(grep -m 1 -A 1 ' __alloc_object$' /proc/kallsyms)
[ ${#range[@]} -eq 2 ] || tap_bail 'no __alloc_object'
set_attribute reject-start "0x${range[0]%% *}"
set_attribute reject-end "0x${range[1]%% *}"

# Only what the module asks for, or what the kernel does when the module calls it: with no other module in
# the kernel, the module is what there is in the room for modules (Documentation/arch/x86/x86_64/mm.rst).
of_module()
{
	set_attribute require-start 0xffffffffa0000000
	set_attribute require-end 0xffffffffff000000
}

of_anybody()
{
	set_attribute require-start 0
	set_attribute require-end 0xffffffffffffffff
}

# What FAILNTH says has to show that there were failures; a read or write that
# can always do without the memory would be odd.
sweep()		# DESC MINIMUM-REFUSED FAILNTH-ARGUMENTS...
{
	local desc=$1 refused=$2 out rc

	shift 2
	out=$("$FAILNTH" "$@" 2>&1)
	rc=$?
	tap_diag "$desc: ${out##*$'\n'}"
	if [ $rc -eq 0 ] && [[ $out =~ (^|$'\n')allocations=[0-9]+' 'refused=([0-9]+) ]] &&
	   [ "${BASH_REMATCH[2]}" -ge "$refused" ]; then
		tap_ok "$desc"
	else
		tap_not_ok "$desc" "status $rc, at least $refused to be refused" "$out"
	fi
}

# --- rules ------------------------------------------------------------------

input()		# NAME TEXT: a file to write from
{
	printf '%b' "$2" > "$TMP/$1"
}

input add 'name=new port=5432,6000-7000 cgroup=/new/* idle=60s\n'
input lines 'name=one port=1 idle=1s\nname=two cgroup=/two cnt=2\nname=three laddr=::1 detect=30s\nname=four uid=1-9 idle=4s\n'
input del 'del name=b\n'
input flush 'flush\n'
input mixed 'begin\ndel name=a\nname=new raddr=10.0.0.0/8 idle=9s\ncommit\n'
input part1 'begin\nflush\nname=p.1 port=1 idle=1s\nname=p.'
input part2 '2 port=2 idle=2s\n# more\n'
input part3 'name=p.3 cgroup=/p/** idle=3s\ncommit\n'
input off '0\n'
input on '1\n'
input hundred '100\n'
{
	printf 'port='
	for ((i = 1; i < 1400; i += 2)); do
		printf '%d,' "$i"
	done
	printf '1401 uid='
	for ((i = 0; i < 100; i += 2)); do
		printf '%d,' "$i"
	done
	printf '100 name=long idle=1s\n'
} > "$TMP/long"
{
	printf 'begin\nflush\n'
	for ((i = 0; i < 60; i++)); do
		case $((i % 5)) in
		0) printf 'port=%d idle=1s\n' $((i + 1)) ;;
		1) printf 'cgroup=/slice%d/*.service lport=%d-%d idle=1s\n' $((i % 7)) "$i" $((i + 300)) ;;
		2) printf 'raddr=10.%d.0.0/16,fc00:%d::/32 dir=out cnt=3\n' "$i" "$i" ;;
		3) printf 'uid=%d cgroup=/**/x%d rport=%d user_timeout=9s\n' "$i" "$i" "$i" ;;
		4) printf 'laddr=192.168.%d.0/24 port=1-1000,5000-%d detect=30s\n' "$i" $((5000 + i)) ;;
		esac
	done
	printf 'commit\n'
} > "$TMP/large"

load_module
only_rules 'name=a port=80,443 idle=60s' 'name=b cgroup=/system.slice/*.service detect=30s' \
	'name=c prio=5 dir=in laddr=10.0.0.0/8,fc00::/7 uid=0,33 intvl=7s cnt=3' 'name=d action=skip cgroup=/a/**'

of_module
sweep 'add' 3 write rules "$TMP/add"
sweep 'several lines' 5 write rules "$TMP/lines"
sweep 'a long rule' 3 write rules "$TMP/long"
sweep 'del' 3 write rules "$TMP/del"
sweep 'flush' 1 write rules "$TMP/flush"
sweep 'begin ... commit' 3 write rules "$TMP/mixed"
sweep 'a transaction of several writes, lines cut in two' 5 write rules "$TMP/part"{1,2,3}
sweep 'sixty rules of all keys' 60 write rules "$TMP/large"
sweep 'max_rules' 0 write max_rules "$TMP/hundred"
sweep 'enabled: off' 0 write enabled "$TMP/off"
echo 0 > $KAP/enabled
sweep 'enabled: on' 1 write enabled "$TMP/on"
echo 1 > $KAP/enabled
sweep 'reading rules' 1 read rules
sweep 'reading counters' 1 read counters

of_anybody
sweep 'add, kernel included' 3 -a write rules "$TMP/add"
sweep 'a transaction of several writes, kernel included' 5 -a write rules "$TMP/part"{1,2,3}
sweep 'enabled: off, kernel included' 0 -a write enabled "$TMP/off"
echo 0 > $KAP/enabled
sweep 'enabled: on, kernel included' 1 -a write enabled "$TMP/on"
echo 1 > $KAP/enabled
sweep 'reading rules, kernel included' 1 -a read rules
sweep 'unloading, kernel included' 0 unload "$KO" kapolicy

# The kernel by itself does not take a failure well: where it registers trace events it warns.
of_module
rmmod kapolicy || tap_bail 'it cannot be unloaded'
sweep 'loading' 20 load "$KO" kapolicy
insmod "$KO" || tap_bail 'it cannot be loaded'

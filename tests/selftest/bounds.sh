#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: --smp 2 --mem 768 --timeout 900
# What readers, writers and those who only connect can make the kernel spend,
# and whether they can be in the way of others. Documentation/security.rst.

# shellcheck source=tests/selftest/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/selftest/writes.sh
. "$SELFTEST/writes.sh"

USER=(setpriv --reuid 1000 --regid 1000 --clear-groups)
VIEWS_MAX=64		# files that may be half-read at a time: module/sysfs/view.c

ulimit -n 65536 || tap_bail 'ulimit'
load_module
log_mark

# A set of N rules, all called NAME.i.
new_set()	# NAME N
{
	{
		printf 'begin\nflush\n'
		printf "name=$1.%d port=5432 idle=111s intvl=11s\n" $(seq "$2")
		echo commit
	} > "$TMP/set"
	cat "$TMP/set" > $KAP/rules || tap_bail "a set of $2 rules: $(< $KAP/last_error)"
}

# A session of halfread.
reader()	# NAME [COMMAND... in front of it]
{
	PROBER=$SELFTEST/halfread session "$@"
}

# --- half-read files --------------------------------------------------------

new_set first 300
reader user "${USER[@]}"
for file in rules counters last_error; do
	ask user open $KAP/$file 1
	tap_is "$REPLY" 'err EACCES 0' "a user cannot open $file"
done
end_session user

reader crowd
ask crowd open $KAP/rules $((VIEWS_MAX + 1))
tap_is "$REPLY" "err ENFILE $VIEWS_MAX" "root leaves the rules half-read $VIEWS_MAX times, and no more"
tap_like "$(cat $KAP/counters 2>&1)" 'Too many open files in system' 'nor can the counters be read now'
tap_like "$(< $KAP/generation)" '^[1-9]' 'but the other files can'
new_set second 300
ask crowd go on
tap_is "$REPLY" "whole=$VIEWS_MAX other=0" 'they go on with the set they began with'
tap_is "$(grep -c '^add name=second\.' $KAP/rules)" 300 'read to the end, they are in nobody'\''s way'
end_session crowd
for i in 1 2 3; do
	reader crowd
	must_ask crowd open $KAP/counters $VIEWS_MAX
	kill -9 "${session_pid[crowd]}"
	wait "${session_pid[crowd]}" 2> /dev/null
	tap_is "$(grep -c '^add name=second\.' $KAP/rules)" 300 'nor once they are closed'
done

# Held open by the module, a file would keep its mount busy, and alive the
# network namespace that the sysfs of a container belongs to.
mkdir "$TMP/sys"
at_exit umount "$TMP/sys"
for what in 'head -c 1 rules' 'head -c 1 counters' 'echo begin > rules' \
	'exec 3<> rules; head -c 1 <&3; echo begin >&3'; do
	mount -t sysfs none "$TMP/sys"
	tap_cmd "$what" sh -c "cd $TMP/sys/kernel/kapolicy && $what"
	tap_cmd 'and its file system can be unmounted soon' wait_for 20 umount "$TMP/sys" 2> /dev/null
done

files_open()
{
	local n _

	read -r n _ < /proc/sys/fs/file-nr
	[ "$n" -le "$1" ]
}

# The count is kept for each processor; it is exact to a few dozen.
read -r files _ < /proc/sys/fs/file-nr
for i in {1..2000}; do
	exec {fd}<> $KAP/rules
	read -r -n 1 _ <&"$fd"
	echo begin >&"$fd"
	exec {fd}>&-
done
tap_cmd 'of 2000 transactions that were left open only the last may be held' files_open $((files + 300))

# --- connections ------------------------------------------------------------

# More cgroups than the cache has places for (2048), of a user to whom a part of
# the tree is delegated: all are matched, and none is taken for another.
COUNT=1030		# of each of two kinds
AGAIN=20		# then once more, by when their places may be taken
make_cgroup /user
mkdir /sys/fs/cgroup/user/d
at_exit eval 'rmdir /sys/fs/cgroup/user/d/*/ /sys/fs/cgroup/user/d'
chown -R 1000:1000 /sys/fs/cgroup/user
only_rules 'name=even cgroup=/user/d/e* port=5432 idle=111s' 'name=odd cgroup=/user/d/o* port=5432 idle=222s'
for ((i = 1; i <= COUNT; i++)); do
	echo "/sys/fs/cgroup/user/d/e$i /sys/fs/cgroup/user/d/o$i"
done | "${USER[@]}" xargs -n 500 mkdir
probe()
{
	local i kind

	echo "listen l 127.0.0.1 5432"
	# without a process for each: that would be most of the time this test takes
	for i in $(seq $COUNT) $(seq $AGAIN); do
		for kind in e o; do
			printf '%s\n' "cgroup /user/d/$kind$i" "connect c 127.0.0.1 5432" "accept a l" "close c" "close a"
		done
	done
	echo cgroup /
}
probe > "$TMP/probe"
tap_is "$("${PROBER:-$SELFTEST/prober}" < "$TMP/probe" | grep -vc '^ok')" 0 "connections from $((2 * COUNT)) cgroups"
tap_is "$(counter even matched) $(counter odd matched)" "$((COUNT + AGAIN)) $((COUNT + AGAIN))" 'each matches its own rule'
only_rules 'port=5432 idle=1s'
log_is_empty 'nothing of this is in the kernel log'

# Whoever forges addresses gets no further than SYN_RECV, where we are not.
host a
link - a
session far
must_ask far netns a
must_ask far listen l "${IP4[a.-]}" 5432
before=$(stat connections)
nft -f - << EOS
table ip kapolicy_bounds {
	chain in { type filter hook input priority 0; tcp sport 5432 tcp flags & (syn|ack) == (syn|ack) drop; }
}
EOS
at_exit nft delete table ip kapolicy_bounds
{
	for i in {1..200}; do
		printf 'socket c%d 4\nstartconnect c%d %s 5432\n' "$i" "$i" "${IP4[a.-]}"
	done
	echo sleep 1
	echo "system ip netns exec a ss -Htn state syn-recv | grep -c : > $TMP/half-open"
} > "$TMP/probe"
"$SELFTEST/prober" < "$TMP/probe" > /dev/null
tap_cmd "$(< "$TMP/half-open") connections half open" test "$(< "$TMP/half-open")" -ge 10
tap_is "$(stat connections)" "$before" 'are none yet: no rule is looked for'

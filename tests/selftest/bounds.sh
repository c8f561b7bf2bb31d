#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: --smp 2 --mem 768 --timeout 900
# What those who may only read, or only connect, can make the kernel spend, and
# whether they can be in the way of others. Documentation/security.rst.

# shellcheck source=tests/selftest/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/selftest/writes.sh
. "$SELFTEST/writes.sh"

USER=(setpriv --reuid 1000 --regid 1000 --clear-groups)
MANY=3000		# half-read files; more than any table could be meant for
SETS_MAX=8		# rule sets that half-read files hold: module/view.c

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

# --- readers in the way of readers ------------------------------------------

new_set first 300
exec {mine}< $KAP/rules
IFS= read -r line <&$mine
reader crowd "${USER[@]}"
ask crowd open $KAP/rules $MANY
tap_is "$REPLY" $MANY "a user leaves the rules half-read $MANY times"
new_set second 300
tap_is "$({ echo "$line"; cat <&$mine; } | grep -c '^add name=first\.')" 300 \
	'who read before him goes on with the set he began with'
exec {mine}<&-
tap_is "$(grep -c '^add name=second\.' $KAP/rules)" 300 'who comes later reads all'
tap_is "$("${USER[@]}" grep -c '^id=.*name=second\.' $KAP/counters)" 300 'another user reads the counters'
ask crowd go on
tap_is "$REPLY" "whole=$MANY stale=0 other=0" 'and he himself, what he began with'

# The sets that changes leave behind are what costs: there is a bound to them.
end_session crowd
for i in {1..11}; do
	reader "old$i" "${USER[@]}"
	must_ask "old$i" open $KAP/rules 2
	new_set "change$i" 100
done
got=
for i in {1..11}; do
	ask "old$i" go on
	got+="$REPLY, "
	end_session "old$i"
done
expected=
for i in {1..11}; do
	if ((i <= 11 - SETS_MAX)); then
		expected+='whole=0 stale=2 other=0, '
	else
		expected+='whole=2 stale=0 other=0, '
	fi
done
tap_is "$got" "$expected" "of 11 sets half-read by a user, one after the other, he keeps $SETS_MAX"

# --- in whose time ----------------------------------------------------------

# Sets MS, how long a whole read of the rules takes.
time_read()
{
	local start=${EPOCHREALTIME/.}

	cat $KAP/rules > "$TMP/all"
	MS=$(((${EPOCHREALTIME/.} - start) / 1000))
}

new_set large 25000
time_read
time_read
alone=$MS
tap_is "$(wc -l < "$TMP/all")" 25000 "25000 rules are read, in $alone ms"
reader crowd "${USER[@]}"
must_ask crowd open $KAP/rules $MANY
time_read
tap_cmd "not much slower beside $MANY half-read files ($MS ms)" test "$MS" -lt $((5 * alone + 1000))
end_session crowd
reader spin "${USER[@]}"
must_ask spin open $KAP/rules 1
spin=${session_in[spin]}
echo 'spin 1000000' >&"$spin"
time_read
tap_cmd "nor beside a user who reads far ahead and back ($MS ms)" test "$MS" -lt $((5 * alone + 1000))
tap_cmd 'who can be killed' kill -9 "${session_pid[spin]}"
spun_out() { ! kill -0 "${session_pid[spin]}" 2> /dev/null; }
tap_cmd 'at once' wait_for 30 spun_out
only_rules 'port=5432 idle=1s'

# --- whose memory -----------------------------------------------------------

files_open()
{
	local n _

	read -r n _ < /proc/sys/fs/file-nr
	[ "$n" -le "$1" ]
}

# The count is kept for each processor; it is exact to a few dozen.
wait_for 20 files_open 1000
read -r files _ < /proc/sys/fs/file-nr
reader crowd "${USER[@]}"
must_ask crowd open $KAP/rules $MANY
tap_cmd_fails "$MANY half-read files are open files" files_open $((files + MANY / 2))
kill -9 "${session_pid[crowd]}"
wait "${session_pid[crowd]}" 2> /dev/null
tap_cmd 'they go with their process, though nobody reads or writes any more' wait_for 60 files_open $((files + MANY / 10))

# shellcheck disable=SC2016	# for the shell in the cgroup
IN_CGROUP=(sh -c 'echo 0 > "/sys/fs/cgroup$0/cgroup.procs" && exec "$@"')
MEM=/mem
if echo +memory > /sys/fs/cgroup/cgroup.subtree_control; then
	make_cgroup $MEM
	reader poor "${IN_CGROUP[@]}" $MEM "${USER[@]}"
	must_ask poor open $KAP/abi_version $MANY
	before=$(< /sys/fs/cgroup$MEM/memory.current)
	end_session poor
	reader poor "${IN_CGROUP[@]}" $MEM "${USER[@]}"
	must_ask poor open $KAP/rules $MANY
	charged=$((($(< /sys/fs/cgroup$MEM/memory.current) - before) / MANY))
	tap_cmd "a half-read file is charged to its reader: $charged bytes more than another file" \
		test $charged -ge 2048 -a $charged -lt 20000
	end_session poor
else
	tap_skip 'a half-read file is charged to its reader' 'no memory controller'
fi

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
for i in {1..20}; do
	exec {fd}<> $KAP/rules
	echo begin >&"$fd"
	exec {fd}>&-
done
tap_cmd 'transactions that were left open go' wait_for 20 files_open $((files + MANY / 10))

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

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Runs in the guest, in virtual time: can an unprivileged program make the connections of others
# dearer, or the kernel's memory grow, through kapolicy? It opens connections to every port, or
# makes, uses and removes cgroups as fast as it can, while another program's connections are
# measured. The same is done without the module: what remains is the module's part. A second set of rules has
# patterns for directories that may be nested, and the program nests them. KTAP.
set -euo pipefail
shopt -s inherit_errexit

K=/bench/kapbench
CGROUP=/sys/fs/cgroup
# Rules, and a user's delegated cgroup, where these rules have patterns for what he makes there.
declare -A RULES=([ports]=mixed:65536 [cgroups]=mixed:65536 [nested]=nested:40000)
declare -A HOG=([cgroups]=/tenants.slice/t1.slice [nested]=/t.slice/t1.slice)
VICTIM=/tenants.slice/t2.slice/app-1.scope
# Directories inside each other, and what a connection in the innermost may cost, each end, beyond any other.
DEEP=20
DEEP_COST=5000

# Of the mean by the clock of the thread, in instructions a connection: what runs differ by anyway.
NOISE=300
# What may stay in memory after a second attack as long as the first, KB.
KEPT=1024

failures=0 tests=0

ok() { # 1|0 DESCRIPTION
	tests=$((tests + 1))
	if (($1)); then
		echo "ok $tests - $2"
	else
		echo "not ok $tests - $2"
		failures=$((failures + 1))
	fi
}

figure() { # NAME LINE
	sed -E "s/.* $1=(-?[0-9]+).*/\1/" <<<"$2"
}

# victim: the mean cost of a connection of another program, in a cgroup of its own. Of three times the
# least: what the kernel tidies up now and then comes to whoever runs.
victim() {
	local line cost least=
	for _ in 1 2 3; do
		line=$("$K" conn --what victim --rules "$rules" --expect "$expect" --cgroup "$VICTIM" \
			--clock thread --batches 50 --per 100)
		cost=$(figure mean "$line")
		if [[ ! $least ]] || ((cost < least)); then least=$cost; fi
	done
	echo "$least"
}

# attacked ATTACK [LEAST]: the victim's cost meanwhile; "none": alone. The attack goes on until it
# has come so often. Sets $cost and $count.
attacked() {
	local hog least=${2-0}
	count=0
	case $1 in
	none)
		cost=$(victim)
		return
		;;
	ports) "$K" hog /tmp/count "$least" ports & ;;
	cgroups) "$K" hog /tmp/count "$least" cgroups "${HOG[cgroups]}" 1 & ;;
	nested) "$K" hog /tmp/count "$least" cgroups "${HOG[nested]}" $DEEP & ;;
	esac
	hog=$!
	cost=$(victim)
	kill "$hog"
	wait "$hog" || { echo "# the attacker ended early" && exit 1; }
	count=$(</tmp/count)
}

free_kb() { figure free_kb "$("$K" memory x)"; }

# deep: the usual cost of a connection in the innermost of nested directories, when it is known
deep() {
	figure usual "$("$K" conn --what deep --rules "$rules" --expect "$expect" --cgroup "$deepest" \
		--batches 10 --per 50)"
}

echo "TAP version 13"
mkdir -p "$CGROUP$VICTIM"
for attack in cgroups nested; do
	mkdir -p "$CGROUP${HOG[$attack]}"
	chown -R 65534:65534 "$CGROUP${HOG[$attack]}"
done
deepest=/t.slice/deep
for ((i = 0; i < DEEP; i++)); do deepest+=/job-$((1000 + i))-x.scope; done
mkdir -p "$CGROUP$deepest"
# Every port but 0 is anybody's.
echo 1 >/proc/sys/net/ipv4/ip_unprivileged_port_start

declare -A without
expect=none
rules=${RULES[ports]}
for attack in none ports cgroups nested; do
	attacked "$attack"
	without[$attack]=$cost
	echo "# no module, $attack: $cost a connection ($count attacks)"
done
rules=${RULES[nested]}
without[deep]=$(deep)

insmod /kapolicy/kapolicy.ko
expect=rules
declare -A least=([ports]=65536 [cgroups]=5000 [nested]=1000)
for attack in ports cgroups nested; do
	if [[ $rules != "${RULES[$attack]}" ]]; then
		rules=${RULES[$attack]}
		"$K" load "$rules" | sed 's/^/# /'
		attacked none
		alone=$((cost - without[none]))
		echo "# kapolicy, $rules, none: $cost a connection, added $alone"
	fi
	attacked "$attack" "${least[$attack]}"
	added=$((cost - without[$attack]))
	echo "# kapolicy, $attack: $cost a connection ($count attacks), added $added, alone $alone"
	ok "$((added <= alone + NOISE))" "$attack: connections of others are not dearer"

	first=$(free_kb)
	attacked "$attack" "${least[$attack]}"
	second=$(free_kb)
	echo "# kapolicy, $attack: a second attack ($count) kept $((first - second)) KB"
	ok "$((first - second <= KEPT))" "$attack: memory does not grow"
done
cost=$(($(deep) - without[deep]))
echo "# kapolicy, in the innermost of $DEEP directories: added $cost"
ok "$((cost <= alone + 2 * DEEP_COST))" "nested: connections of the attacker himself"
rmmod kapolicy
ok "1" "the module goes"
echo "1..$tests"
exit $((failures > 0))

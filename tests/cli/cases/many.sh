# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2016,SC2154,SC2317
# What 100,000 connections cost: these are real, in a network namespace.

MAX_SECONDS=3
MAX_KIB=204800

if ! ${CC:-cc} -o "$tmp/many" "$here/many.c" 2>"$tmp/cc"; then
	bail_out "many.c does not build: $(head -n 1 "$tmp/cc")"
fi

# ENDS COMMAND: runs it where there are so many ends of connections. For where
# that cannot be had, it prints why.
with_many() {
	unshare -n bash -c '
		ip link set lo up || exit
		"$1" $(($2 / 2)) 10 >made &
		for try in {1..600}; do
			[ "$(cat made)" = .......... ] && break
			sleep 0.1
		done
		eval "$3"
		status=$?
		kill $!
		exit $status' - "$tmp/many" "$1" "$2"
}

can_many() {
	with_many 20 '[ "$("$KAPCTL" connections -j 2>/dev/null | grep -c "\"dir\"")" = 20 ]' >/dev/null 2>&1
}

# ARGUMENT...: user and system time and memory are bounded. The time that
# passes is not asked for: the machine may have other things to do.
bounded() {
	local used
	TIMEFORMAT='%U %S'
	used=$({ time (ulimit -v $MAX_KIB; "$KAPCTL" "$@" >out 2>err) || echo "status $?"; } 2>&1)
	echo "$* took $used s"
	cat err
	awk -v max=$MAX_SECONDS 'NF != 2 || $1 + $2 > max { exit 1 }' <<<"$used"
}

fresh_sysfs
export KAPCTL
export -f bounded
export MAX_SECONDS MAX_KIB
if ! can_many; then
	report ok "many: 100,000 connections # SKIP no network namespace of our own, or no inet_diag"
else
	seq 5000 5999 | sed 's|.*|cgroup=/system.slice/docker-*&.scope port=& detect=30s|' >"$tmp/many.conf"
	check '100,000 connections, and 1,000 rules' 'with_many 100000 "
		bounded connections && [ \$(wc -l <out) = 100001 ] &&
		bounded connections -j -f $tmp/many.conf && [ \$(grep -c \\\"dir\\\" out) = 100000 ] &&
		bounded audit -f $tmp/many.conf && grep -q \"^# 100000 connections\" out"'
fi

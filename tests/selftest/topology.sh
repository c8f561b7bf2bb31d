# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Sourced by lib.sh: hosts (network namespaces), cables, cgroups, ss.
#
#     host a; host b; link a b        a -- 10.99.1.0/24, fc00:99:1::/64 -- b
#     ${IP4[a.b]}                     address of a on its cable to b
#     link - b                        "-" is the namespace the test runs in
#     cable_out b                     b has lost power: whatever is sent to or
#                                     by it vanishes, and nobody is told

declare -A IP4=() IP6=() MAC=()
links=()
link_nr=0

in_host()	# HOST COMMAND...
{
	local host=$1

	shift
	if [ "$host" = - ]; then
		"$@"
	else
		ip netns exec "$host" "$@"
	fi
}

host()		# NAME
{
	ip netns del "$1" 2> /dev/null
	ip netns add "$1" || tap_bail "ip netns add $1"
	at_exit ip netns del "$1"
	ip -n "$1" link set lo up || tap_bail "no lo in $1"
}

ip_of()		# HOST IP-ARGUMENTS...
{
	local host=$1

	shift
	if [ "$host" = - ]; then
		ip "$@"
	else
		ip -n "$host" "$@"
	fi
}

link_end()	# HOST PEER NR SIDE: address and name one end
{
	local dev="to_$2"

	[ "$2" != - ] || dev=to_test
	IP4[$1.$2]=10.99.$3.$4
	IP6[$1.$2]=fc00:99:$3::$4
	MAC[$1.$2]=02:00:00:00:0$3:0$4
	ip_of "$1" link set "kap$3_$4" name "$dev" address "${MAC[$1.$2]}" up || return 1
	ip_of "$1" addr add "${IP4[$1.$2]}/24" dev "$dev" || return 1
	ip_of "$1" addr add "${IP6[$1.$2]}/64" dev "$dev" nodad
}

# What HOST believes PEER's hardware address to be; permanent, since with ARP
# a dead peer would answer EHOSTUNREACH instead of silence.
link_neighbour()	# HOST PEER MAC
{
	local dev="to_$2" ip

	[ "$2" != - ] || dev=to_test
	for ip in "${IP4[$2.$1]}" "${IP6[$2.$1]}"; do
		ip_of "$1" neigh replace "$ip" dev "$dev" lladdr "$3" nud permanent || return 1
	done
}

link()		# A B
{
	local nr=$((++link_nr)) end

	ip link add "kap${nr}_1" type veth peer name "kap${nr}_2" || tap_bail "no veth"
	[ "$1" != - ] || at_exit ip link del "to_$2"
	[ "$2" != - ] || at_exit ip link del "to_$1"
	for end in "$1 kap${nr}_1" "$2 kap${nr}_2"; do
		[ "${end% *}" = - ] || ip link set "${end#* }" netns "${end% *}" ||
			tap_bail "cannot move ${end#* } to ${end% *}"
	done
	links+=("$1 $2")
	if ! { link_end "$1" "$2" "$nr" 1 && link_end "$2" "$1" "$nr" 2 &&
	       link_neighbour "$1" "$2" "${MAC[$2.$1]}" &&
	       link_neighbour "$2" "$1" "${MAC[$1.$2]}"; }; then
		tap_bail "cannot set up link $1 $2"
	fi
}

# Both sides of every cable of HOST send to nobody (cable_out), or as before.
cable_out()	# HOST
{
	local pair a b

	for pair in "${links[@]}"; do
		read -r a b <<< "$pair"
		[ "$a" = "$1" ] || [ "$b" = "$1" ] || continue
		link_neighbour "$a" "$b" 02:00:00:00:de:ad
		link_neighbour "$b" "$a" 02:00:00:00:de:ad
	done
}

cable_in()	# HOST
{
	local pair a b

	for pair in "${links[@]}"; do
		read -r a b <<< "$pair"
		[ "$a" = "$1" ] || [ "$b" = "$1" ] || continue
		link_neighbour "$a" "$b" "${MAC[$b.$a]}"
		link_neighbour "$b" "$a" "${MAC[$a.$b]}"
	done
}

# --- cgroups ----------------------------------------------------------------

# Makes /sys/fs/cgroup/PATH and what is above it; PATH starts with /.
make_cgroup()	# PATH...
{
	local path part rest

	[ -e /sys/fs/cgroup/cgroup.procs ] || mount -t cgroup2 none /sys/fs/cgroup ||
		tap_bail "no cgroup2"
	for path; do
		part=
		while [ "$part" != "$path" ]; do
			rest=${path#"$part"/}
			part+=/${rest%%/*}
			[ ! -d "/sys/fs/cgroup$part" ] || continue
			mkdir "/sys/fs/cgroup$part" || tap_bail "mkdir cgroup $part"
			at_exit remove_cgroup "$part"
		done
	done
}

remove_cgroup()	# PATH
{
	[ ! -d "/sys/fs/cgroup$1" ] || wait_for 5 rmdir "/sys/fs/cgroup$1" 2> /dev/null
}

# --- ss, the second oracle --------------------------------------------------

# Prints whole seconds of the keepalive timer of the one connection FILTER picks in HOST, or "none".
# ss writes timer:(keepalive,119min,0), 1min59sec, 59sec, 9.500ms (that is 9.5 s) and 500ms.
ss_keepalive()	# HOST FILTER...
{
	local host=$1 line

	shift
	line=$(in_host "$host" ss -Htno state established "$@" 2> /dev/null)
	if [[ $line =~ timer:\(keepalive,((([0-9]+)min)?(([0-9]+)(sec|\.[0-9]+ms))?|[0-9]+ms), ]]; then
		echo $((10#${BASH_REMATCH[3]:-0} * 60 + 10#${BASH_REMATCH[5]:-0}))
	else
		echo none
	fi
}

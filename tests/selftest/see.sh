#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: --timeout 600
# May share a machine with others.
# kapctl connections: every value against getsockopt() in the program itself.

# shellcheck source=tests/selftest/lib.sh
. "$(dirname "$0")/lib.sh"

# Sets SEEN: the connections that FILTER... selects, one a line, as KEY=VALUE words.
see()	# FILTER...
{
	SEEN=$(kapctl connections -j "$@" 2> "$TMP/see.err" | grep '"dir"')
}

# Prints the value of a key of the one connection in SEEN.
field()	# KEY
{
	sed -nE "s/.*\"$1\": (\"[^\"]*\"|\{[^}]*\}|[^,}]*).*/\1/p" <<< "$SEEN" | tr -d '"'
}

# The options as `get` of the prober prints them.
options()
{
	local keepalive=0

	[ "$(sed -E 's/.*"keepalive": (true|false|null), .*/\1/' <<< "$SEEN")" = true ] && keepalive=1
	echo "keepalive=$keepalive idle=$(sed -E 's/.*"idle": ([0-9]+), .*/\1/' <<< "$SEEN")" \
		"intvl=$(sed -E 's/.*"intvl": ([0-9]+), .*/\1/' <<< "$SEEN")" \
		"cnt=$(sed -E 's/.*"cnt": ([0-9]+), .*/\1/' <<< "$SEEN") user_timeout=$(field user_timeout_ms)"
}

# What SEEN says of the options is what the program sees itself.
tap_agrees()	# SESSION SOCKET DESC
{
	must_ask "$1" get "$2"
	tap_is "$(options)" "$REPLY" "$3"
}

count()
{
	grep -c . <<< "$SEEN"
}

heard_now()
{
	see dir=in port=5432
	[[ $(field silent_s) == 0* ]]
}

# The peer's kernel may acknowledge a FIN some time later.
half_closed()
{
	see state=fin-wait-2
	(($(count) == 1))
}

host a
host b
link a b
make_cgroup /see/client /see/server
session p
must_ask p pid
pid=$REPLY
must_ask p netns b
must_ask p cgroup /see/server
must_ask p listen l "${IP4[b.a]}" 5432
must_ask p listen l6 "${IP6[b.a]}" 5433
must_ask p listen6 mapped 5434
must_ask p netns a
must_ask p cgroup /see/client

# --- without the module

must_ask p connect c "${IP4[b.a]}" 5432
must_ask p accept s l
see dir=out port=5432
tap_is "$(count)" 1 'one connection out'
tap_agrees p c 'a program that sets nothing'
tap_is "$(field pid) $(field program) $(field cgroup) $(field netns) $(field state)" \
	"$pid prober /see/client a established" 'its process, program, cgroup and namespace'
tap_is "$(field unnoticed_idle_s)" null 'a dead peer is never noticed when idle'
tap_like "$(field unnoticed_busy_s)" '^9[0-9]{2}(\.|$)' '... and by tcp_retries2 when busy'
tap_is "$(field rule)" null 'no module, no rule'
tap_like "$SEEN" '"by": \{"keepalive": "system", "idle": "system", "intvl": "system", "cnt": "system", "user_timeout": "system"\}' \
	'the system has chosen everything'

must_ask p set c keepalive 1
must_ask p set c idle 30
must_ask p set c user_timeout 45000
see dir=out port=5432
tap_agrees p c 'a program that sets some'
tap_like "$SEEN" '"by": \{"keepalive": "program", "idle": "program", "intvl": "system", "cnt": "system", "user_timeout": "program"\}' \
	'who has chosen what'
tap_is "$(field unnoticed_idle_s)" 105 'with a user timeout, the second tick is the end'
# how long that takes depends on the round-trip time, so on how busy this machine is
rto=$(in_host a ss -tinH dport = :5432 | grep -o 'rto:[0-9]*')
tap_is "$(awk -v s="$(field unnoticed_busy_s)" 'BEGIN { printf "%d\n", s * 1000 - 45000 + 0.5 }')" "${rto#rto:}" \
	'the user timeout and a first retransmission'
see dir=in port=5432
tap_is "$(count) $(field pid) $(field cgroup) $(field netns)" "1 $pid /see/server b" 'the other end: accepted'
tap_agrees p s 'its options'

must_ask p send c 10
wait_for 5 heard_now
tap_is $? 0 'it has been heard just now'

# --- namespaces' own defaults

in_host a sysctl -qw net.ipv4.tcp_keepalive_time=111 net.ipv4.tcp_keepalive_intvl=7 \
	net.ipv4.tcp_keepalive_probes=3 net.ipv4.tcp_retries2=5
must_ask p connect d "${IP4[b.a]}" 5432
must_ask p peer d
lport=${REPLY#*local=*:}
lport=${lport%% *}
see dir=out lport="$lport"
tap_agrees p d 'the defaults of a namespace'
tap_like "$SEEN" '"by": \{"keepalive": "system", "idle": "system"' '... are the system'\''s'
tap_like "$(field unnoticed_busy_s)" '^1[2-9](\.|$)' 'tcp_retries2 of the namespace'

# --- the accept queue: d is there and not accepted

see dir=in rport="$lport"
tap_is "$(count) $(field pid) $(field program) $(field idle) $(field cgroup)" '1 null null null /see/server' \
	'in the accept queue: what is not known is null'
must_ask p accept e l
see dir=in rport="$lport"
tap_is "$(count) $(field pid)" "1 $pid" 'accepted, it is the program'\''s'

# --- IPv6 and mapped

must_ask p connect c6 "${IP6[b.a]}" 5433
must_ask p accept s6 l6
see dir=out port=5433
tap_is "$(count) $(sed -E 's/.*"remote": \{"addr": "([^"]*)".*/\1/' <<< "$SEEN")" "1 ${IP6[b.a]}" 'IPv6'
tap_agrees p c6 'its options'
must_ask p connect6 m "${IP4[b.a]}" 5434
must_ask p accept sm mapped
see port=5434 raddr=10.0.0.0/8
tap_is "$(count)" 2 'IPv4-mapped is IPv4, at both ends'

# --- states

must_ask p shutdown c
wait_for 5 half_closed
tap_is "$(count) $(field pid)" "1 $pid" 'half closed: FIN_WAIT2'
see state=close-wait lport=5432
tap_is "$(count) $(field pid)" "1 $pid" '... and CLOSE_WAIT'

# --- descriptors that were passed on; threads

must_ask p export d 9
must_ask p system 'sleep 100 & echo $! > '"$TMP/sleep.pid"
at_exit kill "$(cat "$TMP/sleep.pid")"
must_ask p close d
see dir=out lport="$lport"
tap_is "$(count) $(field pid) $(field program)" "1 $(cat "$TMP/sleep.pid") sleep" 'a descriptor that another program has inherited'
tap_is "$(field cgroup)" /see/client 'its cgroup stays'

# --- filters

see pid="$pid"
n=$(count)
tap_cmd 'pid= selects' test "$n" -ge 6
see program=prober
tap_is "$(count)" "$n" 'program= selects'
see cgroup='/see/cl*' dir=out uid=0
tap_cmd 'cgroup=, a pattern' test "$(count)" -ge 4
see port=9
tap_is "$SEEN" '' 'none'
for bad in stat=x port=0 state=dead pid=x name=x port=1,port=2; do
	kapctl connections "$bad" > "$TMP/out" 2>&1
	tap_is "$? $(grep -c '\^' "$TMP/out")" '1 1' "refused, with a caret: $bad"
done

# --- rules

load_module
only_rules 'name=pg port=5432 detect=30s' 'name=six port=5433 idle=60s'
must_ask p netns a
must_ask p connect g "${IP4[b.a]}" 5432
must_ask p peer g
lport=${REPLY#*local=*:}
lport=${lport%% *}
see dir=out lport="$lport"
tap_like "$SEEN" '"rule": \{"id": [0-9]+, "name": "pg"\}, "by": \{"keepalive": "rule", "idle": "rule", "intvl": "rule", "cnt": "rule", "user_timeout": "rule"\}' \
	'a rule, and what comes from it'
tap_agrees p g 'the options it gave'
tap_is "$(field unnoticed_idle_s)" 30 'detect=30s is 30 s'
see dir=out port=5433
tap_like "$SEEN" '"rule": \{"id": [0-9]+, "name": "six"\}, "by": \{"keepalive": "system"' \
	'a rule that came later wins, and has given nothing'
echo 'name=file lport=1-65535 idle=5s' > "$TMP/r.conf"
see dir=out port=5433 -f "$TMP/r.conf"
tap_like "$SEEN" '"rule": \{"id": null, "name": "file", "line": 1\}, .*"sets": \{"keepalive": true, "idle": 5\}' \
	'-f FILE: what it would change'
see dir=out port=5433
tap_agrees p c6 '... and it changes nothing'

# --- who may see what

chmod 755 "$TMP"
kapctl_as_nobody()
{
	setpriv --reuid 65534 --regid 65534 --clear-groups kapctl "$@"
}
kapctl_as_nobody connections -j > "$TMP/nobody" 2> "$TMP/nobody.err"
tap_is "$?" 0 'without root: no failure'
tap_like "$(< "$TMP/nobody.err")" 'only root sees everything' '... but it says what is missing'

# --- nothing stays behind

end_session p
see state=established program=prober
tap_is "$SEEN" '' 'all are gone with their program'

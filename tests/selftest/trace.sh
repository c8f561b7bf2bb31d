#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: --timeout 600
# May share a machine with others.
# The trace events kapolicy_apply and kapolicy_timed_out, through tracefs.

# shellcheck source=tests/selftest/lib.sh
. "$(dirname "$0")/lib.sh"

TRACEFS=/sys/kernel/tracing
EVENTS=$TRACEFS/events/kapolicy

start_tracing()
{
	: > $TRACEFS/trace
	echo 1 > $EVENTS/enable
	echo 1 > $TRACEFS/tracing_on
}

# Sets LINES_OF: the trace lines of EVENT, of sockets of that cgroup.
trace_lines()	# EVENT [CGROUP-ID]
{
	LINES_OF=$(grep " $1: .*${2:+[^0-9]$2\b}" $TRACEFS/trace)
}

# The text has the number or word by itself, as in "port=5432,": 15432 is not.
tap_has()	# TEXT WORD DESC
{
	local word=${2//./\\.}

	tap_like "$1" "(^|[^0-9A-Za-z_.])$word([^0-9A-Za-z_.]|\.?\$)" "$3"
}

load_module
[ -d $TRACEFS/events ] || mount -t tracefs none $TRACEFS || tap_bail 'no tracefs'
tap_cmd 'the event kapolicy_apply is there' test -d $EVENTS/kapolicy_apply
tap_cmd 'the event kapolicy_timed_out is there' test -d $EVENTS/kapolicy_timed_out
[ -d $EVENTS ] || tap_bail 'no events to test'
at_exit eval "echo 0 > $EVENTS/enable"

host a
host b
link a b
make_cgroup /trace/client /trace/server
client_id=$(command stat -c %i /sys/fs/cgroup/trace/client)
server_id=$(command stat -c %i /sys/fs/cgroup/trace/server)
session p
must_ask p netns b
must_ask p cgroup /trace/server
must_ask p listen l4 "${IP4[b.a]}" 5432
must_ask p listen l6 "${IP6[b.a]}" 5432
must_ask p netns a
must_ask p cgroup /trace/client

rules 'port=9 idle=9s' 'port=10 idle=9s'	# so that the ids are not 1 and 2
only_rules 'name=out dir=out port=5432 idle=111s intvl=22s cnt=7 user_timeout=33333ms' \
	'name=in dir=in port=5432 idle=112s intvl=23s cnt=6 user_timeout=44444ms'
out_id=$(rule_id out)
in_id=$(rule_id in)

# --- kapolicy_apply ---------------------------------------------------------

check_apply()	# FAMILY CLIENT SERVER
{
	local line

	start_tracing
	must_ask p socket c "$1"
	must_ask p bind c "$2" 40001
	must_ask p set c intvl 44
	must_ask p connectto c "$3" 5432
	must_ask p accept s "l$1"

	trace_lines kapolicy_apply
	tap_is "$(wc -l <<< "$LINES_OF")" 2 "IPv$1: one event for each end"

	trace_lines kapolicy_apply "$client_id"
	line=${LINES_OF#*kapolicy_apply: }
	tap_diag "$line"
	tap_has "$line" "$out_id" "IPv$1, out: rule id"
	tap_has "$line" out "IPv$1, out: direction"
	tap_has "$line" 40001 "IPv$1, out: local port"
	tap_has "$line" 5432 "IPv$1, out: remote port"
	tap_like "$line" "$2" "IPv$1, out: local address"
	tap_like "$line" "$3" "IPv$1, out: remote address"
	tap_has "$line" "$client_id" "IPv$1, out: cgroup id"
	tap_has "$line" 44 "IPv$1, out: interval before, set by the application"
	tap_is "${line##* keepalive=}" '0->1 idle=0->111 intvl=44->44 cnt=0->7 user_timeout=0->33333' \
		"IPv$1, out: values before and after"

	trace_lines kapolicy_apply "$server_id"
	line=${LINES_OF#*kapolicy_apply: }
	tap_diag "$line"
	tap_has "$line" "$in_id" "IPv$1, in: rule id"
	tap_has "$line" in "IPv$1, in: direction"
	tap_has "$line" 5432 "IPv$1, in: local port"
	tap_has "$line" 40001 "IPv$1, in: remote port"
	tap_like "$line" "$3.*$2" "IPv$1, in: local address, then remote address"
	tap_has "$line" "$server_id" "IPv$1, in: cgroup id"
	tap_is "${line##* keepalive=}" '0->1 idle=0->112 intvl=0->23 cnt=0->6 user_timeout=0->44444' \
		"IPv$1, in: values before and after"

	for end in c s; do
		must_ask p set $end linger 0
		must_ask p close $end
	done
}

check_apply 4 "${IP4[a.b]}" "${IP4[b.a]}"
check_apply 6 "${IP6[a.b]}" "${IP6[b.a]}"

# No event for what no rule matches.
start_tracing
must_ask p connect c "${IP4[b.a]}" 5432
must_ask p accept s l4
must_ask p close c
must_ask p close s
trace_lines kapolicy_apply
tap_is "$(wc -l <<< "$LINES_OF")" 2 'a matching connection: an event for each end'
only_rules 'port=9 idle=9s'
start_tracing
must_ask p connect c "${IP4[b.a]}" 5432
must_ask p accept s l4
must_ask p close c
must_ask p close s
trace_lines kapolicy_apply
tap_is "$LINES_OF" '' 'no rule matches: no event'

# --- kapolicy_timed_out -----------------------------------------------------

only_rules 'port=10 idle=9s' 'name=dead dir=out port=5432 idle=1s intvl=1s cnt=1'
dead_id=$(rule_id dead)
start_tracing
must_ask p connect c "${IP4[b.a]}" 5432 from "${IP4[a.b]}" 40002
must_ask p accept s l4
cable_out b
must_ask p wait c 30
cable_in b
tap_like "$REPLY" '^ETIMEDOUT ' 'a silent peer is noticed'
trace_lines kapolicy_timed_out
tap_is "$(grep -c . <<< "$LINES_OF")" 1 'timed out: one event'
line=${LINES_OF#*kapolicy_timed_out: }
tap_diag "$line"
tap_has "$line" "$dead_id" 'timed out: rule id'
tap_has "$line" 40002 'timed out: local port'
tap_has "$line" 5432 'timed out: remote port'
tap_like "$line" "${IP4[a.b]}.*${IP4[b.a]}" 'timed out: addresses'
tap_has "$line" "$client_id" 'timed out: cgroup id'
tap_has "$line" out 'timed out: direction'
start_tracing
must_ask p close s
must_ask p connect d "${IP4[b.a]}" 5432
must_ask p accept e l4
must_ask p close d
must_ask p close e
trace_lines kapolicy_timed_out
tap_is "$LINES_OF" '' 'connections that are closed have not timed out'

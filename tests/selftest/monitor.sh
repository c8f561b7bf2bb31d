#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: --timeout 600
# kapctl monitor: dead peers and changes put right, a line each; no tracing stays behind.

# shellcheck source=tests/selftest/lib.sh
. "$(dirname "$0")/lib.sh"

INSTANCES=/sys/kernel/tracing/instances

# Starts a monitor that writes to $TMP/NAME, and waits until it listens.
monitor()	# NAME OPTION...
{
	local name=$1

	shift
	kapctl monitor "$@" > "$TMP/$name" 2>&1 &
	MONITOR=$!
	at_exit kill $MONITOR
	wait_for 60 test -d $INSTANCES/kapctl-$MONITOR/events/kapolicy &&
		wait_for 60 grep -q 1 $INSTANCES/kapctl-$MONITOR/events/kapolicy/kapolicy_timed_out/enable
}

has_line()	# NAME REGEX
{
	grep -qE "$2" "$TMP/$1"
}

load_module
[ -d $INSTANCES ] || mount -t tracefs none /sys/kernel/tracing || tap_bail 'no tracefs'
host a
host b
link a b
make_cgroup /monitor/client /monitor/server
session client
session server
must_ask server netns b
must_ask server cgroup /monitor/server
must_ask server listen l "${IP4[b.a]}" 5432
must_ask client netns a
must_ask client cgroup /monitor/client
only_rules 'name=pg dir=out port=5432 detect=4s mode=clamp'
id=$(rule_id pg)

monitor json -j --all
tap_is $? 0 'it listens in an instance of its own'
json=$MONITOR
monitor text
text=$MONITOR
must_ask client connect c "${IP4[b.a]}" 5432
must_ask server accept s l
tap_cmd 'with --all, a connection that a rule is given to' wait_for 30 has_line json \
	"\"event\": \"apply\", .*\"dir\": \"out\", .*\"addr\": \"${IP4[b.a]}\", \"port\": 5432.*\"id\": $id, \"name\": \"pg\""
if [ "$(cat $KAP/features/hold)" = 1 ]; then
	must_ask client set c idle 4000
	tap_cmd 'a change put right, with its program' wait_for 30 has_line json \
		'"event": "held".*"program": "prober", "cgroup": "/monitor/client"'
	tap_cmd '... in words' wait_for 30 has_line text \
		'put right: out .* rule pg program prober cgroup /monitor/client: .*idle=4000s.* -> idle=1s'
else
	tap_skip 'a change put right' 'no hold on this kernel'
fi
cable_out a b
tap_cmd 'a dead peer' wait_for 30 has_line text \
	"dead peer: out ${IP4[a.b]}:[0-9]+ ${IP4[b.a]}:5432 rule pg program prober cgroup /monitor/client$"
tap_cmd '... as JSON' wait_for 30 has_line json '"event": "timed_out".*"before": \{.*"after": \{"keepalive": true'
tap_is "$(grep -c apply "$TMP/text")" 0 'without --all, no others'
cable_in a b

# Events that come while nobody reads them are lost, and that is said.
monitor slow --all
slow=$MONITOR
monitor slow_json -j --all
echo 4 > $INSTANCES/kapctl-$slow/buffer_size_kb
echo 4 > $INSTANCES/kapctl-$MONITOR/buffer_size_kb
kill -STOP $slow $MONITOR
rules 'name=churn port=5433 idle=60s'
"$SELFTEST/churner" connect 5433 > "$TMP/churn" &
churner=$!
many_applied()
{
	(($(counter churn applied) > 500))
}
tap_cmd 'more connections than fit into the buffer' wait_for 60 many_applied
kill $churner
wait $churner
kill -CONT $slow $MONITOR
tap_cmd 'lost events are said' wait_for 60 has_line slow '^[0-9]+ events were lost: they came faster'
tap_cmd '... as JSON' wait_for 60 has_line slow_json '^\{"event": "lost", "count": [0-9]+\}$'
kill $slow $MONITOR
wait $slow $MONITOR
rules 'del name=churn'

kill $text
wait $text
tap_is "$? $(ls $INSTANCES)" "0 kapctl-$json" 'it ends, and its instance is gone'
kill -9 $json
wait $json 2> /dev/null
monitor again
tap_is "$(ls $INSTANCES)" "kapctl-$MONITOR" 'what a killed one left behind is taken away by the next'
end_session client
end_session server
wait_for 10 rmmod kapolicy
tap_is $? 0 'it does not hold the module'
wait $MONITOR
tap_is "$? $(ls $INSTANCES)" '3 ' 'without the module, it ends'
kapctl monitor > "$TMP/none" 2>&1
tap_is $? 3 'and says so when there is none'

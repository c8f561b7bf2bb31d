#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: --timeout 600 --add /usr/lib/systemd/systemd-journald:/usr/lib/systemd/systemd-journald --add systemd-cat --add journalctl
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

# As the service kapolicy-monitor runs it: what it prints goes to the journal.
entry()	# FIELD: of the dead peer in the journal
{
	journalctl -q -o cat --output-fields="$1" EVENT=timed_out RULE=pg PROGRAM=prober 2>> "$TMP/journal.err" | tail -n 1
}
in_journal()
{
	[[ $(entry MESSAGE) == *'dead peer: '* ]]
}
echo 0123456789abcdef0123456789abcdef > /etc/machine-id
mkdir -p /run/log/journal
/usr/lib/systemd/systemd-journald > "$TMP/journald" 2>&1 &
at_exit kill $!
wait_for 60 test -S /run/systemd/journal/stdout
tap_is $? 0 'a journal'
# shellcheck disable=SC2016 # the inner shell expands it
systemd-cat sh -c 'JOURNAL_STREAM=$(stat -L -c %d:%i /proc/$$/fd/1) exec kapctl monitor' &
service=$!
at_exit kill $service
wait_for 60 grep -q 1 $INSTANCES/kapctl-$service/events/kapolicy/kapolicy_timed_out/enable 2> /dev/null ||
	tap_diag "$(journalctl -q -o cat)"
must_ask client connect j "${IP4[b.a]}" 5432
must_ask server accept k l
cable_out a b
tap_cmd 'a dead peer is in the journal, found by its rule and program' wait_for 60 in_journal
cable_in a b
tap_is "$(entry CGROUP) $(entry DIR) $(entry RULE_ID)" "/monitor/client out $id" '... with its fields'
tap_like "$(entry REMOTE)" "^${IP4[b.a]}:5432$" '... and its peer'
kill $service
wait $service

# Events that come while nobody reads them are lost, and that is said.
monitor slow -j --all
slow=$MONITOR
wait_for 60 grep -q 1 $INSTANCES/kapctl-$slow/events/kapolicy/kapolicy_apply/enable
echo 4 > $INSTANCES/kapctl-$slow/buffer_size_kb
kill -STOP $slow
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
kill -CONT $slow
tap_cmd 'lost events are said' wait_for 60 has_line slow '^\{"event": "lost", "count": [0-9]+\}$'
kill $slow
wait $slow
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

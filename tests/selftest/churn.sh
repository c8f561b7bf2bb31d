#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: --smp 2 --timeout 900
# Loaded, unloaded and loaded again while connections are opened, rules are
# replaced and files are held open. Run with --smp 2.

# shellcheck source=tests/selftest/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/selftest/writes.sh
. "$SELFTEST/writes.sh"

KO=${KAPOLICY_KO:-/kapolicy/kapolicy.ko}
CYCLES=50

load_module
start_writer
log_mark
rmmod kapolicy || tap_bail 'it cannot be unloaded'
at_exit eval "[ -d $KAP ] || insmod $KO"

# --- under load -------------------------------------------------------------

jobs=()
job()		# NAME COMMAND...
{
	nice -n 10 "${@:2}" > "$TMP/$1" 2>&1 &
	jobs+=($!)
	at_exit kill $!
}

# Whatever a job has said up to its end.
said()		# NAME
{
	tail -n 1 "$TMP/$1"
}

job v4v6 "$SELFTEST/churner" connect 7001
job more "$SELFTEST/churner" connect 7002
job writer "$SELFTEST/sets" replace $KAP/rules w 300 0 5 60
job rules "$SELFTEST/sets" read $KAP/rules 300 500
job counters "$SELFTEST/sets" read $KAP/counters 300 4096
wait_for 20 grep -q ready "$TMP/v4v6" || tap_bail 'no connections'
wait_for 20 grep -q ready "$TMP/more" || tap_bail 'no connections'
tap_is "$("$SELFTEST/churner" cycle "$KO" kapolicy $CYCLES $'begin\nflush\nname=c.0.0.1 port=7001 idle=60s\ncommit\n')" \
	"cycles=$CYCLES rules=$CYCLES hooked=$CYCLES refused=0" "loaded and unloaded $CYCLES times, each time with connections being seen"
tap_cmd_fails 'at last it has gone' test -e $KAP
insmod "$KO"
sees_connections()
{
	[ "$(stat connections)" -gt 10 ]
}
tap_cmd 'loaded again, it sees connections' wait_for 20 sees_connections
kill "${jobs[@]}"
wait "${jobs[@]}"
for name in v4v6 more; do
	tap_like "$(said $name)" '^pairs=[1-9][0-9]{2,} errors=0$' "no connection failed meanwhile ($name)"
	tap_diag "$name: $(said $name)"
done
tap_like "$(said writer)" '^commits=[1-9][0-9]* stale=[0-9]+ gone=[1-9][0-9]* other=0$' \
	'a writer gets no error but ESTALE and that the module has gone'
tap_diag "writer: $(said writer)"
# Between two unloads there is not always time for a whole set: readers.sh has it.
for name in rules counters; do
	tap_like "$(said $name)" '^whole=[0-9]+ .* bad=0 stale=[0-9]+ gone=[1-9][0-9]* other=0$' \
		"readers see whole sets, none at all, and that the module has gone ($name)"
	tap_diag "$name: $(said $name)"
done

# --- held open --------------------------------------------------------------

PORT=5432
only_rules "port=$PORT idle=61s intvl=7s cnt=4 user_timeout=50s" 'name=other port=1 idle=1s'
VALUES='keepalive=1 idle=61 intvl=7 cnt=4 user_timeout=50000'
UNTOUCHED='keepalive=0 idle=7200 intvl=75 cnt=9 user_timeout=0'
session p
must_ask p listen l 127.0.0.1 $PORT
must_ask p connect c 127.0.0.1 $PORT
must_ask p accept s l

# One write(2) a line.
say()		# FD TEXT
{
	printf '%b' "$2" >&"$1"
}

hold()
{
	exec {r_rules}< $KAP/rules {r_counters}< $KAP/counters {r_enabled}< $KAP/enabled
	exec {r_error}< $KAP/last_error {w_rules}> $KAP/rules {w_txn}> $KAP/rules {w_enabled}> $KAP/enabled
	exec {r_unread}< $KAP/rules {r_dir}< $KAP
	IFS= read -r line <&"$r_rules"
	tap_like "$line" "^add port=$PORT " 'rules: the first line'
	IFS= read -r line <&"$r_counters"
	tap_like "$line" '^id=[0-9]+ matched=2 ' 'counters: the first line'
	IFS= read -r line <&"$r_enabled"
	tap_is "$line" 1 'enabled: all'
	tap_cmd 'rules: a write' say "$w_rules" '# nothing\n'
	tap_cmd 'rules: an open transaction' say "$w_txn" 'begin\nflush\nname=new idle=2s\nname=half '
	tap_cmd 'enabled: a write' say "$w_enabled" '1\n'
}

let_go()
{
	exec {r_rules}<&- {r_counters}<&- {r_enabled}<&- {r_error}<&- {w_rules}>&- {w_txn}>&- {w_enabled}>&-
	exec {r_unread}<&- {r_dir}<&-
}

DEAD='(No such device( or address)?|Stale file handle|No such file or directory)$'

all_dead()	# WHEN
{
	local name text

	for name in r_rules r_unread r_counters r_enabled r_error; do
		text=$(cat <&"${!name}" 2>&1) && text="read: $text"
		tap_like "$text" "$DEAD" "$1: $name cannot be read"
	done
	for text in "w_rules:name=dead idle=1s" 'w_rules:flush' 'w_txn:idle=3s' 'w_txn:commit' 'w_enabled:0'; do
		name=${text%%:*}
		text=$(say "${!name}" "${text#*:}\n" 2>&1) && text="written: $text"
		tap_like "$text" '(I/O error|No such device)$' "$1: $name cannot be written"
	done
}

hold
tap_cmd 'rmmod with files held open and a transaction' rmmod kapolicy
tap_cmd_fails 'the files have gone' test -e $KAP
must_ask p get c
tap_is "$REPLY" "$VALUES" 'unloaded: a connection keeps its values'
must_ask p get s
tap_is "$REPLY" "$VALUES" 'and so does its other end'
must_ask p connect c2 127.0.0.1 $PORT
must_ask p accept s2 l
must_ask p get c2
tap_is "$REPLY" "$UNTOUCHED" 'unloaded: new connections get nothing'
must_ask p get s2
tap_is "$REPLY" "$UNTOUCHED" 'on either side'
all_dead unloaded
tap_cmd 'insmod' insmod "$KO"
look
tap_is "$SET $GENERATION $LAST_ERROR $(< $KAP/enabled) $(< $KAP/max_rules)" ' 0  1 65536' 'loaded again: a fresh module'
all_dead 'loaded again'
look
tap_is "$SET $GENERATION $LAST_ERROR $(< $KAP/enabled)" ' 0  1' 'which the dead files have not changed'
tap_cmd_fails 'insmod once more is refused' insmod "$KO"
accepts "port=$PORT idle=62s" "add port=$PORT keepalive=on idle=62s\n" 'new files work'
must_ask p get c
tap_is "$REPLY" "$VALUES" 'loaded again: a connection keeps its values'
must_ask p connect c3 127.0.0.1 $PORT
must_ask p get c3
tap_is "$REPLY" 'keepalive=1 idle=62 intvl=75 cnt=9 user_timeout=0' 'new ones get the new rules'
let_go
for name in c s c2 s2 c3; do
	must_ask p close $name
done

# --- unloading takes everything along ---------------------------------------

available()
{
	awk '/^MemAvailable:/ { print $2 }' /proc/meminfo
}

# Loads, writes a big set, leaves a big transaction open, unloads.
load_big_and_unload()
{
	[ -d $KAP ] || insmod "$KO" || return 1
	cat "$TMP/set" > $KAP/rules || return 1
	grep -v commit "$TMP/set" > $KAP/rules || return 1
	rmmod kapolicy
}

{
	printf 'begin\nflush\n'
	for i in {1..500}; do
		printf 'port=%d cgroup=/%03000d idle=1s\n' "$i" "$i"
	done
	printf 'commit\n'
} > "$TMP/set"
load_big_and_unload || tap_bail "$(< $KAP/last_error)"
before=$(available)
for i in {1..6}; do
	load_big_and_unload || tap_bail 'not loaded or not unloaded'
done
grown=$((before - $(available)))
tap_diag "6 times $(wc -c < "$TMP/set") bytes twice: $grown kB"
tap_cmd 'unloading gives the memory back' test $grown -lt 6000
insmod "$KO"
log_is_empty 'nothing of this is in the kernel log'

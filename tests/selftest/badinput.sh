#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: --timeout 600
# A million random bytes change nothing that is not a valid command: noise.c
# writes them and looks at the set after every write. SEED=N repeats a run.

# shellcheck source=tests/selftest/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/selftest/writes.sh
. "$SELFTEST/writes.sh"

SEED=${SEED:-$RANDOM}
NOTHING='refused=[1-9][0-9]* accepted=[0-9]+ changes=0 commits=[0-9]+ wrong=0$'
SOMETHING='refused=[1-9][0-9]* accepted=[1-9][0-9]* changes=[1-9][0-9]* commits=[0-9]+ wrong=0$'

load_module
start_writer
log_mark
only_rules 'name=marker.1 prio=1 cgroup=/never/** port=1-65535 detect=30s' 'name=marker.2 port=5432 idle=60s intvl=7s cnt=3' \
	'name=marker.3 raddr=10.0.0.0/8,fc00::/7 lport=80,443 user_timeout=30s mode=clamp' 'port=22 action=skip'
look
marker=$SET
tap_diag "SEED=$SEED"

total=0
noise()		# FORM BYTES EXPECTED DESC
{
	local result

	result=$("$SELFTEST/noise" $KAP/rules "$1" "$2" "$SEED" 2>&1)
	tap_like "$result" "$3" "$4"
	tap_diag "$1: $result"
	[[ $result =~ bytes=([0-9]+) ]] && total=$((total + BASH_REMATCH[1]))
}

noise raw 250000 "$NOTHING" 'any bytes'
noise text 250000 "$NOTHING" 'printable bytes and newlines'
noise words 200000 "$SOMETHING" 'damaged rules and commands: nothing but what consists of known words is accepted'
noise raw-txn 100000 "$NOTHING" 'any bytes, in transactions'
noise text-txn 100000 "$NOTHING" 'printable bytes and newlines, in transactions'
noise words-txn 150000 "$SOMETHING" 'damaged rules and commands, in transactions'
tap_cmd 'these were a million bytes' test "$total" -ge 1000000

# The other files: a number, or what they said before.
bad=''
for i in {1..40}; do
	for file in enabled max_rules; do
		dd bs="$i" count=1 status=none if=/dev/urandom of="$KAP/$file" 2> /dev/null
	done
	[[ "$(< $KAP/enabled) $(< $KAP/max_rules)" =~ ^[01]\ [0-9]+$ ]] || bad+="$(< $KAP/enabled) $(< $KAP/max_rules), "
done
tap_is "$bad" '' 'enabled and max_rules are numbers whatever is written'
tap_cmd 'so many rules may be allowed' sh -c "echo 1048576 > $KAP/max_rules"
tap_cmd_fails 'and no more' sh -c "echo 1048577 > $KAP/max_rules"
tap_is "$(< $KAP/max_rules)" 1048576 'which changes nothing'
tap_cmd 'and can be set' sh -c "echo 1 > $KAP/enabled && echo 65536 > $KAP/max_rules"

look
tap_is "$SET" "$marker" 'the set is what it was'
rules 'name=after port=1 idle=1s'
look
tap_is "$SET" "${marker%add port=22*}add port=22 action=skip"$'\nadd name=after port=1 keepalive=on idle=1s\n' 'and can be changed'
probe_script << END
listen L 127.0.0.1 5432
connect C 127.0.0.1 5432
@values get C
END
tap_is "${ANS[values]}" 'keepalive=1 idle=60 intvl=7 cnt=3 user_timeout=0' 'and is what connections get'
log_is_empty 'nothing of this is in the kernel log'

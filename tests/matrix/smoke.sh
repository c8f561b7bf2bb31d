#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The least that a kernel must do, in the guest: load, take a rule, set a connection's values, unload.
# shellcheck source=tests/selftest/lib.sh
. /kapolicy/tests/selftest/lib.sh

PORT=5432
VALUES='keepalive=1 idle=61 intvl=7 cnt=4 user_timeout=50000'
UNTOUCHED='keepalive=0 idle=7200 intvl=75 cnt=9 user_timeout=0'

tap_diag "kernel: $(uname -r) $(uname -m)"
load_module
only_rules "port=$PORT idle=61s intvl=7s cnt=4 user_timeout=50s"
session p
for address in 127.0.0.1 ::1; do
	must_ask p listen l $address $PORT
	must_ask p connect c $address $PORT
	must_ask p accept s l
	for end in c s; do
		ask p get $end
		tap_is "$REPLY" "$VALUES" "the rule's values, $address, ${end/c/connecting} end"
	done
	for end in c s l; do must_ask p close $end; done
done
must_ask p listen l 127.0.0.1 $((PORT + 1))
must_ask p connect c 127.0.0.1 $((PORT + 1))
ask p get c
tap_is "$REPLY" "$UNTOUCHED" 'another port is left alone'
tap_is "$(stat matched)" 4 'four ends were counted'
tap_cmd 'the module unloads' rmmod kapolicy
tap_cmd_fails 'and leaves nothing' test -e $KAP

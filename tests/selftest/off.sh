#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: --timeout 600 --append kapolicy.off --add modprobe --add depmod
# The module's parameter off, given to it and by the kernel's command line.

# shellcheck source=tests/selftest/lib.sh
. "$(dirname "$0")/lib.sh"

KO=${KAPOLICY_KO:-/kapolicy/kapolicy.ko}
PARAMETER=/sys/module/kapolicy/parameters/off
UNTOUCHED='keepalive=0 idle=7200 intvl=75 cnt=9 user_timeout=0'
BY_RULE='keepalive=1 idle=15 intvl=5 cnt=3 user_timeout=28125'

# What a new connection has, and how many connections were counted.
connection()
{
	probe_script << EOF || return 1
	listen l 127.0.0.1 5432
	connect c 127.0.0.1 5432
	accept s l
	@values get c
EOF
	REPLY="${ANS[values]}, $(stat connections) counted"
}

reload()	# COMMAND...
{
	[ ! -d $KAP ] || rmmod kapolicy || tap_bail 'rmmod failed'
	"$@" || tap_bail "failed: $*"
}

at_exit rmmod kapolicy

reload insmod "$KO" off=1
tap_is "$(< $KAP/enabled)" 0 'off=1: enabled is 0'
tap_is "$(< $PARAMETER)" Y 'and the parameter says so'
tap_is "$(command stat -c %a $PARAMETER)" 444 'which cannot be written'
tap_cmd 'rules can be written' rules 'port=5432 detect=30s'
tap_like "$(< $KAP/rules)" '^add port=5432 .*idle=15s' 'and read'
connection
tap_is "$REPLY" "$UNTOUCHED, 0 counted" 'no connection is touched or counted'
tap_cmd 'enabled can be written' sh -c "echo 1 > $KAP/enabled"
tap_is "$(< $KAP/enabled) $(< $PARAMETER)" '1 Y' 'and is 1; the parameter stays as it was given'
connection
tap_is "$REPLY" "$BY_RULE, 2 counted" 'from then on connections are'

reload insmod "$KO"
tap_is "$(< $KAP/enabled) $(< $PARAMETER)" '1 N' 'insmod without off: enabled is 1'
reload insmod "$KO" off=0
tap_is "$(< $KAP/enabled) $(< $PARAMETER)" '1 N' 'off=0: the same'
reload insmod "$KO" off
tap_is "$(< $KAP/enabled) $(< $PARAMETER)" '0 Y' 'off without a value is off=1'

mkdir -p "/lib/modules/$(uname -r)/updates"
cp "$KO" "/lib/modules/$(uname -r)/updates/"
depmod || tap_bail 'depmod failed'
tap_like "$(< /proc/cmdline)" '(^| )kapolicy\.off( |$)' 'kapolicy.off is on the command line of the kernel'
reload modprobe kapolicy
tap_is "$(< $KAP/enabled) $(< $PARAMETER)" '0 Y' 'modprobe hands it over: enabled is 0'
tap_like "$(kapctl doctor)" "PROBLEM +enabled +0, by kapolicy.off on the kernel's command line" 'kapctl doctor says so'
tap_cmd 'kapctl enable turns it on all the same' kapctl enable
tap_is "$(< $KAP/enabled)" 1 'enabled is 1'

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: --timeout 600
# What a rule does to a connection on which the application has, or has not,
# set something itself: default, clamp, force; before connecting, on the
# listener, after establishment. Oracles: getsockopt and the timer of ss.

# shellcheck source=tests/selftest/lib.sh
. "$(dirname "$0")/lib.sh"

PORT=5432
WORDS='keepalive idle intvl cnt user_timeout'
SYSCTL=(0 7200 75 9 0)

setup()
{
	session p
	must_ask p listen plain 127.0.0.1 $PORT
}

# Applies the settings "idle=30 cnt=2" to socket NAME, as an application.
app_sets()	# NAME SETTINGS
{
	local setting

	for setting in $2; do
		must_ask p set "$1" "${setting%=*}" "${setting#*=}"
	done
}

# Opens c and s; the application sets SETTINGS at the point that WHERE names.
open_pair()	# WHERE [SETTINGS]
{
	local listener=plain

	if [ "$1" = listener ]; then
		listener=l
		must_ask p socket l 4
		must_ask p bind l 127.0.0.2 $PORT
		app_sets l "$2"
		must_ask p listenon l
	fi
	must_ask p socket c 4
	[ "$1" != connect ] || app_sets c "$2"
	if [ $listener = l ]; then
		must_ask p connectto c 127.0.0.2 $PORT
	else
		must_ask p connectto c 127.0.0.1 $PORT
	fi
	must_ask p accept s $listener
	case $1 in
	after-connect) app_sets c "$2" ;;
	after-accept) app_sets s "$2" ;;
	esac
}

close_pair()	# WHERE
{
	local end

	for end in c s; do
		must_ask p set $end linger 0
		must_ask p close $end
	done
	[ "$1" != listener ] || must_ask p close l
}

# Sets TIMER to what the timer of that end says: "off", "on" when it ticks
# towards IDLE seconds, or else how many seconds are left.
timer_of()	# END IDLE
{
	local low=$(($2 * 7 / 8 - 2))

	# ss drops the seconds of 10 minutes and more
	[ "$2" -lt 600 ] || low=$(($2 * 7 / 8 - 60))
	if [ "$1" = c ]; then
		TIMER=$(ss_keepalive - dport = $PORT)
	else
		TIMER=$(ss_keepalive - sport = $PORT)
	fi
	if [ "$TIMER" = none ]; then
		TIMER=off
	elif [ "$TIMER" -le "$2" ] && [ "$TIMER" -ge $low ]; then
		TIMER=on
	fi
}

# Asserts all five values and the timer of one end.
end_is()	# END EXPECTED-VALUES DESC
{
	local idle=${2#*idle=} timer=off got

	idle=${idle%% *}
	[[ $2 != keepalive=1* ]] || timer=on
	must_ask p get "$1"
	got=$REPLY
	timer_of "$1" "$idle"
	# a starved VM shows a timer that is due and has not run as none
	[ "$TIMER" = $timer ] || timer_of "$1" "$idle"
	tap_is "$got timer=$TIMER" "$2 timer=$timer" "$3"
}

# Sets VALUES to the five values: each WORD=VALUE argument replaces one of the sysctls'.
values()	# WORD=VALUE...
{
	local i=0 word setting value

	VALUES=
	for word in $WORDS; do
		value=${SYSCTL[i++]}
		for setting; do
			[ "${setting%=*}" != "$word" ] || value=${setting#*=}
		done
		VALUES+="${VALUES:+ }$word=$value"
	done
}

# --- each option, each mode, each moment ------------------------------------

RULE='idle=100s intvl=20s cnt=4 user_timeout=150s'
RULE_VALUES='keepalive=1 idle=100 intvl=20 cnt=4 user_timeout=150000'

# Sets EXPECTED to what an option is in the end, given what the application set; when it did makes no difference.
expect_value()	# MODE APP RULE
{
	case $1 in
	default) EXPECTED=$2 ;;
	clamp) EXPECTED=$(($2 < $3 ? $2 : $3)) ;;
	force) EXPECTED=$3 ;;
	esac
}

check_option()	# MODE WHERE WORD=VALUE
{
	local mode=$1 where=$2 word=${3%=*} app=${3#*=} rule_value touched other

	rule_value=" $RULE_VALUES"
	rule_value=${rule_value#*" $word="}
	# An application cannot be told from silence when it sets keepalive to 0.
	expect_value "$mode" "$app" "${rule_value%% *}"
	# shellcheck disable=SC2086
	values $RULE_VALUES "$word=$EXPECTED"
	case $where in
	listener | after-accept) touched=s other=c ;;
	*) touched=c other=s ;;
	esac
	open_pair "$where" "$3"
	end_is $touched "$VALUES" "$mode: $3 set on/at $where"
	end_is $other "$RULE_VALUES" "$mode: $3 set on/at $where: other end"
	close_pair "$where"
}

check_all_options()
{
	local mode where setting

	for mode in default clamp force; do
		only_rules "port=$PORT $RULE mode=$mode"
		open_pair nowhere
		end_is c "$RULE_VALUES" "$mode: nothing set, out"
		end_is s "$RULE_VALUES" "$mode: nothing set, in"
		close_pair nowhere
		for where in connect listener after-connect after-accept; do
			for setting in keepalive=1 idle=40 idle=500 intvl=10 intvl=60 cnt=2 cnt=8 \
				       user_timeout=50000 user_timeout=500000; do
				check_option $mode $where $setting
			done
		done
	done
}

# --- rows: rule | where | application sets | end | its values ---------------

check_row()	# RULE WHERE SETTINGS END VALUES
{
	# shellcheck disable=SC2086
	values $5
	only_rules "port=$PORT $1"
	[ "$3" = - ] && set -- "$1" "$2" '' "$4"
	open_pair "$2" "$3"
	end_is "$4" "$VALUES" "$1: ${3:-nothing} set ($2)"
	close_pair "$2"
}

trim()		# VARIABLE: the blanks around its value
{
	local -n text=$1
	local words

	read -ra words <<< "$text"
	text=${words[*]}
}

check_rows()
{
	local rule where settings end expected

	while IFS='|' read -r rule where settings end expected; do
		case $rule in
		'' | '#'*) continue ;;
		esac
		trim rule
		trim settings
		# shellcheck disable=SC2086	# trims
		check_row "$rule" $where "$settings" $end "$expected"
	done
}

load_module
setup
check_all_options

check_rows << 'ROWS'
# options a rule does not name are untouched
idle=100s                     | nowhere | - | c | keepalive=1 idle=100
idle=100s                     | nowhere | - | s | keepalive=1 idle=100
intvl=20s                     | nowhere | - | c | keepalive=1 intvl=20
cnt=4                         | nowhere | - | s | keepalive=1 cnt=4
idle=100 intvl=20             | nowhere | - | c | keepalive=1 idle=100 intvl=20
keepalive=on                  | nowhere | - | c | keepalive=1
keepalive=on                  | nowhere | - | s | keepalive=1
keepalive=on idle=100s        | nowhere | - | c | keepalive=1 idle=100
idle=100s mode=force          | connect | intvl=7 cnt=3 user_timeout=9000 | c | keepalive=1 idle=100 intvl=7 cnt=3 user_timeout=9000
idle=100s mode=force          | listener | intvl=7 cnt=3 user_timeout=9000 | s | keepalive=1 idle=100 intvl=7 cnt=3 user_timeout=9000
idle=100s mode=clamp          | connect | intvl=700 cnt=30 user_timeout=9000000 | c | keepalive=1 idle=100 intvl=700 cnt=30 user_timeout=9000000

# a user timeout alone does not turn keepalive on
user_timeout=150s             | nowhere | - | c | user_timeout=150000
user_timeout=150s             | nowhere | - | s | user_timeout=150000
user_timeout=1500ms           | nowhere | - | c | user_timeout=1500
user_timeout=150s mode=force  | nowhere | - | c | user_timeout=150000
user_timeout=150s mode=clamp  | nowhere | - | s | user_timeout=150000
user_timeout=150s             | connect | keepalive=1 idle=30 | c | keepalive=1 idle=30 user_timeout=150000
user_timeout=150s mode=force  | connect | user_timeout=9000 | c | user_timeout=150000
user_timeout=150s mode=clamp  | connect | user_timeout=9000 | c | user_timeout=9000
user_timeout=150s mode=clamp  | connect | user_timeout=900000 | c | user_timeout=150000
user_timeout=150s mode=clamp  | listener | user_timeout=900000 | s | user_timeout=150000

# set by the application to 0 or to the default is not the same thing
idle=100s user_timeout=150s   | connect | keepalive=0 user_timeout=0 | c | keepalive=1 idle=100 user_timeout=150000
idle=100s intvl=20s cnt=4     | connect | idle=7200 intvl=75 cnt=9 | c | keepalive=1
idle=100s intvl=20s cnt=4     | listener | idle=7200 intvl=75 cnt=9 | s | keepalive=1

# a program that only turns keepalive on gets the times, on the running timer
idle=100s intvl=20s cnt=4     | connect | keepalive=1 | c | keepalive=1 idle=100 intvl=20 cnt=4
idle=100s intvl=20s cnt=4     | listener | keepalive=1 | s | keepalive=1 idle=100 intvl=20 cnt=4
detect=30s                    | listener | keepalive=1 | s | keepalive=1 idle=15 intvl=5 cnt=3 user_timeout=28125
idle=9000s                    | listener | keepalive=1 | s | keepalive=1 idle=9000
idle=100s                     | listener | keepalive=1 idle=300 | s | keepalive=1 idle=300
idle=100s mode=clamp          | listener | keepalive=1 idle=300 | s | keepalive=1 idle=100
idle=100s mode=clamp          | listener | keepalive=1 idle=50 | s | keepalive=1 idle=50
idle=300s mode=force          | listener | keepalive=1 idle=50 | s | keepalive=1 idle=300
idle=100s mode=force          | listener | keepalive=1 idle=300 | s | keepalive=1 idle=100
idle=100s mode=force          | connect | keepalive=1 idle=300 | c | keepalive=1 idle=100
intvl=20s                     | listener | keepalive=1 idle=50 | s | keepalive=1 idle=50 intvl=20
intvl=20s mode=force          | listener | keepalive=1 | s | keepalive=1 intvl=20
keepalive=on mode=force       | listener | keepalive=1 idle=50 cnt=3 | s | keepalive=1 idle=50 cnt=3
user_timeout=20s              | listener | keepalive=1 idle=50 | s | keepalive=1 idle=50 user_timeout=20000
idle=100s                     | after-accept | keepalive=0 | s |  idle=100
idle=100s mode=force          | after-connect | keepalive=0 | c | keepalive=1 idle=100

# all set by the application: nothing left to fill in
idle=100s intvl=20s cnt=4 user_timeout=150s | connect | keepalive=1 idle=15 intvl=15 cnt=5 user_timeout=20000 | c | keepalive=1 idle=15 intvl=15 cnt=5 user_timeout=20000

# keepalive=off needs force, and stops the timer
keepalive=off mode=force      | connect | keepalive=1 idle=15 | c | keepalive=0 idle=15
keepalive=off mode=force      | listener | keepalive=1 idle=15 | s | keepalive=0 idle=15
keepalive=off user_timeout=20s mode=force | connect | keepalive=1 user_timeout=5000 | c | user_timeout=20000
keepalive=off mode=force      | nowhere | - | c |
keepalive=off mode=force      | after-connect | keepalive=1 idle=15 | c | keepalive=0 idle=15

# auto and detect; a bare number of idle and intvl is seconds
idle=60s intvl=10s cnt=3 user_timeout=auto  | nowhere | - | c | keepalive=1 idle=60 intvl=10 cnt=3 user_timeout=90000
idle=60 intvl=7 cnt=1 user_timeout=auto     | nowhere | - | s | keepalive=1 idle=60 intvl=7 cnt=1 user_timeout=67500
detect=30s                    | nowhere | - | c | keepalive=1 idle=15 intvl=5 cnt=3 user_timeout=28125
detect=30s                    | nowhere | - | s | keepalive=1 idle=15 intvl=5 cnt=3 user_timeout=28125
detect=4s                     | nowhere | - | c | keepalive=1 idle=1 intvl=1 cnt=3 user_timeout=3500
detect=10s                    | nowhere | - | c | keepalive=1 idle=7 intvl=1 cnt=3 user_timeout=10125
detect=350s                   | nowhere | - | c | keepalive=1 idle=176 intvl=58 cnt=3 user_timeout=328500
detect=2h                     | nowhere | - | s | keepalive=1 idle=3600 intvl=1200 cnt=3
idle=2m intvl=90s             | nowhere | - | c | keepalive=1 idle=120 intvl=90

# limits
idle=1s intvl=1s cnt=1        | nowhere | - | c | keepalive=1 idle=1 intvl=1 cnt=1
idle=32767s intvl=32767s cnt=127 | nowhere | - | c | keepalive=1 idle=32767 intvl=32767 cnt=127
user_timeout=2147483647ms     | nowhere | - | c | user_timeout=2147483647

# an exception touches nothing, however much there is to do
action=skip                   | nowhere | - | c |
action=skip                   | connect | keepalive=1 idle=15 | c | keepalive=1 idle=15
ROWS

# Values that are not named follow the sysctls of the socket's namespace.
keepalive_sysctls()	# TIME INTVL PROBES
{
	echo "$1" > /proc/sys/net/ipv4/tcp_keepalive_time
	echo "$2" > /proc/sys/net/ipv4/tcp_keepalive_intvl
	echo "$3" > /proc/sys/net/ipv4/tcp_keepalive_probes
}

at_exit keepalive_sysctls 7200 75 9
keepalive_sysctls 600 33 7
SYSCTL=(0 600 33 7 0)
check_rows << 'ROWS'
keepalive=on                  | nowhere | - | c | keepalive=1 idle=600 intvl=33 cnt=7
cnt=4                         | nowhere | - | s | keepalive=1 idle=600 intvl=33 cnt=4
idle=100s                     | nowhere | - | c | keepalive=1 idle=100 intvl=33 cnt=7
idle=900s mode=clamp          | nowhere | - | c | keepalive=1 idle=900 intvl=33 cnt=7
ROWS

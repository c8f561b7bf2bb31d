#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: --timeout 600
# May share a machine with others.
# Which rule wins, when rules take effect, and what is counted.

# shellcheck source=tests/selftest/lib.sh
. "$(dirname "$0")/lib.sh"

PORT=5432
UNTOUCHED='keepalive=0 idle=7200 intvl=75 cnt=9 user_timeout=0'

# Opens c and s; the application sets SETTINGS on c before it connects.
open_pair()	# [SETTINGS]
{
	local setting

	must_ask p socket c 4
	for setting in ${1-}; do
		must_ask p set c "${setting%=*}" "${setting#*=}"
	done
	must_ask p connectto c 127.0.0.1 $PORT
	must_ask p accept s l
}

close_pair()
{
	local end

	for end in c s; do
		must_ask p set $end linger 0
		must_ask p close $end
	done
}

# Connects under the present rules; REPLY is what the client end has.
connect_values()
{
	local values

	open_pair
	must_ask p get c
	values=$REPLY
	close_pair
	REPLY=$values
}

# The idle time says which rule won.
winner_is()	# IDLE DESC
{
	connect_values
	tap_like "$REPLY" " idle=$1 " "$2"
}

# Sets DELTA: what COMMAND... adds to some counters, as "r.matched=2 r.applied=1";
# rule counters are RULE.FIELD, global ones stats.FIELD.
count()		# "COUNTERS" COMMAND...
{
	local names=$1 name now

	shift
	local -A before=()
	for name in $names; do
		before[$name]=$(read_counter "$name")
	done
	"$@"
	DELTA=
	for name in $names; do
		now=$(read_counter "$name")
		[[ ${before[$name]}$now =~ ^[0-9]+$ ]] && now=$((now - ${before[$name]}))
		DELTA+="${DELTA:+ }$name=$now"
	done
}

read_counter()	# RULE.FIELD or stats.FIELD
{
	case $1 in
	stats.*) stat "${1#*.}" ;;
	*) counter "${1%.*}" "${1#*.}" ;;
	esac
}

load_module
session p
must_ask p listen l 127.0.0.1 $PORT

# --- which rule wins --------------------------------------------------------

only_rules "port=$PORT idle=101s" "port=$PORT idle=102s"
winner_is 101 'same prio: the one added first'
only_rules "port=$PORT idle=101s prio=20" "port=$PORT idle=102s prio=10"
winner_is 102 'the lower prio wins, though added later'
only_rules "port=$PORT idle=101s" "port=$PORT idle=102s prio=999"
winner_is 102 'prio 999 is in front of the default'
only_rules "port=$PORT idle=101s prio=1001" "port=$PORT idle=102s"
winner_is 102 'prio 1001 is behind the default'
only_rules "port=$PORT idle=101s prio=1000" "port=$PORT idle=102s"
winner_is 101 'prio 1000 is the default'
only_rules "port=$PORT idle=101s prio=65535" "port=$PORT idle=102s prio=0"
winner_is 102 'prio 0 and 65535'
only_rules "port=$PORT idle=101s prio=10"
rules "port=$PORT idle=102s prio=5" "port=$PORT idle=103s prio=7"
rules "port=$PORT idle=104s prio=5"
winner_is 102 'rules of several writes are one order'
only_rules "port=$PORT idle=101s prio=5 name=a" "port=$PORT idle=102s prio=5 name=b"
rules 'del name=a' "port=$PORT idle=101s prio=5 name=a"
winner_is 102 'deleted and added again is added last'
only_rules 'idle=101s' "port=$PORT idle=102s"
winner_is 101 'a wide rule in front of a narrow one wins'
only_rules "port=9 idle=101s prio=1" "dir=in idle=102s prio=2" "uid=7 idle=103s prio=3" \
	"raddr=10.0.0.0/8 idle=104s prio=4" "port=$PORT idle=105s prio=5" 'idle=106s prio=6'
winner_is 105 'rules that do not match are passed over'
only_rules "port=$PORT idle=101s" "port=$PORT user_timeout=9s cnt=3" 'intvl=8s'
connect_values
tap_is "$REPLY" 'keepalive=1 idle=101 intvl=75 cnt=9 user_timeout=0' 'one rule wins: nothing is taken from the others'
only_rules "port=$PORT action=skip" 'idle=101s'
connect_values
tap_is "$REPLY" "$UNTOUCHED" 'skip in front of a wider rule'
only_rules 'idle=101s' "port=$PORT action=skip"
winner_is 101 'skip behind a wider rule is too late'
only_rules 'idle=101s' "port=$PORT action=skip prio=1"
connect_values
tap_is "$REPLY" "$UNTOUCHED" 'skip moved to the front by its prio'
many=()
for i in {1..60}; do
	many+=("port=$((6000 + i)) idle=$((200 + i))s prio=$((3000 - i))")
done
only_rules "${many[@]}" "port=5400-5500 idle=101s prio=2970" "port=$PORT idle=102s prio=2975"
winner_is 101 'among sixty rules on other ports'

# --- when rules take effect -------------------------------------------------

flush
session old		# a program that is there before the rules
must_ask old connect before 127.0.0.1 $PORT
must_ask p accept beforeside l
rules "port=$PORT idle=101s user_timeout=50s"
must_ask old connect after 127.0.0.1 $PORT
must_ask p accept afterside l
must_ask old get before
tap_is "$REPLY" "$UNTOUCHED" 'a connection older than the rule stays as it was'
must_ask p get beforeside
tap_is "$REPLY" "$UNTOUCHED" 'and so does its other end'
must_ask old get after
tap_is "$REPLY" 'keepalive=1 idle=101 intvl=75 cnt=9 user_timeout=50000' \
	'a program that was running gets the rule for its new connections'
must_ask p get afterside
tap_is "$REPLY" 'keepalive=1 idle=101 intvl=75 cnt=9 user_timeout=50000' 'and a listener that was there for its new children'
flush
must_ask old get after
tap_is "$REPLY" 'keepalive=1 idle=101 intvl=75 cnt=9 user_timeout=50000' 'values stay when the rule goes'
connect_values
tap_is "$REPLY" "$UNTOUCHED" 'new connections do not get what is flushed'
end_session old
must_ask p close beforeside
must_ask p close afterside

# --- enabled ----------------------------------------------------------------

only_rules "name=r port=$PORT idle=101s"
tap_is "$(< $KAP/enabled)" 1 'enabled is 1'
kept=$(< $KAP/rules)
echo 0 > $KAP/enabled
tap_is "$(< $KAP/enabled)" 0 'enabled can be 0'
count 'r.matched r.applied stats.matched stats.applied' connect_values
tap_is "$REPLY" "$UNTOUCHED" 'disabled: connections are left alone'
tap_is "$DELTA" 'r.matched=0 r.applied=0 stats.matched=0 stats.applied=0' 'disabled: nothing is matched'
tap_is "$(< $KAP/rules)" "$kept" 'disabled: the rules are kept'
rules "name=r2 prio=1 port=$PORT idle=102s"
echo 1 > $KAP/enabled
winner_is 102 'enabled again, with the rule added meanwhile'
rules 'del name=r2'
winner_is 101 'and with the one from before'

# --- counters ---------------------------------------------------------------

ALL='r.matched r.applied r.app_set r.timed_out'
STATS='stats.connections stats.matched stats.applied stats.app_set stats.timed_out'
pair()		# SETTINGS
{
	open_pair "$1"
	close_pair
}

only_rules "name=r dir=out port=$PORT idle=101s user_timeout=50s" "name=other port=9 idle=9s"
count "$ALL other.matched" pair ''
tap_is "$DELTA" 'r.matched=1 r.applied=1 r.app_set=0 r.timed_out=0 other.matched=0' 'a connection with something to fill in'
count "$ALL" pair 'keepalive=1 idle=30'
tap_is "$DELTA" 'r.matched=1 r.applied=1 r.app_set=0 r.timed_out=0' 'with a part to fill in'
count "$ALL" pair 'keepalive=1 idle=30 user_timeout=9000'
tap_is "$DELTA" 'r.matched=1 r.applied=0 r.app_set=1 r.timed_out=0' 'with everything set by the application'
count "$STATS" pair ''
tap_is "$DELTA" 'stats.connections=2 stats.matched=1 stats.applied=1 stats.app_set=0 stats.timed_out=0' \
	'stats: two ends are two connections, one of them matches'
count "$STATS" pair 'keepalive=1 idle=30 user_timeout=9000'
tap_is "$DELTA" 'stats.connections=2 stats.matched=1 stats.applied=0 stats.app_set=1 stats.timed_out=0' \
	'stats: everything set by the application'

only_rules "name=r port=$PORT idle=101s"
count "$ALL" pair ''
tap_is "$DELTA" 'r.matched=2 r.applied=2 r.app_set=0 r.timed_out=0' 'both ends match'
only_rules "name=r dir=out port=$PORT action=skip" 'name=wide dir=out idle=101s'
count "r.matched r.applied wide.matched" pair ''
tap_is "$DELTA" 'r.matched=1 r.applied=0 wide.matched=0' 'skip is counted as matched, not as applied'
only_rules "name=r dir=out port=$PORT idle=101s mode=force"
count "$ALL" pair 'keepalive=1 idle=30'
tap_is "$DELTA" 'r.matched=1 r.applied=1 r.app_set=0 r.timed_out=0' 'force changed something'
count "r.matched r.applied" pair 'keepalive=1 idle=101'
tap_is "$DELTA" 'r.matched=1 r.applied=0' 'force had nothing to change'
only_rules "name=r dir=out port=$PORT idle=101s mode=clamp"
count "r.matched r.applied" pair 'keepalive=1 idle=30'
tap_is "$DELTA" 'r.matched=1 r.applied=0' 'clamp had nothing to lower'
count "r.matched r.applied" pair 'keepalive=1 idle=300'
tap_is "$DELTA" 'r.matched=1 r.applied=1' 'clamp lowered something'

only_rules "name=r dir=out port=$PORT idle=101s"
pair ''
rules "name=another port=9 idle=9s"
tap_is "$(counter r matched) $(counter another matched)" '1 0' 'counters survive a change of other rules'
refused()
{
	ask p connect x 127.0.0.1 1	# nobody listens
}
count "r.matched $STATS" refused
tap_is "$DELTA" "r.matched=0 stats.connections=0 stats.matched=0 stats.applied=0 stats.app_set=0 stats.timed_out=0" \
	'an attempt that is refused is no connection'

# --- timed out --------------------------------------------------------------

host a
host b
link a b
must_ask p netns b
must_ask p listen far "${IP4[b.a]}" $PORT
must_ask p netns a
only_rules "name=r dir=out port=$PORT idle=1s intvl=1s cnt=2" "name=in dir=in idle=100s"
must_ask p connect c "${IP4[b.a]}" $PORT
must_ask p accept s far
dead_peer()
{
	cable_out b
	must_ask p wait c 30
	cable_in b
}
count "$ALL in.timed_out $STATS" dead_peer
tap_like "$REPLY" '^ETIMEDOUT ' 'a silent peer is noticed'
tap_is "$DELTA" "r.matched=0 r.applied=0 r.app_set=0 r.timed_out=1 in.timed_out=0 stats.connections=0 stats.matched=0 \
stats.applied=0 stats.app_set=0 stats.timed_out=1" 'timed_out counts it, for the rule that won'
must_ask p close c
must_ask p close s

only_rules "name=r dir=out port=$PORT user_timeout=2s"
must_ask p connect c "${IP4[b.a]}" $PORT
must_ask p accept s far
dead_peer_with_data()
{
	cable_out b
	must_ask p send c 100
	must_ask p wait c 30
	cable_in b
}
count "$ALL" dead_peer_with_data
tap_like "$REPLY" '^ETIMEDOUT ' 'data in flight to a silent peer: the user timeout ends it'
tap_is "$DELTA" 'r.matched=0 r.applied=0 r.app_set=0 r.timed_out=1' 'and it is counted'
must_ask p close c
must_ask p close s

must_ask p netns -

# --- generation -------------------------------------------------------------

# Sets DELTA: by how much COMMAND... makes the generation go up.
generation_of()	# COMMAND...
{
	local before

	before=$(< $KAP/generation)
	"$@"
	DELTA=$(($(< $KAP/generation) - before))
}
generation_of rules 'name=g port=1 idle=1s'
tap_is "$DELTA" 1 'generation: an added rule is a change'
generation_of rules 'port=2 idle=1s' 'port=3 idle=1s' 'del name=g'
tap_is "$DELTA" 1 'generation: a write of three lines is one change'
generation_of rules 'port=2 idle=1s' 'port=3 idle=never'
tap_is "$DELTA" 0 'generation: a refused write is none'
generation_of pair ''
tap_is "$DELTA" 0 'generation: a connection is none'

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: --smp 2 --timeout 600
# Connections that are older than the rule, by the file `apply`.

# shellcheck source=tests/selftest/lib.sh
. "$(dirname "$0")/lib.sh"

NOTHING='keepalive=0 idle=7200 intvl=75 cnt=9 user_timeout=0'
GIVEN='keepalive=1 idle=111 intvl=75 cnt=9 user_timeout=50000'

load_module
reset_module

apply()		# WHAT
{
	printf '%s\n' "$1" 2> /dev/null > $KAP/apply
}

# The errno name of a write to apply.
refused()	# TEXT
{
	probe_script <<- EOS
	open f $KAP/apply w
	@answer write f $1
	EOS
	printf '%s\n' "${ANS[answer]}"
}

swept()		# FIELD
{
	local line

	read -r line < $KAP/apply
	line=" $line "
	line=${line#*" $1="}
	printf '%s\n' "${line%%[[:space:]]*}"
}

# What getsockopt says of socket SOCK of session NAME.
values()	# NAME SOCK
{
	must_ask "$1" get "$2"
	printf '%s\n' "$REPLY"
}

# --- which connections, and what they get ------------------------------------

session s
must_ask s listen l 127.0.0.1 5001
must_ask s connect out 127.0.0.1 5001
must_ask s accept in l
must_ask s connect own 127.0.0.1 5001
must_ask s accept ownin l
must_ask s set own idle 30
must_ask s connect half 127.0.0.1 5001
must_ask s accept halfin l
must_ask s shutdown half
must_ask s connect waiting 127.0.0.1 5001
must_ask s listen6 l6 5002
must_ask s connect six ::1 5002
must_ask s accept sixin l6

tap_is "$(< $KAP/apply)" 'looked=0 matched=0 applied=0 app_set=0' 'nothing was applied yet'
only_rules 'name=out dir=out port=5001 idle=111s user_timeout=50s' 'name=six dir=in port=5002 detect=40s' \
	'name=skip dir=in port=5001 action=skip'
tap_is "$(values s out)" "$NOTHING" 'a rule leaves what exists alone'
tap_cmd 'apply id=N' apply "id=$(rule_id six)"
tap_is "$(swept matched) $(swept applied)" '1 1' 'apply id=N: one connection, one end'
tap_is "$(values s sixin)" 'keepalive=1 idle=22 intvl=6 cnt=3 user_timeout=38250' 'apply id=N: IPv6 gets the values'
tap_is "$(values s out)" "$NOTHING" 'apply id=N: what other rules win stays'
tap_cmd 'apply name=X' apply name=skip
tap_is "$(swept matched) $(swept applied) $(swept app_set)" '4 0 0' 'apply name=X: a rule that skips changes nothing'
tap_cmd 'apply all' apply all
tap_is "$(values s out)" "$GIVEN" 'apply all: an open connection gets the values'
tap_is "$(values s own)" 'keepalive=1 idle=30 intvl=75 cnt=9 user_timeout=50000' 'apply all: what the program set stays'
tap_is "$(values s half)" "$GIVEN" 'apply all: a half-closed one gets the values'
tap_is "$(values s waiting)" "$GIVEN" 'apply all: one that is not accepted yet gets the values'
tap_is "$(values s in)" "$NOTHING" 'apply all: action=skip is an exception here, too'
tap_is "$(values s six)" "$NOTHING" 'apply all: what no rule wins stays'
tap_is "$(swept looked) $(swept matched) $(swept applied) $(swept app_set)" '10 9 4 1' 'the file says what was done'
tap_like "$(ss_keepalive - sport = 5002)" '^(1[5-9]|2[0-5])$' 'the kernel ticks with the new time'
tap_is "$(counter out matched) $(counter out applied)" '0 0' 'the counters of rules are for new connections'
tap_cmd 'apply all, again' apply all
tap_is "$(swept applied) $(swept app_set)" '0 5' 'the second time, nothing is left to set'
only_rules 'name=force port=5001 idle=77s mode=force'
tap_cmd 'apply a rule in force' apply name=force
tap_is "$(values s own)" 'keepalive=1 idle=77 intvl=75 cnt=9 user_timeout=50000' 'mode=force overrides here, too'
end_session s

# --- orphans -----------------------------------------------------------------

# A closed socket in FIN_WAIT2 has its keepalive timer for another purpose.
session o
must_ask o listen l 127.0.0.1 5003
must_ask o connect c 127.0.0.1 5003
must_ask o accept s l
must_ask o close c
only_rules 'name=orphan dir=out port=5003 idle=3000s'
tap_cmd 'apply with an orphan there' apply all
tap_is "$(swept applied)" 0 'an orphan is left alone'
end_session o

# --- bad input ---------------------------------------------------------------

session b
must_ask b listen l 127.0.0.1 5004
must_ask b connect c 127.0.0.1 5004
only_rules 'name=bad port=5004 idle=99s'
before=$(< $KAP/apply)
for text in '\x20' 'All' 'all all' 'all\nall' 'all\n\n' '\x20all' 'id=' 'id=x' 'id=-1' 'id=1 name=bad' 'name=' 'name=bad#' 'name=a/b' 'rule=1' 'all#' 'flush' 'id=99999999999999999999' 'name=aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeee'; do
	tap_is "$(refused "$text")" 'err EINVAL' "EINVAL: $text"
done
tap_like "$(kapctl apply nope 2>&1)" 'Did you mean name=nope\?' 'kapctl says name= to those who leave it out'
tap_like "$(kapctl apply 4 2>&1)" 'Did you mean id=4\?' '... and id='
for text in 'id=1' 'id=9999999999' 'name=nobody'; do
	tap_is "$(refused "$text")" 'err ENOENT' "ENOENT: $text"
done
tap_is "$(values b c)" "$NOTHING" 'the connection is untouched'
tap_is "$(< $KAP/apply)" "$before" 'and so is what the last one did'

# --- rights, enabled ---------------------------------------------------------

probe_script << EOS
dropcap 12
open f $KAP/apply w
@nocap write f all
EOS
tap_is "${ANS[nocap]}" 'err EPERM' 'without CAP_NET_ADMIN: EPERM'
probe_script << EOS
become 65534
@open open f $KAP/apply w
@read open g $KAP/apply r
EOS
tap_is "${ANS[open]} ${ANS[read]}" 'err EACCES ' 'others may read it, not write'
echo 0 > $KAP/enabled
tap_cmd 'apply while disabled' apply all
tap_is "$(< $KAP/apply) $(values b c)" "looked=0 matched=0 applied=0 app_set=0 $NOTHING" 'while disabled nothing is given'
echo 1 > $KAP/enabled
tap_cmd 'a write without newline' sh -c "printf name=bad > $KAP/apply"
tap_is "$(values b c)" 'keepalive=1 idle=99 intvl=75 cnt=9 user_timeout=0' 'gives the values'
end_session b

# --- network namespaces ------------------------------------------------------

host a
host b
# A namespace made now has a connection table of its own, where the kernel can (6.2).
sysctl -qw net.ipv4.tcp_child_ehash_entries=16 2> /dev/null
host own
sysctl -qw net.ipv4.tcp_child_ehash_entries=0 2> /dev/null
own=$(sysctl -n net.ipv4.tcp_child_ehash_entries 2> /dev/null)
# So many that a bucket of that table has more than are collected at once.
pairs=12
[ -z "$own" ] || pairs=1200
flush
for ns in a b own; do
	count=12
	[ $ns != own ] || count=$pairs
	session $ns
	must_ask $ns nofile 4096
	must_ask $ns netns $ns
	must_ask $ns listen l 127.0.0.1 5005
	for ((i = 0; i < count; i++)); do
		must_ask $ns connect c$i 127.0.0.1 5005
		must_ask $ns accept s$i l
	done
done
only_rules 'name=netns port=5005 idle=88s'
tap_cmd 'apply in network namespaces' apply name=netns
for ns in a b own; do
	tap_is "$(values $ns c0) $(values $ns s11)" "${NOTHING/0 idle=7200/1 idle=88} ${NOTHING/0 idle=7200/1 idle=88}" \
		"network namespace $ns: both ends get the values"
done
[ -n "$own" ] || tap_skip 'a connection table of its own' 'this kernel has none'
tap_is "$(swept looked) $(swept applied)" "$((2 * (24 + pairs))) $((2 * (24 + pairs)))" 'each is looked at once'
for ns in a b own; do
	end_session $ns
done

# --- the kernel's sockets ----------------------------------------------------

KSOCK=/kapolicy/tests/kmod/ksock.ko
if [ -e $KSOCK ]; then
	session k
	must_ask k listen l 127.0.0.1 5006
	insmod $KSOCK port=5006
	must_ask k accept s l
	only_rules 'name=kernel port=5006 idle=66s'
	tap_cmd 'apply with a kernel socket there' apply all
	tap_is "$(values k s)" "${NOTHING/0 idle=7200/1 idle=66}" "the program's end gets the values"
	tap_is "$(swept matched)" 1 "the kernel's end is left alone"
	rmmod ksock
	end_session k
else
	tap_skip 'kernel sockets are left alone' "no $KSOCK"
fi

# --- while everything moves --------------------------------------------------

only_rules 'name=churn port=7001 idle=60s'
"$SELFTEST/churner" connect 7001 > "$TMP/churn" 2>&1 &
churn=$!
at_exit kill $churn
wait_for 20 grep -q ready "$TMP/churn" || tap_bail 'no connections'
bad=0
for ((i = 0; i < 300; i++)); do
	only_rules "name=churn port=7001 idle=$((60 + i))s mode=force"
	apply all || bad=$((bad + 1))
done
tap_is $bad 0 'applied 300 times while connections come and go and rules are replaced'
tap_diag "the last one: $(< $KAP/apply)"
writer_gone()	# PID
{
	! kill -0 "$1" 2> /dev/null
}
for ((i = 0; i < 5; i++)); do
	( while apply all; do :; done ) &
	loop=$!
	sleep 0.2
	rmmod kapolicy || tap_bail 'it cannot be unloaded'
	wait_for 10 writer_gone $loop || tap_bail 'the writer does not end'
	insmod "${KAPOLICY_KO:-/kapolicy/kapolicy.ko}"
	rules 'name=churn port=7001 idle=60s mode=force'
done
tap_ok 'unloaded 5 times while it was applied'
kill $churn
wait $churn
tap_like "$(tail -n 1 "$TMP/churn")" '^pairs=[1-9][0-9]* errors=0$' 'no connection failed meanwhile'

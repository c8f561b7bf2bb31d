#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# vm: --timeout 600
# kapctl connections beside programs that come and go, that hide, and on kernels that show less.

# shellcheck source=tests/selftest/lib.sh
. "$(dirname "$0")/lib.sh"

# System calls as amd64 has them; the others have the new ones under the same numbers.
PIDFD_OPEN=434
PIDFD_GETFD=438
ENOSYS=38
EPERM=1

as_nobody()
{
	setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
}

# Sets SEEN and SAID: what COMMAND... printed, and what it complained of.
look()	# COMMAND...
{
	SEEN=$("$@" 2> "$TMP/look.err" | grep '"dir"')
	SAID=$(< "$TMP/look.err")
}

chmod 755 "$TMP"
host a
host b
link a b
session p
must_ask p pid
pid=$REPLY
must_ask p netns b
must_ask p listen l "${IP4[b.a]}" 5432
must_ask p netns a
must_ask p connect c "${IP4[b.a]}" 5432
must_ask p accept s l

# --- programs that come, go, fork and exec meanwhile

"$SELFTEST/churner" connect 5433 > "$TMP/churn" &
churner=$!
at_exit kill $churner
wait_for 10 grep -q ready "$TMP/churn"
while :; do
	sleep 0.01 &
	(exec true)
	wait $!
done 2> "$TMP/forks.err" &
forker=$!
at_exit kill $forker

# Seldom more than one descriptor of others' is needed, and each is given back.
few_descriptors()
{
	local i

	for i in 1 2 3 4 5 6 7 8 9 10; do
		(ulimit -n 24 && kapctl connections -j) > "$TMP/few" 2>&1 || return 1
	done
}
tap_cmd 'ten looks at more connections than it may have descriptors' few_descriptors
tap_cmd '... saw them' test "$(grep -c '"program": "churner"' "$TMP/few")" -ge 64
tap_is "$(grep -c error "$TMP/few")" 0 '... and complained of nothing'

while :; do
	kapctl connections -j > "$TMP/loop" 2>&1
done &
looker=$!
at_exit kill $looker
late=0
for i in 1 2 3 4 5 6 7 8 9 10; do
	must_ask p netns a
	must_ask p connect x "${IP4[b.a]}" 5432
	must_ask p accept y l
	must_ask p close x
	must_ask p wait y 10
	[[ $REPLY == 'EOF 0.'* ]] || late=$((late + 1))
	must_ask p close y
done
tap_is $late 0 'looked at again and again, a connection that its program closes is closed at once'
kill $looker $forker
kill $churner
wait $churner
tap_is "$(sed -n 's/.*errors=/errors=/p' "$TMP/churn")" 'errors=0' 'no connection has failed'

# --- what no program holds

must_ask p netns a
must_ask p connect o "${IP4[b.a]}" 5432
must_ask p peer o
lport=${REPLY#*local=*:}
lport=${lport%% *}
cable_out a b
must_ask p send o 100
must_ask p close o
look kapctl connections -j dir=out lport="$lport"
tap_like "$SEEN" '"state": "fin-wait-1", .*"pid": null, "program": null, .*"keepalive": null, .*"unacked": 10[01],' \
	'an orphan: closed with data in flight'
cable_in a b
must_ask p netns -
if ask p mptcp ml 4; then
	must_ask p bind ml 127.0.0.1 6000
	must_ask p listenon ml
	must_ask p mptcp mc 4
	must_ask p connectto mc 127.0.0.1 6000
	look kapctl connections -j port=6000 dir=out
	tap_like "$SEEN" "\"pid\": $pid, \"program\": \"prober\"" 'a subflow of MPTCP is its program'\''s'
	must_ask p close mc
	must_ask p close ml
else
	tap_skip 'a subflow of MPTCP' 'no MPTCP on this kernel'
fi

# --- programs that hide

hide()
{
	mount -o remount,hidepid=2 /proc
}
tap_cmd 'with hidepid=2' hide
look as_nobody kapctl connections -j port=5432
tap_like "$SAID" 'only root sees everything' 'nobody is told that something is missing'
look kapctl connections -j port=5432 dir=out
tap_like "$SEEN" "\"pid\": $pid, \"program\": \"prober\"" 'root sees it'
mount -o remount,hidepid=0 /proc

# --- kernels that show less, and containers whose filter forbids it

look "$SELFTEST/refuse" $PIDFD_GETFD $ENOSYS kapctl connections -j port=5432 dir=out
tap_like "$SEEN" "\"pid\": $pid, .*\"keepalive\": null" 'without pidfd_getfd(): what is not known is null'
tap_is "$(grep -c '"known"\|pidfd_getfd, Linux 5.6' <<< "$SAID")" 1 '... once, in words'
look "$SELFTEST/refuse" $PIDFD_OPEN $ENOSYS kapctl connections -j port=5432 dir=out
tap_like "$SEEN$SAID" "\"pid\": $pid, .*\"keepalive\": null.*pidfd_getfd, Linux 5.6" 'without pidfd_open(), too'
look "$SELFTEST/refuse" $PIDFD_GETFD $EPERM kapctl connections -j port=5432 dir=out
tap_like "$SEEN$SAID" "\"pid\": $pid, .*\"keepalive\": null.* not let others see the options" 'where a filter forbids it'
"$SELFTEST/refuse" $PIDFD_GETFD $ENOSYS kapctl audit --max 5m program=prober port=5432 > "$TMP/audit" 2>&1
tap_is "$? $(grep -c 'settings not known' "$TMP/audit")" '0 2' 'audit says what it does not know'
end_session p
